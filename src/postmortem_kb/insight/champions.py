"""Which postmortems of a large catalog are worth a full comparison: those that share words that weigh much on both sides."""

from __future__ import annotations

from array import array
from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

SEEDS = 24
"""So many of the weightiest words of a postmortem that others have, too, are looked up among theirs."""
_FOUND = 48
"""By so many of its weightiest words a postmortem is found."""
_HOLDERS = 128
"""So many postmortems are looked at for each of them: those in which it weighs most."""

Postings = Mapping[int, list[tuple[float, str]]]
"""Of each word, how much it weighs, below zero, and in which postmortem."""


class Heaviest(NamedTuple):
    """The words of a postmortem that weigh most, the heaviest first."""

    words: array[int]
    weights: array[float]
    """As 32 bits hold them, so that what is kept and what is new compare alike."""


NOTHING = Heaviest(array("q"), array("f"))


def heaviest(words: Mapping[int, float], alone: Container[int]) -> Heaviest:
    """Those of a vector that others use, too."""
    shared = sorted([(-x, word) for word, x in words.items() if word not in alone])[:_FOUND]
    return Heaviest(array("q", [word for _, word in shared]), array("f", [-x for x, _ in shared]))


def postings(catalog: Iterable[tuple[str, Heaviest]]) -> Postings:
    """Where the heaviest words of postmortems stand, those by their ids."""
    found: dict[int, list[tuple[float, str]]] = {}
    get = found.get
    for id, some in catalog:
        for word, x in zip(some.words, some.weights, strict=True):
            entries = get(word)
            if entries is None:
                found[word] = [(-x, id)]
            else:
                entries.append((-x, id))
    return found


class Champions:
    """Of each word, the postmortems in which it weighs most; of equal ones the first by id."""

    def __init__(self, at: Mapping[str, int], *parts: Postings) -> None:
        """Take the position of each id, and the postings of a catalog in parts that have no postmortem in common."""
        self._at = at
        self._parts = parts
        self._best: dict[int, dict[int, float]] = {}

    def of(self, word: int) -> dict[int, float]:
        """Their positions, and how much it weighs in each."""
        if word not in self._best:
            # Chosen when somebody asks: after an edit few words are asked for.
            holders = [entry for part in self._parts for entry in part.get(word, ())]
            # Quicker than the smallest by a heap, at these lengths.
            some = sorted(holders)[:_HOLDERS] if len(holders) > _HOLDERS else holders
            self._best[word] = {self._at[id]: -x for x, id in some}
        return self._best[word]

    def prepare(self) -> None:
        """Choose those of every word."""
        for part in self._parts:
            for word in part:
                self.of(word)

    def found(self, asked: Heaviest) -> dict[int, float]:
        """What the seeds of a postmortem have in common with each of their champions, by position."""
        # Not by id: this is where the time of a large catalog goes, and numbers take half of it.
        found: dict[int, float] = {}
        for word, x in zip(asked.words[:SEEDS], asked.weights, strict=False):
            for position, y in self.of(word).items():
                if position in found:
                    found[position] += x * y
                else:
                    found[position] = x * y
        return found
