"""How alike postmortems are: the geometric mean of what they tell, and of how far they agree on what failed.

What they tell is the cosine of their words. How far they agree starts from a base that everything has, and grows with the cosine of the
mechanisms of failure and with that of the stated facts. In each, a thing weighs by how rare it is. A pair's score depends on the two profiles and on how
rare things are, not on the order of anything, and is rounded before it is compared.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import repeat
from operator import mul
from typing import NamedTuple

from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.rarity import Scales, Vector

MECHANISM = 2.0
"""What one mechanism of failure adds to the base of 1."""
FACTS = 0.5
"""What the same services, assets, alerts, tags and categories add."""
SMALL = 256
"""In a catalog of so many, all are compared with all."""
_CANDIDATES = 40
"""So many are compared by the words that weigh most."""
FULL = 12
"""So many of them are compared in full."""

Score = tuple[float, int]
"""How alike, and the position of the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """What a profile can agree with others on."""

    row: Sequence[float]
    """How much it dwelt on each mechanism of the index, in their order; of length 1, as the facts."""
    facts: Vector

    def raises(self, other: Agreement) -> float:
        """By how much it raises what two tell in common, from 1."""
        # A sum over a row is quicker than looking up names, and this is asked for every candidate.
        alike: float = sum(map(mul, self.row, other.row))
        raised = 1.0 + MECHANISM * alike
        if not self.facts.keys().isdisjoint(other.facts):
            for fact in sorted(self.facts.keys() & other.facts.keys()):
                raised += FACTS * self.facts[fact] * other.facts[fact]
        return raised


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A profile that is asked about, weighed by an index."""

    words: dict[int, float]
    """Of length 1."""
    pull: dict[int, float]
    """Those that the index has, weighed a second time: what they bring to a score for each time that they are told."""
    most: float
    """How far anything can agree with it."""
    agreement: Agreement


class Near(NamedTuple):
    """The postmortems that one is compared with in full, the nearest first, and what would bring others among them."""

    ids: tuple[str, ...]
    least: float
    """What the words of another have to bring for it to be looked at; 0 where anything does."""
    floor: float
    """What that has to be, raised by what the two agree on, for a full comparison; 0 where anything does."""


class Index:
    """The profiles of a catalog, ready to be compared."""

    def __init__(
        self,
        profiles: Sequence[Profile],
        scales: Scales | None = None,
        lengths: array[float] | None = None,
    ) -> None:
        self.profiles = profiles
        """Sorted by id."""
        self.at = {profile.id: position for position, profile in enumerate(profiles)}
        self.small = len(profiles) <= SMALL
        """Whether all are compared with all."""
        self.scales = scales or Scales.of(profiles)
        self.lengths = lengths or array("d", [self.scales.length(profile) for profile in profiles])
        """How long each profile's words are."""
        self._agreements: dict[int, Agreement] = {}

    def question(self, profile: Profile) -> Question:
        """A profile as it is compared; it need not be one of the index."""
        weights, (words, _) = self.scales.words.weights, self.scales.told(profile)
        pull = {word: x * weights[word] for word, x in words.items() if word in weights}
        agreement = self._agreed(profile)
        most = 1.0 + (MECHANISM if profile.mechanisms else 0.0) + (FACTS if profile.facts else 0.0)
        return Question(words, pull, most, agreement)

    def scores(self, question: Question, among: Iterable[int], least: float = 0.0) -> Iterator[Score]:
        """How alike a question is to some of the profiles; those that cannot reach the least score are passed over."""
        get, nothing = question.pull.get, repeat(0.0)
        for position in among:
            profile = self.profiles[position]
            # Without a loop of ours: this is where the time of a large catalog goes.
            told: float = sum(map(mul, map(get, profile.terms, nothing), profile.told))
            told /= self.lengths[position] or 1.0
            if told >= least * least:
                agreed = question.agreement.raises(self.agreement(position)) / question.most if told else 0.0
                yield round(math.sqrt(min(told * agreed, 1.0)), 4), position

    def shared(self, question: Question, position: int) -> dict[int, float]:
        """What each word has in common with a profile, as a part of the cosine of what is told."""
        profile, length, pull = self.profiles[position], self.lengths[position] or 1.0, question.pull
        pairs = zip(profile.terms, profile.told, strict=False)
        return {word: pull[word] * told / length for word, told in pairs if word in pull}

    def agreed(self, question: Question, position: int) -> dict[str, float]:
        """What each mechanism brings to the cosine of the mechanisms."""
        row = zip(self.scales.mechanisms.holders, question.agreement.row, self.agreement(position).row, strict=True)
        return {name: mine * theirs for name, mine, theirs in row if mine and theirs}

    def near(self, agreement: Agreement, found: Mapping[int, float]) -> Near:
        """The nearest of those with which a postmortem has words in common, by their positions and what the words bring."""
        best = nlargest(_CANDIDATES, found.values())
        least = best[-1] if len(best) == _CANDIDATES else 0.0
        ranked = [(-x * agreement.raises(self.agreement(at)), at) for at, x in found.items() if x >= least]
        near = sorted(ranked)[:FULL]
        return Near(tuple(self.profiles[at].id for _, at in near), least, -near[-1][0] if len(near) == FULL else 0.0)

    def prepare(self) -> None:
        """Work out what every comparison needs."""
        for position in range(len(self.profiles)):
            self.agreement(position)

    def agreement(self, position: int) -> Agreement:
        """That of a profile of the index; a single question needs few of them."""
        if position not in self._agreements:
            self._agreements[position] = self._agreed(self.profiles[position])
        return self._agreements[position]

    def _agreed(self, profile: Profile) -> Agreement:
        dwelt = self.scales.dwelt(profile)
        row = tuple([dwelt.get(name, 0.0) for name in self.scales.mechanisms.holders])
        return Agreement(row, self.scales.stated(profile))
