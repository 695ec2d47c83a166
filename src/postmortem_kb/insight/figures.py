"""The figures of a catalog, as a whole and split by what incidents have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from postmortem_kb.insight.actions import Owed
from postmortem_kb.insight.share import Share, recurrence
from postmortem_kb.insight.sides import answers_category, groups, name_key
from postmortem_kb.insight.times import Distribution, distribution
from postmortem_kb.insight.work import Work
from postmortem_kb.model import Postmortem


# No slots: what nobody asks for is not computed, and what somebody asks for is computed once.
@dataclass(frozen=True)
class Figures:
    """What can be counted of some incidents on a day."""

    name: str
    """What they have in common; empty for all."""
    postmortems: tuple[Postmortem, ...]
    work: Work

    def time(self, name: str) -> Distribution:
        """How long something took, by its name in `DURATIONS`."""
        if name not in self._times:
            self._times[name] = distribution(self.postmortems, name)
        return self._times[name]

    @cached_property
    def _times(self) -> dict[str, Distribution]:
        return {}

    @cached_property
    def recurrence(self) -> Share:
        """The recurrence rate."""
        return recurrence(self.postmortems)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to split the catalog; an incident may belong to several parts."""

    names: Callable[[Postmortem], Iterable[str]]
    concerns: Callable[[Owed, str], bool] = lambda entry, name: True
    """Whether an action of such an incident belongs to a part."""


def quarter(day: date) -> str:
    """The quarter of a day: `2026-Q1`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def within(postmortems: Iterable[Postmortem], first: date | None, last: date | None) -> list[Postmortem]:
    """Those that started in the days from the first to the last, both included, in UTC; None sets no limit."""
    if first is None and last is None:
        return list(postmortems)
    dated = ((postmortem, postmortem.times.started) for postmortem in postmortems)
    return [p for p, started in dated if started and (first or date.min) <= started.date() <= (last or date.max)]


def last_year(today: date, ago: int = 0) -> tuple[date, date]:
    """The first and the last day of the twelve months that end today, or that many years ago."""
    return _years_before(today, ago + 1) + timedelta(days=1), _years_before(today, ago)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # The year has no 29 February.
        return date(day.year - years, 2, 28)


def _quarters(postmortem: Postmortem) -> Iterator[str]:
    if postmortem.times.started:
        yield quarter(postmortem.times.started.date())


WAYS: dict[str, Way] = {
    "severity": Way(lambda p: (p.severity,)),
    "service": Way(lambda p: p.services),
    "category": Way(lambda p: (cause.kind for cause in p.root_causes), answers_category),
    "quarter": Way(_quarters),
}
"""The ways that the command and the page offer; a quarter is that of the start, in UTC."""


def figures(postmortems: Sequence[Postmortem], actions: Iterable[Owed], today: date, name: str = "") -> Figures:
    """The figures of some incidents and their actions."""
    return Figures(name, tuple(postmortems), Work(tuple(actions), today))


def split(
    postmortems: Iterable[Postmortem], actions: Sequence[Owed], way: str, today: date, severities: Sequence[str] = ()
) -> list[Figures]:
    """The figures of each part: severities from the worst, quarters from the last, others from the one with most incidents.

    Args:
        postmortems: All that count.
        actions: All of their actions.
        way: One of `WAYS`.
        today: The day that decides what is late.
        severities: The words for severities, the worst first.
    """
    chosen = WAYS[way]
    found = groups(postmortems, actions, chosen.names, chosen.concerns, name_key).values()
    parts = [figures(group.postmortems, group.actions, today, group.name) for group in found]
    if way == "quarter":
        parts.sort(key=lambda part: part.name, reverse=True)
    if way == "severity":
        order = {word: place for place, word in enumerate(severities)}
        parts.sort(key=lambda part: (order.get(part.name, len(order)), part.name))
    return parts
