"""Known but unfixed: actions of earlier, related or similar incidents that were not done when another one began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from postmortem_kb.action_history import ActionHistory, Promise, Turn
from postmortem_kb.insight.figures import quarter
from postmortem_kb.insight.reasons import CLEAR
from postmortem_kb.insight.relations import Related
from postmortem_kb.insight.similar import SHOWN, Similar
from postmortem_kb.model import Action, Postmortem


@dataclass(frozen=True, slots=True)
class Unfixed:
    """An action that was promised before an incident and not done when it began."""

    postmortem: Postmortem
    """The earlier one that promised it."""
    action: Action
    state: str
    """On that day: `open`, `late` or `cancelled`. Where git does not know when one was cancelled, that of today counts."""
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


def unfixed(
    postmortem: Postmortem,
    related: Sequence[Related],
    similar: Sequence[Similar] = (),
    history: ActionHistory | None = None,
) -> list[Unfixed]:
    """What was not done of earlier incidents on the day a postmortem's began: the oldest first, actions as in their files.

    Args:
        postmortem: The later incident.
        related: Its written relations.
        similar: Its computed ones, best first; faint and later ones are passed over, and so are those behind the first `SHOWN`.
        history: What git remembers of actions.
    """
    began = postmortem.times.started
    if not began:
        return []
    clear = (one.postmortem for one in similar if one.score >= CLEAR and _before(one.postmortem, began))
    earlier = {other.id: (other, False) for other in islice(clear, SHOWN)}
    earlier |= {one.postmortem.id: (one.postmortem, True) for one in related if _before(one.postmortem, began)}
    day = began.date()
    found = []
    for other, written in earlier.values():
        for action in other.actions:
            turns = history.get((other.path, action.id), ()) if history else ()
            if state := state_on(action, day, turns):
                found.append(Unfixed(other, action, state, written))
    return sorted(found, key=lambda one: (one.postmortem.times.started, one.postmortem.id))


def _before(other: Postmortem, moment: datetime) -> bool:
    return other.times.started is not None and other.times.started < moment


def state_on(action: Action, day: date, turns: Sequence[Turn] = ()) -> str:
    """What was left of an action on a day: `open`, `late`, `cancelled`, or nothing where it was done by then.

    Args:
        action: The action as it is today.
        day: The day that is asked about.
        turns: Its changes as git remembers them, the oldest first; what lies before the first one is taken to be as then.
    """
    then: Promise | Action = next((turn.before for turn in turns if turn.on > day), action) if turns else action
    # The file says when it was done; git says when somebody wrote that down.
    told = action.status == "done" and action.completed
    if told <= day if told else then.status == "done":
        return ""
    if then.status == "cancelled":
        return "cancelled"
    return "late" if then.due and then.due < day else "open"


def unfixed_of(
    postmortems: Iterable[Postmortem],
    related: Mapping[str, Sequence[Related]],
    similar: Mapping[str, Sequence[Similar]],
    history: ActionHistory | None = None,
) -> dict[str, list[Unfixed]]:
    """The same for every postmortem, by id."""
    return {p.id: unfixed(p, related.get(p.id, ()), similar.get(p.id, ()), history) for p in postmortems}


def by_quarter(postmortems: Iterable[Postmortem], found: Mapping[str, Sequence[Unfixed]]) -> list[Quarter]:
    """How often an open action would have met an incident, by the quarter in which the incident began."""
    counts: dict[str, list[int]] = {}
    for postmortem in postmortems:
        if postmortem.times.started:
            entry = counts.setdefault(quarter(postmortem.times.started), [0, 0])
            entry[0] += 1
            entry[1] += bool(found.get(postmortem.id))
    return [Quarter(name, *counts[name]) for name in sorted(counts)]
