"""The index of all action items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from postmortem_kb.insight.actions import Owed, by_owner, completion, owner_key
from postmortem_kb.insight.sides import names_by_key
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Heading, Page, key_of, render
from postmortem_kb.pages.paging import Slice, slices
from postmortem_kb.pages.rows import OF_ACTION, action_line, action_rows, array, counted, spellings
from postmortem_kb.parts import parts_of_actions
from postmortem_kb.render.words import label

PATH = "actions/"
DATA = "assets/postmortems/data/actions.json"
"""All rows, for the filters."""
FACETS = {
    "state": "State",
    "owner": "Owner",
    "type": "Type",
    "priority": "Priority",
    "service": "Service",
    "severity": "Severity",
}
_WORDS = ("state", "type")
"""Facets whose words are those of the contract."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/actions/`: what is late first, then by due date, then what is finished; over several pages where there are many."""
    for part in slices(PATH, knowledge.actions):
        title = "Actions" if part.number == 1 else f"Actions, page {part.number}"
        yield Page(
            part.path,
            title,
            area=PATH,
            key=knowledge.mark if part.number == 1 else _key(part, knowledge),
            make=partial(_content, knowledge, part),
            description="Every action item: overdue, open and done, by owner",
        )


def rows(knowledge: Knowledge) -> Iterator[str]:
    """All rows as data."""
    return array(parts_of_actions(knowledge, "rows of actions", lambda entry: action_line(entry, PATH)))


def _key(part: Slice[Owed], knowledge: Knowledge) -> str:
    shown = [(entry.postmortem.document.frontmatter_mark, entry.action.id) for entry in part.items]
    return key_of(shown, part.of, len(knowledge.actions), bool(knowledge.postmortems), knowledge.today)


def _content(knowledge: Knowledge, part: Slice[Owed]) -> Content:
    # What all actions come to stands on the first page only.
    told = knowledge.actions if part.number == 1 else []
    # The public is not told who owes what.
    handles = (action.owner for postmortem in knowledge.postmortems for action in postmortem.actions if action.owner)
    spelt = names_by_key(handles, owner_key)
    owners = by_owner((entry for entry in told if entry.action.owner), spelt)
    html = render(
        "actions.html",
        part.path,
        knowledge=knowledge,
        total=len(knowledge.actions),
        owed=[entry for entry in told if entry.action.open],
        share=completion(told),
        part=part,
        rows=action_rows(part.items, part.path, facets=part.of == 1),
        filters=_filters(knowledge, {"owner": spelt, **spellings(knowledge.postmortems)}) if part.number == 1 else [],
        owners=owners,
        data=DATA if part.of > 1 else "",
    )
    headings = (Heading("all", "All actions"), Heading("owners", "By owner")) if owners else ()
    return Content(html, headings)


def _filters(
    knowledge: Knowledge, spelt: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Each facet with its words: as they are filtered by, as they are shown, and how many actions have them."""
    found = counted(knowledge.actions, OF_ACTION)
    for entry in knowledge.actions:
        if entry.action.open:
            found["state"]["open"] += 1
        # What is not late today may be on the reader's day.
        if entry.action.open and entry.action.due:
            found["state"]["overdue"] += entry.overdue
    filters = []
    for name, title in FACETS.items():
        words = sorted(found[name], key=lambda word: (word not in ("open", "overdue"), word))
        shown = spelt.get(name) or ({word: label(word) for word in words} if name in _WORDS else {})
        options = [(word, shown.get(word, word), found[name][word]) for word in words]
        if len(options) > 1:
            filters.append((name, title, options))
    return filters
