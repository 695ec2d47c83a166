"""`/feed.xml`: the postmortems that were published or changed last, as an Atom feed.

Source: RFC 4287
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from postmortem_kb.export.identity import changed, lasting_id, one_line, shared, writable
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.render import urls
from postmortem_kb.words import CLOSED, REVIEWED

ADDRESS = "feed.xml"
_MOST = 30
_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""A feed has to say when it last changed, also an empty one."""


def feed(knowledge: Knowledge) -> str:
    """The feed: reviewed and closed postmortems, the one that changed last first.

    Links are absolute where the policy knows the site's address. Elsewhere they are relative, which readers resolve
    against the address that they fetched the feed from.
    """
    policy, history = knowledge.policy, knowledge.history
    ready = [postmortem for postmortem in knowledge.postmortems if postmortem.status in (REVIEWED, CLOSED)]
    ready.sort(key=lambda p: changed(p, history), reverse=True)
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(root, "id", lasting_id(policy, ADDRESS).urn)
    _add(root, "title", one_line(policy.site_name))
    _add(root, "updated", _moment(changed(ready[0], history) if ready else _NOTHING_YET))
    # Each entry names its author where it has one; without this one a feed with nothing in it would have none.
    _add(_add(root, "author"), "name", one_line(policy.site_name))
    _add(root, "link", rel="self", type="application/atom+xml", href=_address(knowledge, ADDRESS))
    _add(root, "link", rel="alternate", type="text/html", href=_address(knowledge, "") or "./")
    _add(root, "generator", "postmortem-kb")
    for postmortem in ready[:_MOST]:
        _entry(root, postmortem, knowledge)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _entry(root: ET.Element, postmortem: Postmortem, knowledge: Knowledge) -> None:
    entry = _add(root, "entry")
    # Readers know entries by these, so the one id that is the feed's own name alone has another.
    name = urls.incident(postmortem.id) if postmortem.id == ADDRESS else postmortem.id
    _add(entry, "id", lasting_id(knowledge.policy, name).urn)
    _add(entry, "title", one_line(postmortem.title))
    _add(entry, "link", rel="alternate", type="text/html", href=_address(knowledge, urls.incident(postmortem.id)))
    _add(entry, "published", _moment(shared(postmortem, knowledge.history)))
    _add(entry, "updated", _moment(changed(postmortem, knowledge.history)))
    author = postmortem.roles.get("author")
    if isinstance(author, str) and author.strip():
        _add(_add(entry, "author"), "name", one_line(author))
    words = {"severity": (postmortem.severity,), "kind": (postmortem.kind,), "service": postmortem.services}
    for scheme, terms in {**words, "tag": postmortem.tags}.items():
        for term in filter(None, terms):
            _add(entry, "category", term=one_line(term), scheme=f"urn:postmortem-kb:{scheme}")
    if postmortem.summary:
        _add(entry, "summary", writable(postmortem.summary))


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text or None
    return element


def _address(knowledge: Knowledge, target: str) -> str:
    site = knowledge.policy.site_url
    return f"{site.rstrip('/')}/{target}" if site else target


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"
