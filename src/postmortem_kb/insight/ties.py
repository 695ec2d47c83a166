"""What postmortems say of each other: links read from both ends, and chains of what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from postmortem_kb.insight.relations import INVERSES

CHAINED = frozenset(("recurrence-of", "same-cause"))
"""Relations that hold on: what recurs from a recurrence recurs from its beginning."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A written connection of two postmortems."""

    relation: str
    """The word, seen from the one that is asked; empty where the two are only in one chain."""
    weight: float
    """How much of what is missing to a full score it makes up for."""


_DIRECT, _CHAIN = 0.5, 0.25
Ties = dict[str, dict[str, Tie]]


def ties(related: Mapping[str, Iterable[tuple[str, str]]]) -> Ties:
    """The ties of each id, from what each says of others."""
    found: Ties = {id: {} for id in related}
    for chain in _chains(related):
        for id in chain:
            found[id] = {other: Tie("", _CHAIN) for other in chain if other != id}
    written = [
        (id, other, word) for id, links in related.items() for other, word in links if other in found and other != id
    ]
    for id, other, word in written:
        found[other][id] = Tie(INVERSES.get(word, word), _DIRECT)
    # What a file says itself stands before what is read from the other end.
    for id, other, word in written:
        found[id][other] = Tie(word, _DIRECT)
    return found


def _chains(related: Mapping[str, Iterable[tuple[str, str]]]) -> list[list[str]]:
    """The groups that hang together by relations that hold on, sorted."""
    leader = {id: id for id in related}

    def head(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    for id, links in related.items():
        for other, word in links:
            if word in CHAINED and other in leader:
                leader[head(other)] = head(id)
    groups: dict[str, list[str]] = {}
    for id in sorted(related):
        groups.setdefault(head(id), []).append(id)
    return [group for group in groups.values() if 1 < len(group) <= _LONGEST]


_LONGEST = 100
"""A chain with more members is no chain: everything in it would be tied to everything."""
