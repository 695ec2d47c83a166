"""Durations over many incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from postmortem_kb.model import Postmortem, Times

ENOUGH = 5
"""Below this number of incidents a median says nothing: the points are shown instead."""

DURATIONS: dict[str, Callable[[Times], timedelta | None]] = {
    "TTD": lambda times: times.ttd,
    "TTM": lambda times: times.ttm,
    "TTR": lambda times: times.ttr,
}
"""The durations that are compared, as the contract defines them."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The durations of the incidents that have one, shortest first."""

    points: tuple[timedelta, ...]

    @property
    def median(self) -> timedelta | None:
        """None where there are too few points."""
        if len(self.points) < ENOUGH:
            return None
        return timedelta(seconds=median(point.total_seconds() for point in self.points))


def distribution(postmortems: Iterable[Postmortem], name: str) -> Distribution:
    """How long something took, over all postmortems that tell it."""
    durations = (DURATIONS[name](postmortem.times) for postmortem in postmortems)
    return Distribution(tuple(sorted(duration for duration in durations if duration is not None)))
