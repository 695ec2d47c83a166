"""Known but unfixed: actions of earlier, related or similar incidents that were not done when another one began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from postmortem_kb.insight.figures import quarter
from postmortem_kb.insight.reasons import CLEAR
from postmortem_kb.insight.relations import Related
from postmortem_kb.insight.similar import Similar
from postmortem_kb.model import Action, Postmortem


@dataclass(frozen=True, slots=True)
class Unfixed:
    """An action that was promised before an incident and not done when it began."""

    postmortem: Postmortem
    """The earlier one that promised it."""
    action: Action
    state: str
    """On that day: `open`, `late` or `cancelled`. The day of a cancellation is not known, so one of today counts."""
    written: bool
    """Whether the relation of the two incidents is written; else it is computed."""

    @property
    def done_since(self) -> date | None:
        """When it was done after all."""
        return self.action.completed if self.action.status == "done" else None


@dataclass(frozen=True, slots=True)
class Quarter:
    """The incidents that began in three months."""

    name: str
    """Such as `2026-Q1`."""
    incidents: int
    known: int
    """Those that an action would have met which was open, late or cancelled."""


def unfixed(postmortem: Postmortem, related: Sequence[Related], similar: Sequence[Similar] = ()) -> list[Unfixed]:
    """What was not done of earlier incidents on the day a postmortem's began, the oldest promise first.

    Args:
        postmortem: The later incident.
        related: Its written relations.
        similar: Its computed ones; faint ones are passed over.
    """
    earlier = {one.postmortem.id: (one.postmortem, False) for one in similar if one.score >= CLEAR}
    earlier |= {one.postmortem.id: (one.postmortem, True) for one in related}
    began = postmortem.times.started
    found = []
    for other, written in earlier.values():
        if began and other.times.started and other.times.started < began:
            states = ((action, state_on(action, began.date())) for action in other.actions)
            found += [Unfixed(other, action, state, written) for action, state in states if state]
    return sorted(found, key=lambda one: (one.postmortem.times.started, one.postmortem.id, one.action.id))


def state_on(action: Action, day: date) -> str:
    """What was left of an action on a day: `open`, `late`, `cancelled`, or nothing where it was done by then."""
    if action.status == "cancelled":
        return "cancelled"
    if action.status == "done" and not (action.completed and action.completed > day):
        return ""
    return "late" if action.due and action.due < day else "open"


def unfixed_of(
    postmortems: Iterable[Postmortem],
    related: Mapping[str, Sequence[Related]],
    similar: Mapping[str, Sequence[Similar]],
) -> dict[str, list[Unfixed]]:
    """The same for every postmortem, by id."""
    return {p.id: unfixed(p, related.get(p.id, ()), similar.get(p.id, ())) for p in postmortems}


def by_quarter(postmortems: Iterable[Postmortem], found: Mapping[str, Sequence[Unfixed]]) -> list[Quarter]:
    """How often an open action would have met an incident, by the quarter in which the incident began."""
    counts: dict[str, list[int]] = {}
    for postmortem in postmortems:
        if postmortem.times.started:
            entry = counts.setdefault(quarter(postmortem.times.started), [0, 0])
            entry[0] += 1
            entry[1] += bool(found.get(postmortem.id))
    return [Quarter(name, *counts[name]) for name in sorted(counts)]
