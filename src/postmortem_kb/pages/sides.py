"""The catalog seen from one side: a page for every service, cause, owner and tag, and one that lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from postmortem_kb.audience import PUBLIC
from postmortem_kb.insight.actions import Owed, coming, owner_key
from postmortem_kb.insight.sides import Group, answers_category, groups, most_owed_first
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.page import Content, Heading, Page, key_of, render
from postmortem_kb.pages.paging import Slice, slices
from postmortem_kb.pages.rows import action_rows, incident_rows
from postmortem_kb.render import urls, words

_SHOWN = 50
"""Actions on the page of a name; where it has more, all of them stand on pages of their own."""


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
    concerns: Callable[[Owed, str], bool] | None = None
    label: Callable[[str], str] = str
    follows: bool = False
    """Whether somebody follows its actions up, so that all of them are listed, however many."""
    owing: bool = False
    """Whether the list asks who has most to catch up with, not what had most incidents."""


def _causes(postmortem: Postmortem) -> Iterator[str]:
    return (cause.kind for cause in postmortem.root_causes)


def _owners(postmortem: Postmortem) -> Iterator[str]:
    return (action.owner for action in postmortem.actions if action.owner)


SIDES = (
    Side(
        "services/",
        "Services",
        "service",
        "that an incident affected",
        lambda p: p.services,
        urls.service,
        follows=True,
    ),
    Side("causes/", "Root causes", "cause", "by category", _causes, urls.cause, answers_category, words.label),
    Side(
        "owners/",
        "Owners",
        "owner",
        "of action items",
        _owners,
        urls.owner,
        lambda e, name: owner_key(e.action.owner) == owner_key(name),
        follows=True,
        owing=True,
    ),
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
    listed = most_owed_first(found) if side.owing else found
    for part in slices(side.path, list(listed.values())):
        title = side.title if part.number == 1 else f"{side.title}, page {part.number}"
        make = partial(_index, side, part, len(found), knowledge)
        key = key_of(knowledge.mark, part.number)
        yield Page(part.path, title, side.path, key, make, f"Every {side.noun} {side.lead}")
    for path, group in found.items():
        yield from _group(side, path, group, knowledge)


def _group(side: Side, path: str, group: Group, knowledge: Knowledge) -> Iterator[Page]:
    name = side.label(group.name)
    late = group.overdue, coming(group.owed)
    counts = (name, len(group.postmortems), len(group.owed), len(group.finished), late, knowledge.today)
    description = f"Incidents and action items: {side.noun} {name}"
    for part in slices(path, group.postmortems):
        title = name if part.number == 1 else f"{name}, page {part.number}"
        # Actions stand on the first page only.
        told = (*group.owed[:_SHOWN], *group.finished[:_SHOWN]) if part.number == 1 else ()
        marks = [p.document.frontmatter_mark for p in (*part.items, *(entry.postmortem for entry in told))]
        make = partial(_content, side, group, part)
        yield Page(part.path, title, side.path, key_of(counts, marks, part.number), make, description)
    actions = group.actions
    if side.follows and len(actions) > _SHOWN:
        for listed in slices(f"{path}actions/", actions):
            number = f", page {listed.number}" if listed.number > 1 else ""
            make = partial(_actions, side, path, name, listed, len(actions))
            shown = [(e.postmortem.document.frontmatter_mark, e.action.id) for e in listed.items]
            key = key_of(counts[:2], shown, len(actions), knowledge.today)
            yield Page(listed.path, f"Actions: {name}{number}", side.path, key, make, description)


def _index(side: Side, part: Slice[Group], total: int, knowledge: Knowledge) -> Content:
    return Content(render("sides.html", part.path, side=side, part=part, total=total, knowledge=knowledge))


def _content(side: Side, group: Group, part: Slice[Postmortem]) -> Content:
    shown = group.owed[:_SHOWN] if part.number == 1 else ()
    closed = group.finished[: _SHOWN - len(shown)] if part.number == 1 else ()
    by_owner = side.noun == "owner"
    html = render(
        "side.html",
        part.path,
        side=side,
        name=side.label(group.name),
        group=group,
        part=part,
        rows=incident_rows(part.items, part.path),
        open_rows=action_rows(shown, part.path, owner=not by_owner),
        closed_rows=action_rows(closed, part.path, owner=not by_owner),
        more=side.follows and len(group.actions) > _SHOWN,
    )
    parts = (("open", "Open actions", shown), ("incidents", "Incidents", part.items), ("done", "Finished", closed))
    order = parts if by_owner else (parts[1], parts[0], parts[2])
    return Content(html, tuple(Heading(id, title) for id, title, entries in order if entries))


def _actions(side: Side, path: str, name: str, part: Slice[Owed], total: int) -> Content:
    rows = action_rows(part.items, part.path, owner=side.noun != "owner")
    return Content(
        render("side_actions.html", part.path, side=side, home=path, name=name, part=part, rows=rows, total=total)
    )
