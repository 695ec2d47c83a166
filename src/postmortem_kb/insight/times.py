"""Durations over many incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from statistics import fmean, median, quantiles

from postmortem_kb.model import Postmortem

ENOUGH = 5
"""Below this number of incidents a median says nothing: the points are shown instead."""


@dataclass(frozen=True, slots=True)
class Duration:
    """One of the durations that are compared."""

    title: str
    meaning: str
    of: Callable[[Postmortem], timedelta | None]
    days: bool = False
    """Whether it is known in whole days only."""


DURATIONS: dict[str, Duration] = {
    "ttd": Duration("Time to detect", "from the start to the detection", lambda p: p.times.ttd),
    "tta": Duration("Time to acknowledge", "from the detection to the first answer", lambda p: p.times.tta),
    "ttm": Duration("Time to mitigate", "from the start to the mitigation", lambda p: p.times.ttm),
    "ttr": Duration("Time to resolve", "from the start to the end", lambda p: p.times.ttr),
    "downtime": Duration("Downtime", "the time to resolve, unless the file says otherwise", lambda p: p.times.downtime),
    "publish": Duration(
        "Time to publish", "from the end to the published postmortem", lambda p: p.time_to_publish, days=True
    ),
}
"""As the contract defines them, by the names that they have in data."""


# No slots: what is asked for several times is computed once.
@dataclass(frozen=True)
class Distribution:
    """Lengths of time, shortest first, and what can be said of them as a whole."""

    points: tuple[timedelta, ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough points for figures; otherwise these are None and the points speak."""
        return len(self.points) >= ENOUGH

    @cached_property
    def median(self) -> timedelta | None:
        """Half of the points are no longer."""
        return timedelta(seconds=median(self._seconds)) if self.enough else None

    @cached_property
    def p90(self) -> timedelta | None:
        """Nine in ten are no longer: the 90th percentile.

        It lies between the two nearest points in proportion, the shortest being the 0th percentile and the longest the 100th, so
        it is never longer than any incident was. Spreadsheets call this `PERCENTILE.INC`.
        """
        return timedelta(seconds=quantiles(self._seconds, n=10, method="inclusive")[-1]) if self.enough else None

    @cached_property
    def mean(self) -> timedelta | None:
        """Only to stand beside the other two: one long incident moves it far."""
        return timedelta(seconds=fmean(self._seconds)) if self.enough else None

    @property
    def _seconds(self) -> list[float]:
        return [point.total_seconds() for point in self.points]


def spread(lengths: Iterable[timedelta | None]) -> Distribution:
    """The lengths that are known."""
    return Distribution(tuple(sorted(length for length in lengths if length is not None)))


def distribution(postmortems: Iterable[Postmortem], name: str) -> Distribution:
    """How long something took, over all postmortems that tell it."""
    return spread(map(DURATIONS[name].of, postmortems))
