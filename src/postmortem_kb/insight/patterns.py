"""What a review of the past has to look at: what comes back, what nobody answers, what is not proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile

from postmortem_kb.action_history import ActionHistory, Turn
from postmortem_kb.insight.actions import Owed, unproven
from postmortem_kb.insight.chains import Chain, began, chains
from postmortem_kb.insight.sides import names_by_key
from postmortem_kb.model import AcceptedRisk, Cause, Postmortem
from postmortem_kb.words import DRAFT

SOON = timedelta(days=30)
"""How far a review looks ahead."""
OFTEN = 2
"""A due date that was put off so many times keeps moving."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A category of root causes that hit the same services several times."""

    category: str
    services: tuple[str, ...]
    postmortems: tuple[Postmortem, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class CauseOf:
    """A cause or factor with the postmortem that it comes from."""

    postmortem: Postmortem
    cause: Cause

    @property
    def root(self) -> bool:
        """Whether it is a root cause, no contributing factor."""
        return self.cause in self.postmortem.root_causes


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk that somebody accepted until a day."""

    of: CauseOf
    accepted: AcceptedRisk
    until: date
    expired: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A due date that was changed."""

    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Postponed:
    """An open action whose due date keeps moving."""

    entry: Owed
    moves: tuple[Move, ...]
    """All of them, also to an earlier day, from the first time that it was put off; the oldest first."""

    @property
    def times(self) -> int:
        """How often it was put off."""
        return sum(map(_later, self.moves))

    @property
    def by(self) -> timedelta:
        """From the first date to that of now; nothing where it came back to the first one, or before it."""
        return max(self.moves[-1].after - self.moves[0].before, timedelta(0))


@dataclass(frozen=True, slots=True)
class Anniversary:
    """An incident whose day of the year comes round again."""

    postmortem: Postmortem
    on: date
    years: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """All that a review has to look at; each list with the most important first."""

    recurrences: list[Chain]
    same_causes: list[Chain]
    repeats: list[Repeat]
    unanswered: list[CauseOf]
    risks: list[Risk]
    postponed: list[Postponed]
    unverified: list[Owed]
    anniversaries: list[Anniversary]
    overdue: list[Owed]
    drafts: list[Postmortem]

    @property
    def nothing(self) -> bool:
        """Whether all lists are empty."""
        return not any(getattr(self, name) for name in Patterns.__slots__)


def patterns(
    postmortems: Sequence[Postmortem],
    actions: Sequence[Owed],
    history: ActionHistory,
    today: date,
    severities: Sequence[str],
) -> Patterns:
    """What there is to look at on a day; `severities` are the words for them, the worst first."""
    weight = {word: place for place, word in enumerate(severities)}

    def worst(postmortem: Postmortem) -> tuple[int, float]:
        return weight.get(postmortem.severity, len(weight)), -began(postmortem)[0]

    return Patterns(
        chains(postmortems, "recurrence-of"),
        chains(postmortems, "same-cause"),
        repeats(postmortems),
        sorted(unanswered(postmortems), key=lambda c: (worst(c.postmortem), not c.root)),
        sorted(risks(postmortems, today), key=lambda risk: risk.until),
        sorted(postponed(actions, history), key=lambda p: (-p.times, -p.by)),
        sorted(filter(unverified, actions), key=lambda e: (e.action.priority, worst(e.postmortem))),
        sorted(anniversaries(postmortems, today), key=lambda a: (a.on, worst(a.postmortem))),
        sorted((e for e in actions if e.overdue), key=lambda e: (e.action.priority, e.action.due or today)),
        sorted(waiting(postmortems), key=worst),
    )


def waiting(postmortems: Iterable[Postmortem]) -> list[Postmortem]:
    """The drafts that wait for their review: one that says why it has no deadline may stay a draft."""
    return [p for p in postmortems if p.status == DRAFT and not p.document.suppresses("deadline", "status")]


def repeats(postmortems: Iterable[Postmortem]) -> list[Repeat]:
    """Which category hit which services more than once, the most frequent first; services of the same incidents stand together."""
    found: dict[tuple[str, str], list[Postmortem]] = {}
    newest_first = sorted(postmortems, key=began, reverse=True)
    spelt = names_by_key(service for postmortem in newest_first for service in postmortem.services)
    for postmortem in newest_first:
        for category in dict.fromkeys(cause.kind for cause in postmortem.root_causes):
            for service in names_by_key(postmortem.services):
                found.setdefault((category, service), []).append(postmortem)
    merged: dict[tuple[str, tuple[str, ...]], Repeat] = {}
    for (category, service), members in found.items():
        if len(members) > 1:
            key = category, tuple(postmortem.id for postmortem in members)
            others = merged[key].services if key in merged else ()
            merged[key] = Repeat(category, (*others, spelt[service]), tuple(members))
    several = sorted(merged.values(), key=lambda repeat: began(repeat.postmortems[0]), reverse=True)
    return sorted(several, key=lambda repeat: len(repeat.postmortems), reverse=True)


def unanswered(postmortems: Iterable[Postmortem]) -> Iterator[CauseOf]:
    """Causes and factors that nobody acts on, and whose risk nobody has accepted."""
    return (CauseOf(p, cause) for p in postmortems for cause in p.causes if p.unanswered(cause))


def risks(postmortems: Iterable[Postmortem], today: date) -> Iterator[Risk]:
    """Accepted risks that have run out, or will soon."""
    for postmortem in postmortems:
        for cause in postmortem.causes:
            accepted = cause.accepted_risk
            if accepted and accepted.until and accepted.until <= today + SOON:
                yield Risk(CauseOf(postmortem, cause), accepted, accepted.until, accepted.until < today)


def postponed(actions: Iterable[Owed], history: ActionHistory) -> Iterator[Postponed]:
    """Open actions whose due date was put off again and again."""
    for entry in actions:
        moves = _moves(history.get((entry.postmortem.path, entry.action.id), ()))
        found = Postponed(entry, tuple(dropwhile(lambda move: not _later(move), moves)))
        if entry.action.open and found.times >= OFTEN:
            yield found


def _moves(turns: Iterable[Turn]) -> Iterator[Move]:
    """From date to date; where one was taken away for a while, to the one that took its place."""
    before: date | None = None
    for turn in turns:
        before = turn.before.due or before
        if before and turn.after.due and turn.after.due != before:
            yield Move(before, turn.after.due)


def _later(move: Move) -> bool:
    return move.after > move.before


def unverified(entry: Owed) -> bool:
    """Whether an action is called done, and no result of a verification says that it holds."""
    check = entry.action.verification
    return unproven(entry.action.status, check.result if check else "")


def anniversaries(postmortems: Iterable[Postmortem], today: date) -> Iterator[Anniversary]:
    """Incidents of earlier years whose day comes round soon."""
    for postmortem in postmortems:
        if postmortem.times.started:
            first = postmortem.times.started.date()
            on = _day_in(first, today.year)
            on = on if on >= today else _day_in(first, today.year + 1)
            if on <= today + SOON and on.year > first.year:
                yield Anniversary(postmortem, on, on.year - first.year)


def _day_in(first: date, year: int) -> date:
    """The same day of another year; a 29 February counts as 1 March where there is none."""
    try:
        return first.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
