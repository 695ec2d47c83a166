"""How the action items of many incidents get done: how many, how late, how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from postmortem_kb.insight.actions import Owed, completion
from postmortem_kb.insight.share import Share
from postmortem_kb.insight.times import Distribution, spread
from postmortem_kb.model import Postmortem


# No slots: what nobody asks for is not computed, and what somebody asks for is computed once.
@dataclass(frozen=True)
class Work:
    """The state of many action items on a day."""

    entries: tuple[Owed, ...]
    today: date

    @cached_property
    def completion(self) -> Share:
        """The done ones, of all but the cancelled."""
        return completion(self.entries)

    @property
    def cancelled(self) -> int:
        """How many were given up."""
        return len(self.entries) - self.completion.whole

    @cached_property
    def open(self) -> int:
        """How many are still owed."""
        return sum(entry.action.open for entry in self.entries)

    @cached_property
    def overdue(self) -> int:
        """How many are owed and late."""
        return sum(entry.overdue for entry in self.entries)

    @property
    def dated(self) -> bool:
        """Whether any that is owed has a date; the public is told none, and cannot be told that none is late."""
        return any(entry.action.open and entry.action.due for entry in self.entries)

    @cached_property
    def open_age(self) -> Distribution:
        """For how long the open ones have been waiting."""
        return spread(open_age(entry, self.today) for entry in self.entries)

    @cached_property
    def time_to_done(self) -> Distribution:
        """How long the done ones took."""
        return spread(map(time_to_done, self.entries))

    @cached_property
    def lateness(self) -> Distribution:
        """By how much the overdue ones are late."""
        late = (entry.action.due for entry in self.entries if entry.overdue)
        return spread(self.today - due for due in late if due)


def promised(postmortem: Postmortem) -> date | None:
    """The day from which its actions count: that of the resolution, else that of the start.

    A file does not say when an action was written down. From the resolution on, what will prevent the next time is owed.
    """
    moment = postmortem.times.resolved or postmortem.times.started
    return moment.date() if moment else None


def open_age(entry: Owed, today: date) -> timedelta | None:
    """For how long an action has been open, in whole days; None for one that is finished."""
    first = promised(entry.postmortem)
    return max(today - first, timedelta(0)) if first and entry.action.open else None


def time_to_done(entry: Owed) -> timedelta | None:
    """How long an action took, in whole days; none at all where it was done before the incident was over."""
    first, last = promised(entry.postmortem), entry.action.completed
    if entry.action.status != "done" or first is None or last is None:
        return None
    return max(last - first, timedelta(0))
