"""How many of how many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from postmortem_kb.model import Postmortem


class Share(NamedTuple):
    """A part of a whole."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def percent(self) -> int | None:
        """The rate in whole per cent, halves up: 100 only where nothing is missing, 0 only where there is nothing."""
        if not self.whole:
            return None
        nearest = (200 * self.part + self.whole) // (2 * self.whole)
        return min(max(nearest, int(self.part > 0)), 100 - int(self.part < self.whole))


def recurs(postmortem: Postmortem) -> bool:
    """Whether an incident is a recurrence of an earlier one."""
    return any(relation.relation == "recurrence-of" for relation in postmortem.related)


def recurrence(postmortems: Iterable[Postmortem]) -> Share:
    """The recurrence rate: how many of the incidents are recurrences."""
    found = [recurs(postmortem) for postmortem in postmortems]
    return Share(sum(found), len(found))
