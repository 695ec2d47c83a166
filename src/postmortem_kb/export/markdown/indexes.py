"""The pages that list: home, incidents, action items, and the catalog from each of its sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from postmortem_kb.export.markdown.place import Place
from postmortem_kb.export.markdown.text import head, plain, table
from postmortem_kb.insight.actions import Owed, completion
from postmortem_kb.insight.sides import Group, groups
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.sides import SIDES, Side
from postmortem_kb.render import words

INCIDENTS, ACTIONS = "incidents/", "actions/"
FOLDERS = (INCIDENTS, ACTIONS, *(side.path for side in SIDES))
_NEWEST = 10
_NOTHING = "Nothing here yet."


def home(knowledge: Knowledge, place: Place, others: Sequence[tuple[str, str]]) -> str:
    """The first page.

    Args:
        knowledge: The catalog.
        place: Where the page stands.
        others: The titles and addresses of further pages.
    """
    owed = [entry for entry in knowledge.actions if entry.action.open]
    late = sum(entry.overdue for entry in owed)
    done, counted = completion(knowledge.actions)
    lists = [
        (INCIDENTS, "Incidents", words.count(len(knowledge.postmortems), "incident")),
        (ACTIONS, "Action items", f"{len(owed):,} open, {late:,} overdue, {done:,} of {counted:,} done"),
        *((side.path, side.title, f"every {side.noun} {side.lead}") for side in SIDES),
        *((path, title, "") for title, path in others),
    ]
    contents = [f"- {place.to(plain(title), path)}{f': {told}' if told else ''}" for path, title, told in lists]
    parts = ["\n".join(contents)]
    if knowledge.postmortems:
        parts += ["## Newest incidents", _incidents(knowledge.postmortems[:_NEWEST], place)]
    if owed:
        parts += ["## Open actions", _actions(owed[:_NEWEST], place)]
    return _page(knowledge.policy.site_name, parts)


def incidents(knowledge: Knowledge, place: Place) -> str:
    """Every incident."""
    return _page("Incidents", [_incidents(knowledge.postmortems, place) if knowledge.postmortems else _NOTHING])


def actions(knowledge: Knowledge, place: Place) -> str:
    """Every action item: what is late, what is open, what is finished."""
    late = [entry for entry in knowledge.actions if entry.overdue]
    owed = [entry for entry in knowledge.actions if entry.action.open and not entry.overdue]
    finished = [entry for entry in knowledge.actions if not entry.action.open]
    lists = ((f"Overdue on {words.day(knowledge.today)}", late), ("Open", owed), ("Done and cancelled", finished))
    parts = [part for title, entries in lists if entries for part in (f"## {title}", _actions(entries, place))]
    return _page("Action items", parts or [_NOTHING])


def sides(knowledge: Knowledge) -> Iterator[tuple[Side, dict[str, Group]]]:
    """Each side with its groups by their addresses."""
    for side in SIDES:
        yield side, groups(knowledge.postmortems, knowledge.actions, side.names, side.concerns, side.address)


def side(view: Side, found: dict[str, Group], place: Place) -> str:
    """The names of one side."""
    rows = [
        [
            place.to(plain(view.label(group.name)), path),
            f"{len(group.postmortems):,}",
            f"{len(group.owed):,}",
            place.incident(group.postmortems[0]),
        ]
        for path, group in found.items()
    ]
    titles = [words.label(view.noun), "Incidents", "Open actions", "Last incident"]
    return _page(view.title, [table(titles, rows, ["---", "--:", "--:"]) if rows else _NOTHING])


def group(view: Side, found: Group, place: Place) -> str:
    """One name of a side."""
    parts = [
        f"{words.label(view.noun)}, one of {place.to('all', view.path)}.",
        "## Incidents",
        _incidents(found.postmortems, place),
    ]
    for title, entries in (("Open actions", found.owed), ("Done and cancelled", found.finished)):
        parts += [f"## {title}", _actions(entries, place)] if entries else []
    return _page(view.label(found.name), parts)


def _page(title: str, parts: Iterable[str]) -> str:
    # Tables need the width; what they hold stands on the incidents' pages, and Zensical limits what it searches.
    return "\n\n".join([head(title, wide=True), f"# {plain(title)}", *parts]) + "\n"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _incidents(postmortems: Iterable[Postmortem], place: Place) -> str:
    rows = [
        [
            _unbroken(words.day(p.times.started)) if p.times.started else "",
            plain(p.severity),
            place.incident(p),
            place.services(p),
            plain(words.label(p.status)),
            words.duration(p.times.ttr) if p.times.ttr is not None else "",
            str(sum(action.open for action in p.actions)),
        ]
        for p in postmortems
    ]
    titles = ["Started", "Severity", "Incident", "Services", "Status", "TTR", "Open actions"]
    return table(titles, rows, ["---"] * 5 + ["--:"] * 2)


def _actions(entries: Iterable[Owed], place: Place) -> str:
    rows = [
        [
            _unbroken(words.day(action.due)) if action.due else "",
            plain(action.priority),
            plain(action.action),
            plain(words.label(action.type)),
            place.owner(action.owner),
            f"{plain(words.label(action.status))}{f' {words.day(action.completed)}' if action.completed else ''}",
            f"{plain(action.id)} of {place.incident(entry.postmortem)}",
        ]
        for entry in entries
        for action in (entry.action,)
    ]
    return table(["Due", "Priority", "Action", "Type", "Owner", "Status", "Incident"], rows)
