"""How alike postmortems are: the geometric mean of what they tell, and of how far they agree on what failed.

What they tell is the cosine of their words. How far they agree starts from a base that everything has, and grows with the cosine of the
mechanisms of failure and with that of the stated facts. In each, a thing weighs by how rare it is. A pair's score depends on the two profiles and on how
many profiles hold each thing, not on the order of anything, and is rounded before it is compared.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest, nsmallest
from itertools import chain, repeat
from operator import mul
from typing import TypeVar

from postmortem_kb.insight.compounds import compounds
from postmortem_kb.insight.profile import Profile

MECHANISM = 2.0
"""What one mechanism of failure adds to the base of 1."""
FACTS = 0.5
"""What the same services, assets, alerts, tags and categories add."""
_SEEDS = 24
"""So many of the weightiest words of a postmortem that others have, too, are looked up among theirs."""
_FOUND = 48
"""By so many of its weightiest words a postmortem is found."""
_HOLDERS = 128
"""So many postmortems are looked at for each of them: those in which it weighs most."""
_SMALL = 256
"""In a catalog of so many, all are compared with all."""
_CANDIDATES = (40, 12)
"""So many are compared by those words, and so many of them in full."""

_Thing = TypeVar("_Thing")
Vector = Mapping[str, float]
Score = tuple[float, int]
"""How alike, and the position of the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A profile that is asked about, weighed by an index."""

    words: dict[int, float]
    """Of length 1, as the other two."""
    pull: dict[int, float]
    """Those that the index has, weighed a second time: what they bring to a score for each time that they are told."""
    mechanisms: Vector
    row: Sequence[float]
    """The mechanisms of the index in their order."""
    facts: Vector

    @property
    def most(self) -> float:
        """How far anything can agree with it."""
        return 1.0 + (MECHANISM if self.mechanisms else 0.0) + (FACTS if self.facts else 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What follows from all profiles of a catalog together; it holds as long as none changes."""

    words: array[int]
    holders: array[int]
    """How many profiles hold each of the words."""
    lengths: array[float]
    """The length of each profile's words."""


class Index:
    """The profiles of a catalog, ready to be compared."""

    def __init__(self, profiles: Sequence[Profile], counts: Counts | None = None) -> None:
        self.profiles = profiles
        """Sorted by id."""
        self._size = len(profiles)
        holders = dict(zip(counts.words, counts.holders, strict=True)) if counts else _holders(profiles)
        self.rarity = {word: 1 + self._rarity(count) for word, count in holders.items()}
        """How much each word weighs; none weighs nothing, for a small catalog knows little of what is common."""
        self._alone = frozenset(word for word, count in holders.items() if count == 1)
        self._mechanism_rarity = self._rarities(p.mechanisms for p in profiles)
        self._fact_rarity = self._rarities(p.facts for p in profiles)
        self._agreements: dict[int, tuple[array[float], Vector]] = {}
        self.lengths = counts.lengths if counts else array("d", [self._length(profile) for profile in profiles])
        self.counts = counts or Counts(array("q", holders), array("q", holders.values()), self.lengths)

    def question(self, profile: Profile) -> Question:
        """A profile as it is compared; it need not be one of the index."""
        rarity, words = self.rarity, self._words(profile)
        pull = {word: x * rarity[word] for word, x in words.items() if word in rarity}
        mechanisms = self._dwelt(profile)
        return Question(words, pull, mechanisms, self._row(mechanisms), self._stated(profile))

    def scores(self, question: Question, among: Iterable[int], least: float = 0.0) -> Iterator[Score]:
        """How alike a question is to some of the profiles; those that cannot reach the least score are passed over."""
        get, nothing = question.pull.get, repeat(0.0)
        for position in among:
            profile = self.profiles[position]
            # Without a loop of ours: this is where the time of a large catalog goes.
            told: float = sum(map(mul, map(get, profile.terms, nothing), profile.told))
            told /= self.lengths[position] or 1.0
            if told >= least * least:
                agreed = self._raise(question, position) / question.most if told else 0.0
                yield round(math.sqrt(min(told * agreed, 1.0)), 4), position

    def shared(self, question: Question, position: int) -> dict[int, float]:
        """What each word has in common with a profile, as a part of the cosine of what is told."""
        profile, length, pull = self.profiles[position], self.lengths[position] or 1.0, question.pull
        pairs = zip(profile.terms, profile.told, strict=False)
        return {word: pull[word] * told / length for word, told in pairs if word in pull}

    def agreed(self, question: Question, position: int) -> dict[str, float]:
        """What each mechanism brings to the cosine of the mechanisms."""
        row = zip(self._mechanism_rarity, question.row, self._agreement(position)[0], strict=True)
        return {name: mine * theirs for name, mine, theirs in row if mine and theirs}

    def near(self, question: Question) -> Sequence[int]:
        """The positions that are worth a full comparison: all of a small catalog, the candidates of a large one."""
        return self.candidates(question) if self._size > _SMALL else range(self._size)

    def prepare(self) -> None:
        """Work out what all questions need, once for all workers."""
        assert self._champions is not None
        for position in range(self._size):
            self._agreement(position)

    def candidates(self, question: Question) -> list[int]:
        """The positions of those that share words that weigh much on both sides."""
        found: dict[int, float] = {}
        get, champions = found.get, self._champions
        for word, x in self._heaviest(question.words, _SEEDS):
            for position, y in zip(*champions.get(word, ((), ())), strict=False):
                found[position] = get(position, 0.0) + x * y
        some, few = _CANDIDATES
        least = min(nlargest(some, found.values()), default=0.0)
        near = [(-x * self._raise(question, position), position) for position, x in found.items() if x >= least]
        return [position for _, position in nsmallest(few, near)]

    def _raise(self, question: Question, position: int) -> float:
        row, facts = self._agreement(position)
        # A sum over a row is quicker than looking up names, and this is asked for every candidate.
        alike: float = sum(map(mul, question.row, row))
        raised = 1.0 + MECHANISM * alike
        for fact in sorted(question.facts.keys() & facts.keys()):
            raised += FACTS * question.facts[fact] * facts[fact]
        return raised

    def _agreement(self, position: int) -> tuple[array[float], Vector]:
        """The mechanisms and the facts of a profile, weighed; a single question needs few of them."""
        if position not in self._agreements:
            profile = self.profiles[position]
            self._agreements[position] = self._row(self._dwelt(profile)), self._stated(profile)
        return self._agreements[position]

    def _row(self, mechanisms: Vector) -> array[float]:
        return array("d", [mechanisms.get(name, 0.0) for name in self._mechanism_rarity])

    @cached_property
    def _champions(self) -> dict[int, tuple[array[int], array[float]]]:
        """Of each word, the profiles in which it weighs most."""
        postings: dict[int, list[tuple[float, int]]] = {}
        for position, profile in enumerate(self.profiles):
            for word, x in self._heaviest(self._words(profile), _FOUND):
                postings.setdefault(word, []).append((-x, position))
        found = {}
        while postings:
            word, entries = postings.popitem()
            if len(entries) > _HOLDERS:
                entries = nsmallest(_HOLDERS, entries)
            if len(entries) > 1:
                found[word] = array("l", [p for _, p in entries]), array("f", [-x for x, _ in entries])
        return found

    def _words(self, profile: Profile) -> dict[int, float]:
        rarity, new = self.rarity, 1 + self._rarity(1)
        words = {w: rarity.get(w, new) * told for w, told in zip(profile.terms, profile.told, strict=False)}
        for part, told in compounds(profile, self._alone, rarity):
            words.setdefault(part, rarity[part] * told)
        return _unit(words)

    def _heaviest(self, vector: Mapping[int, float], most: int) -> list[tuple[int, float]]:
        shared = [item for item in vector.items() if item[0] not in self._alone]
        return sorted(shared, key=lambda item: (-item[1], item[0]))[:most]

    def _rarity(self, holders: int) -> float:
        return math.log((self._size + 1) / (holders + 1)) if self._size else 0.0

    def _rarities(self, held: Iterable[Iterable[str]]) -> dict[str, float]:
        # A little of everything counts: what all of a small catalog state is still stated.
        return {name: 0.1 + self._rarity(count) for name, count in sorted(Counter(chain.from_iterable(held)).items())}

    def _length(self, profile: Profile) -> float:
        pairs = zip(profile.terms, profile.told, strict=False)
        return math.sqrt(sum([(self.rarity[word] * told) ** 2 for word, told in pairs]))

    def _dwelt(self, profile: Profile) -> Vector:
        new = 0.1 + self._rarity(1)
        pairs = zip(profile.mechanisms, profile.dwelt, strict=True)
        return _unit({name: x * self._mechanism_rarity.get(name, new) for name, x in pairs})

    def _stated(self, profile: Profile) -> Vector:
        new = 0.1 + self._rarity(1)
        return _unit({fact: self._fact_rarity.get(fact, new) for fact in profile.facts})


def _holders(profiles: Iterable[Profile]) -> dict[int, int]:
    return Counter(chain.from_iterable(profile.terms[: len(profile.told)] for profile in profiles))


def _unit(vector: dict[_Thing, float]) -> dict[_Thing, float]:
    length = math.sqrt(sum([x * x for x in vector.values()]))
    return {thing: x / length for thing, x in vector.items()} if length else {}
