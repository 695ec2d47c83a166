"""From distributions to what a picture shows: steps of a histogram, places on a scale of times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log1p

from postmortem_kb.insight.share import Share
from postmortem_kb.insight.times import Distribution

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Steps = Sequence[tuple[timedelta, str]]
"""Where each step but the first begins, with the words for the step before it; the last step has no end."""
TIMES: Steps = (
    (5 * _MINUTE, "< 5 min"),
    (15 * _MINUTE, "5\N{EN DASH}15 min"),
    (_HOUR, "15\N{EN DASH}60 min"),
    (4 * _HOUR, "1\N{EN DASH}4 h"),
    (_DAY, "4\N{EN DASH}24 h"),
    (7 * _DAY, "1\N{EN DASH}7 d"),
    (timedelta.max, "\N{GREATER-THAN OR EQUAL TO} 7 d"),
)
"""Incidents take minutes to weeks: each step is three to seven times as long as the one before."""
DAYS: Steps = (
    (_DAY, "0 d"),
    (8 * _DAY, "1\N{EN DASH}7 d"),
    (15 * _DAY, "8\N{EN DASH}14 d"),
    (31 * _DAY, "15\N{EN DASH}30 d"),
    (92 * _DAY, "1\N{EN DASH}3 mo"),
    (366 * _DAY, "3\N{EN DASH}12 mo"),
    (timedelta.max, "> 1 y"),
)
_TICKS = (
    (_MINUTE, "1 min"),
    (10 * _MINUTE, "10 min"),
    (_HOUR, "1 h"),
    (4 * _HOUR, "4 h"),
    (_DAY, "1 d"),
    (7 * _DAY, "7 d"),
    (30 * _DAY, "30 d"),
)
_APART = 28
"""Between the words of two marks, in per cent of the width."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, or a bar, of a picture."""

    label: str
    number: int
    size: float
    """Of the longest one, between 0 and 1."""
    marked: bool = False
    of: int = 0
    """The whole that the number is a part of, where it is a part."""

    @property
    def told(self) -> str:
        """What stands beside it."""
        return (
            f"{self.number:,} of {self.of:,} ({Share(self.number, self.of).percent} %)"
            if self.of
            else f"{self.number:,}"
        )


def histogram(distribution: Distribution, steps: Steps) -> list[Column]:
    """How many points lie on each step; the step with the median is marked."""
    limits = [limit for limit, _ in steps]
    numbers = [0] * len(steps)
    for point in distribution.points:
        numbers[bisect_right(limits, point)] += 1
    middle = bisect_right(limits, distribution.median) if distribution.median is not None else None
    return columns(((word, number) for (_, word), number in zip(steps, numbers, strict=True)), middle)


def columns(numbers: Iterable[tuple[str, int]], marked: int | None = None) -> list[Column]:
    """Columns as high as their numbers."""
    pairs = list(numbers)
    most = max((number for _, number in pairs), default=0) or 1
    return [Column(label, number, number / most, place == marked) for place, (label, number) in enumerate(pairs)]


@dataclass(frozen=True, slots=True)
class Scale:
    """A logarithmic scale of times that many small pictures share; 0 stands at its beginning."""

    longest: timedelta

    def place(self, length: timedelta) -> float:
        """In per cent of the width."""
        return round(100 * log1p(length / _MINUTE) / (log1p(self.longest / _MINUTE) or 1), 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The marks whose words have room on it."""
        shown: list[tuple[float, str]] = []
        for length, word in _TICKS:
            if length < self.longest and (not shown or self.place(length) - shown[-1][0] >= _APART):
                shown.append((self.place(length), word))
        return shown


def scale(distributions: Iterable[Distribution]) -> Scale:
    """The scale on which all medians, 90th percentiles and single points have a place."""
    ends = (d.p90 if d.p90 is not None else max(d.points, default=timedelta(0)) for d in distributions)
    return Scale(max(ends, default=timedelta(0)))
