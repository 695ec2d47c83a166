"""How programs that fetch the same file again know what they saw before: a lasting id, and when it last changed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from postmortem_kb.history import History
from postmortem_kb.model import Postmortem
from postmortem_kb.policy import Policy

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def lasting_id(policy: Policy, *names: str) -> UUID:
    """The id of a thing of this site: the same in each build, another one on another site.

    It follows from the site's address; where that is not known, from the repository's, else from the site's name. So
    an address that is told later changes it once.
    """
    home = policy.site_url or policy.repo_url or f"urn:postmortem-kb:{policy.site_name}"
    return uuid5(_site(home), _encodable("/".join(names)))


@cache
def _site(home: str) -> UUID:
    return uuid5(NAMESPACE_URL, _encodable(home.rstrip("/")))


def shared(postmortem: Postmortem, history: History) -> datetime:
    """When a postmortem was published; where it does not say so, when git first saw it, or else when it happened."""
    if postmortem.published:
        return midnight(postmortem.published)
    revisions = history.get(postmortem.path)
    return revisions[-1].moment if revisions else postmortem.times.started or _BEGINNING


def changed(postmortem: Postmortem, history: History) -> datetime:
    """When a postmortem last changed: its last commit, and not before it was published. Never the time of a build."""
    revisions = history.get(postmortem.path)
    moment = shared(postmortem, history)
    return max(moment, revisions[0].moment) if revisions else moment


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


def writable(text: str, most: int = 2000) -> str:
    """A text without the characters that feeds and calendars have no way to write, cut where it is overlong."""
    whole = _forbidden().sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


def one_line(text: str) -> str:
    """The words of a text on one line."""
    return writable(" ".join(text.split()), 300)


@cache
def _forbidden() -> re.Pattern[str]:
    """What neither XML 1.0 nor iCalendar has a way to write; and lines end in several ways in several programs.

    Source: https://www.w3.org/TR/xml/#charsets, RFC 5545 section 3.3.11
    """
    # Not with the module: it takes as long as all others of the program, and few runs write a feed.
    return re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
