"""The rows of lists: each is rendered once a build, and carries what a browser filters and sorts it by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TypeVar
from weakref import WeakKeyDictionary

from markupsafe import Markup

from postmortem_kb.insight.actions import Owed, owner_key
from postmortem_kb.insight.sides import names_by_key
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.page import environment
from postmortem_kb.parts import separated
from postmortem_kb.render import urls
from postmortem_kb.render.words import ticket

T = TypeVar("T")
Facets = Mapping[str, object]
"""What a row is filtered by (a word or several), sorted by (a number or a word), and searched in (`text`)."""

Words = str | list[str]
"""What a thing is found by under a facet; nothing where it is empty."""

OF_INCIDENT: Mapping[str, Callable[[Postmortem], Words]] = {
    "severity": lambda p: p.severity,
    "status": lambda p: p.status,
    "kind": lambda p: p.kind,
    "service": lambda p: list(names_by_key(p.services)),
    "cause": lambda p: sorted({cause.kind for cause in p.root_causes}),
    "tag": lambda p: list(names_by_key(p.tags)),
    "detection": lambda p: p.detection.get("source", ""),
    "year": lambda p: str(p.times.started.year) if p.times.started else "",
}
"""The facets of an incident that readers choose words of."""
OF_ACTION: Mapping[str, Callable[[Owed], Words]] = {
    "state": lambda entry: entry.action.status,
    "owner": lambda entry: owner_key(entry.action.owner),
    "type": lambda entry: entry.action.type,
    "priority": lambda entry: entry.action.priority,
    "service": lambda entry: list(names_by_key(entry.postmortem.services)),
    "severity": lambda entry: entry.postmortem.severity,
}
"""The facets of an action that readers choose words of."""

# Each row lives as long as what it shows: `postmortem serve` builds again and again in one process.
_ROWS: WeakKeyDictionary[Postmortem | Owed, dict[tuple[bool, ...], str]] = WeakKeyDictionary()
_ROOT = "\0"
"""Stands for the way to the root of the site, so that a row is rendered once for all pages; no file holds it."""


def incident_rows(postmortems: Iterable[Postmortem], page: str, *, facets: bool = False) -> Markup:
    """The rows of several incidents on the page at an address; with what they are filtered by, where it is."""
    return _on_page((_kept(_incident_row, postmortem, facets=facets) for postmortem in postmortems), page)


def action_rows(entries: Iterable[Owed], page: str, *, owner: bool = True, facets: bool = False) -> Markup:
    """The rows of several actions on the page at an address; without the owner, where all have the same."""
    return _on_page((_kept(_action_row, entry, owner=owner, facets=facets) for entry in entries), page)


def incident_line(postmortem: Postmortem, page: str) -> str:
    """A row as data: its facets and its HTML. All of them are as large as all pages, so they are not kept."""
    return _line(facets_of_incident(postmortem), _on_page([_incident_row(postmortem, facets=False)], page))


def action_line(entry: Owed, page: str) -> str:
    """As `incident_line`."""
    return _line(facets_of_action(entry), _on_page([_action_row(entry, owner=True, facets=False)], page))


def _incident_row(postmortem: Postmortem, *, facets: bool) -> str:
    return _macro("incident_row", postmortem, facets_of_incident(postmortem) if facets else {})


def _action_row(entry: Owed, *, owner: bool, facets: bool) -> str:
    return _macro("action_row", entry, facets_of_action(entry) if facets else {}, owner)


def _kept(row: Callable[..., str], shown: Postmortem | Owed, **wanted: bool) -> str:
    rows, kind = _ROWS.setdefault(shown, {}), tuple(wanted.values())
    if kind not in rows:
        rows[kind] = row(shown, **wanted)
    return rows[kind]


def facets_of_incident(postmortem: Postmortem) -> Facets:
    """The facets of an incident; those with no word are left out."""
    times = postmortem.times
    found: dict[str, object] = {
        **{name: words(postmortem) for name, words in OF_INCIDENT.items()},
        "date": times.started.isoformat() if times.started else "",
        "ttd": _minutes(times.ttd),
        "ttr": _minutes(times.ttr),
        "open": sum(action.open for action in postmortem.actions),
        "text": f"{postmortem.title} {postmortem.id}".casefold(),
    }
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def facets_of_action(entry: Owed) -> Facets:
    """The facets of an action; what is late is told by the day in the browser."""
    action, postmortem = entry.action, entry.postmortem
    found: dict[str, object] = {
        **{name: words(entry) for name, words in OF_ACTION.items()},
        "due": action.due.isoformat() if action.due and action.open else "",
        "completed": action.completed.isoformat() if action.completed else "",
        "text": f"{action.action} {postmortem.title} {postmortem.id} {action.id} {ticket(action.ticket)}".casefold(),
    }
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def counted(things: Iterable[T], facets: Mapping[str, Callable[[T], Words]]) -> dict[str, Counter[str]]:
    """How many things have each word of each facet."""
    things = list(things)
    found: dict[str, Counter[str]] = {}
    for name, words in facets.items():
        told = map(words, things)
        found[name] = Counter(word for some in told for word in ([some] if isinstance(some, str) else some) if word)
    return found


def spellings(postmortems: Iterable[Postmortem]) -> dict[str, dict[str, str]]:
    """The names of the facets in which capitals make no difference: as the first one writes each, by what it is filtered by."""
    postmortems = list(postmortems)
    return {
        "service": names_by_key(service for postmortem in postmortems for service in postmortem.services),
        "tag": names_by_key(tag for postmortem in postmortems for tag in postmortem.tags),
    }


def _line(facets: Facets, html: str) -> str:
    return json.dumps([facets, html], ensure_ascii=False, separators=(",", ":"))


def array(lines: Iterable[str]) -> Iterator[str]:
    """Rows as data, for a list that is longer than its first page, piece by piece."""
    yield "["
    yield from separated(lines)
    yield "]\n"


def _macro(name: str, thing: object, facets: Facets, *more: object) -> str:
    packed = json.dumps(facets, ensure_ascii=False, separators=(",", ":")) if facets else ""
    made = getattr(environment().get_template("macros.html").module, name)(thing, _ROOT.__add__, packed, *more)
    return f"{str(made).strip()}\n"


def _on_page(rows: Iterable[str], page: str) -> Markup:
    html = "".join(rows).replace(_ROOT, urls.relative("", page))
    return Markup(html)  # noqa: S704 - macros of a template with autoescape


def _minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds() / 60)
