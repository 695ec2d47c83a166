"""Incidents that belong together by what was written about them: one came back, or had the same cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortem_kb.insight.share import Share
from postmortem_kb.model import Postmortem

LISTED = 10
"""So many times of a chain are listed beside each of them, the last ones: all would be the square of its length."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Incidents that a relation leads between, directly or through others."""

    relation: str
    postmortems: tuple[Postmortem, ...]
    """The oldest first; two or more."""

    @property
    def newest(self) -> Postmortem:
        """The last time that it happened."""
        return self.postmortems[-1]

    @property
    def earlier(self) -> tuple[Postmortem, ...]:
        """All times but the last."""
        return self.postmortems[:-1]

    @property
    def span(self) -> timedelta | None:
        """From the first time to the last, in whole days."""
        first, last = self.postmortems[0].times.started, self.newest.times.started
        return last.date() - first.date() if first and last else None

    def notes(self, postmortem: Postmortem) -> tuple[str, ...]:
        """What one of them says about the others."""
        ids = {other.id for other in self.postmortems}
        return tuple(r.note for r in postmortem.related if r.relation == self.relation and r.id in ids and r.note)


def chains(postmortems: Iterable[Postmortem], relation: str) -> list[Chain]:
    """The incidents that a relation joins, those first whose newest is the newest.

    Whether several incidents name the first one or each names the last before it makes no difference, and neither does a circle.
    """
    known = {postmortem.id: postmortem for postmortem in postmortems}
    joined: dict[str, set[str]] = {}
    for postmortem in known.values():
        for link in postmortem.related:
            if link.relation == relation and link.id in known and link.id != postmortem.id:
                joined.setdefault(postmortem.id, set()).add(link.id)
                joined.setdefault(link.id, set()).add(postmortem.id)
    found, seen = [], set[str]()
    for id in joined:
        reached, waiting = {id}, [id]
        while waiting and id not in seen:
            new = joined[waiting.pop()] - reached
            reached |= new
            waiting += new
        if id not in seen:
            seen |= reached
            found.append(Chain(relation, tuple(sorted((known[other] for other in reached), key=began))))
    return sorted(found, key=lambda chain: began(chain.newest), reverse=True)


def began(postmortem: Postmortem) -> tuple[float, str]:
    """The order in which incidents began; one without a time is the oldest."""
    started: datetime | None = postmortem.times.started
    return (started.timestamp() if started else float("-inf"), postmortem.id)


def kept(promised: Postmortem, again: Postmortem) -> Share:
    """How many of an incident's actions were done on the day on which it came back, of all but the cancelled."""
    started = again.times.started
    counted = [action for action in promised.actions if action.status != "cancelled"]
    done = [a for a in counted if a.completed and started and a.completed <= started.date() and not a.open]
    return Share(len(done), len(counted))
