"""A postmortem as the search reads it: its words below its headings, and the facets that results are narrowed by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain

from postmortem_kb.insight.sides import names_by_key
from postmortem_kb.model import Action, Cause, Postmortem
from postmortem_kb.pages.outline import MERGED, Outline
from postmortem_kb.pages.prose import without_backticks
from postmortem_kb.render.words import label, ticket
from postmortem_kb.source.body import Body, plain
from postmortem_kb.timeline import SECTION as TIMELINE

BRIEFS = {"executive": "Executive brief", "operations": "Operations brief", "customer": "Customer wording"}
"""What the briefs of a postmortem are headed by, in their order."""
HANDBOOK = "Handbook"
"""What pages of the handbook have in the facet `part`, which incidents do not have."""
_CODE = ("fence", "code_block")
_ANCHOR = re.compile(r'<a class="headerlink"[^>]*>[^<]*</a>')
"""A heading's link to itself, whose sign is no part of its title."""


def searchable(postmortem: Postmortem, outline: Outline, *, code: bool) -> str:
    """HTML in the terms of Pagefind. It follows from one file alone, so that its index need not wait for what other files say.

    Args:
        postmortem: The postmortem.
        outline: The anchors of its page.
        code: Whether logs and code are searched, too.

    Source: https://pagefind.app/docs/metadata/ and https://pagefind.app/docs/filtering/
    """
    started = postmortem.times.started
    meta = {"severity": postmortem.severity, "date": f"{started:%Y-%m-%dT%H:%M}" if started else ""}
    return "".join(
        (
            "<html><body data-pagefind-body>",
            f'<h1 data-pagefind-meta="title">{escape(without_backticks(postmortem.title))}</h1>',
            *(f'<i data-pagefind-meta="{name}[data-v]" data-v="{escape(value)}"></i>' for name, value in meta.items()),
            *(
                f'<i data-pagefind-filter="{name}[data-v]" data-v="{escape(value)}"></i>'
                for name, values in facets(postmortem).items()
                for value in values
            ),
            *_told(postmortem, outline, code=code),
            "</body></html>",
        )
    )


def facets(postmortem: Postmortem) -> dict[str, list[str]]:
    """What results are narrowed by: the words of each facet, of a service what its spellings have in common."""
    started = postmortem.times.started
    return {
        "severity": [postmortem.severity],
        "status": [label(postmortem.status)],
        "service": list(names_by_key(postmortem.services)),
        "cause": list(dict.fromkeys(label(cause.kind) for cause in postmortem.root_causes)),
        "year": [f"{started:%Y}"] if started else [],
    }


def page_text(title: str, html: str) -> str:
    """A page of the manual or of the handbook in the same terms. Most have their title at their head, and some bear another in the navigation."""
    name = f'<i data-pagefind-meta="title[data-v]" data-v="{escape(title)}"></i>'
    head = name if "<h1" in html else f'<h1 data-pagefind-meta="title">{escape(title)}</h1>'
    return (
        f"<html><body data-pagefind-body>{head}"
        f'<i data-pagefind-filter="part[data-v]" data-v="{HANDBOOK}"></i>{_ANCHOR.sub("", html)}</body></html>'
    )


def _told(postmortem: Postmortem, outline: Outline, *, code: bool) -> Iterator[str]:
    words = (postmortem.id, *postmortem.services, *postmortem.tags, *postmortem.data_assets, *postmortem.incidents)
    alert = postmortem.detection.get("alert", "")
    yield from _paragraphs((without_backticks(postmortem.summary), ", ".join(filter(None, (*words, alert)))))
    drawn = _drawn(postmortem)
    body = postmortem.document.body
    yield from _paragraphs(_words(body, 0, body.above, code=code))
    for section in body.sections:
        # Every timeline has the same two columns: whoever asks for an "event" asks for none of them.
        own = _words(body, section.first, section.last, code=code, heads=section.title != TIMELINE)
        beside = drawn.pop(section.title, []) if section.title in MERGED else []
        yield from _below(outline.written(section), section.title, chain(own, beside))
    yield from _below(outline.drawn("Footnotes"), "Footnotes", _words(body, body.notes, len(body.tokens), code=code))
    for title, texts in drawn.items():
        yield from _below(outline.drawn(title), title, texts)
    for name, title in BRIEFS.items():
        yield from _below(f"brief-{name}", title, [without_backticks(postmortem.briefs.get(name, ""))])


def _drawn(postmortem: Postmortem) -> dict[str, list[str]]:
    """What the page says of a file's frontmatter, by the section where it does."""
    impact = ([value] if isinstance(value, str) else value for value in postmortem.impact.values())
    found = {
        "Impact": [*chain.from_iterable(impact)],
        "Root Cause": [text for cause in postmortem.causes for text in _cause(cause)],
        "Action Items": [text for action in postmortem.actions for text in _action(action)],
        "Related Incidents": [relation.note for relation in postmortem.related],
        "Links": [link.title for link in postmortem.links],
    }
    return {title: [without_backticks(text) for text in texts] for title, texts in found.items()}


def _below(anchor: str, title: str, texts: Iterable[str]) -> Iterator[str]:
    """Texts below their heading; without any, the heading says nothing that is looked for."""
    if told := "".join(_paragraphs(texts)):
        yield f'<h2 id="{escape(anchor)}">{escape(title)}</h2>{told}'


def _cause(cause: Cause) -> Iterator[str]:
    yield cause.statement
    if cause.accepted_risk:
        yield cause.accepted_risk.reason


def _action(action: Action) -> Iterator[str]:
    yield f"{action.id} {action.action} {action.owner} {ticket(action.ticket)}".rstrip()
    yield action.success_criteria
    if action.verification:
        yield f"{action.verification.how} {action.verification.result}"
    yield action.reason


def _words(body: Body, first: int, last: int, *, code: bool, heads: bool = True) -> Iterator[str]:
    head = False
    for token in body.tokens[first:last]:
        head = token.type == "thead_open" or (head and token.type != "thead_close")
        if token.type == "inline" and (heads or not head):
            yield plain(token)
            yield from (plain(child) for child in token.children or () if child.type == "image")
        elif code and token.type in _CODE:
            yield token.content


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    return (f"<p>{escape(text)}</p>" for text in texts if text)
