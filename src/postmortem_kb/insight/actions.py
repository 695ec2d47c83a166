"""Every action item of a catalog."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from postmortem_kb.insight.share import Share
from postmortem_kb.model import Action, Postmortem


@dataclass(frozen=True, slots=True, eq=False)
class Owed:
    """An action with the postmortem that it comes from."""

    postmortem: Postmortem
    action: Action
    overdue: bool


def action_index(postmortems: Iterable[Postmortem], today: date) -> list[Owed]:
    """All actions: open ones first, by due date (none last), priority and incident; then the newest finished ones."""
    entries = [Owed(p, a, a.overdue(today)) for p in postmortems for a in p.actions]
    unfinished = [entry for entry in entries if entry.action.open]
    finished = [entry for entry in entries if not entry.action.open]
    unfinished.sort(key=lambda e: (e.action.due or date.max, e.action.priority, e.postmortem.id, e.action.id))
    finished.sort(key=lambda e: (e.postmortem.id, e.action.id))
    finished.sort(key=lambda e: e.action.completed or date.min, reverse=True)
    return unfinished + finished


def by_owner(entries: Iterable[Owed]) -> list[tuple[str, list[Owed]]]:
    """The entries of each owner: whoever owes most comes first."""
    groups: dict[str, list[Owed]] = {}
    for entry in entries:
        groups.setdefault(entry.action.owner, []).append(entry)
    return sorted(groups.items(), key=lambda group: (-sum(e.action.open for e in group[1]), group[0]))


def completion(entries: Iterable[Owed]) -> Share:
    """How many actions are done, of all but the cancelled ones."""
    counted = [entry.action.status for entry in entries if entry.action.status != "cancelled"]
    return Share(counted.count("done"), len(counted))
