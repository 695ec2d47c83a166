"""The catalog seen from one side: a page for every service, cause, owner and tag, and one that lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from postmortem_kb.audience import PUBLIC
from postmortem_kb.insight.actions import Owed
from postmortem_kb.insight.sides import groups
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.page import Heading, Page, render
from postmortem_kb.render import urls, words


@dataclass(frozen=True, slots=True)
class Side:
    """One way to look at the catalog."""

    path: str
    title: str
    noun: str
    lead: str
    """What stands below the heading of the list."""
    names: Callable[[Postmortem], Iterable[str]]
    address: Callable[[str], str]
    concerns: Callable[[Owed, str], bool] = lambda entry, name: True
    label: Callable[[str], str] = str


def _causes(postmortem: Postmortem) -> Iterator[str]:
    return (cause.kind for cause in postmortem.root_causes)


def _addresses_cause(entry: Owed, category: str) -> bool:
    causes = {cause.id for cause in entry.postmortem.root_causes if cause.kind == category}
    return bool(causes & set(entry.action.addresses))


def _owners(postmortem: Postmortem) -> Iterator[str]:
    return (action.owner for action in postmortem.actions if action.owner)


SIDES = (
    Side("services/", "Services", "service", "that an incident affected", lambda p: p.services, urls.service),
    Side("causes/", "Root causes", "cause", "by category", _causes, urls.cause, _addresses_cause, words.label),
    Side("owners/", "Owners", "owner", "of action items", _owners, urls.owner, lambda e, name: e.action.owner == name),
    Side("tags/", "Tags", "tag", "of incidents", lambda p: p.tags, urls.tag),
)


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/services/`, `/causes/`, `/owners/` and `/tags/`, and a page for each name."""
    for side in SIDES:
        if side.noun == "owner" and knowledge.audience == PUBLIC:
            continue
        yield from _pages(side, knowledge)


def _pages(side: Side, knowledge: Knowledge) -> Iterator[Page]:
    found = groups(knowledge.postmortems, knowledge.actions, side.names, side.concerns, side.address)
    html = render("sides.html", side.path, knowledge=knowledge, side=side, groups=list(found.values()))
    yield Page(side.path, side.title, html, area=side.path, description=f"Every {side.noun} {side.lead}")
    for path, group in found.items():
        name = side.label(group.name)
        owed = [entry for entry in group.actions if entry.action.open]
        finished = [entry for entry in group.actions if not entry.action.open]
        parts = (
            ("open", "Open actions", owed),
            ("incidents", "Incidents", group.postmortems),
            ("done", "Finished", finished),
        )
        headings = tuple(Heading(id, title) for id, title, entries in parts if entries)
        html = render("side.html", path, side=side, name=name, group=group, owed=owed, finished=finished)
        description = f"Incidents and action items: {side.noun} {name}"
        yield Page(path, name, html, area=side.path, description=description, headings=headings)
