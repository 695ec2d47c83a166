"""Every action item of a catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from postmortem_kb.insight.share import Share
from postmortem_kb.model import Action, Postmortem


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
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


def coming(entries: Iterable[Owed]) -> list[tuple[date, int]]:
    """The days on which open actions are due that are not late yet, with how many each, the next day first."""
    waiting = (entry.action for entry in entries if not entry.overdue)
    return sorted(Counter(action.due for action in waiting if action.due and action.open).items())


def unproven(status: object, result: object) -> bool:
    """Whether an action is called done, and no result of a verification says that it holds: its day alone may be a plan."""
    return status == "done" and not result


def owner_key(handle: str) -> str:
    """What the spellings of one owner's handle have in common: capitals make no difference."""
    return handle.removeprefix("@").casefold()


@dataclass(slots=True)
class Load:
    """How many actions an owner has."""

    owner: str
    owed: list[Owed] = field(default_factory=list)
    """Those that are open."""
    finished: int = 0

    @property
    def overdue(self) -> int:
        """How many of the open ones are late."""
        return sum(entry.overdue for entry in self.owed)


def by_owner(entries: Iterable[Owed], spelt: Mapping[str, str]) -> list[Load]:
    """What each owner has to do: whoever owes most comes first.

    Args:
        entries: Actions that have an owner.
        spelt: How their handles are shown, by key.
    """
    loads: dict[str, Load] = {}
    for entry in entries:
        key = owner_key(entry.action.owner)
        load = loads.setdefault(key, Load(spelt[key]))
        if entry.action.open:
            load.owed.append(entry)
        else:
            load.finished += 1
    return sorted(loads.values(), key=lambda load: (-len(load.owed), load.owner))


def completion(entries: Iterable[Owed]) -> Share:
    """How many actions are done, of all but the cancelled ones."""
    counted = [entry.action.status for entry in entries if entry.action.status != "cancelled"]
    return Share(counted.count("done"), len(counted))
