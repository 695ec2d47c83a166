"""How rare things are in a catalog: in steps, so that one postmortem more or less changes next to no weight."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Generic, TypeVar

from postmortem_kb.insight.compounds import parts, wholes
from postmortem_kb.insight.profile import Profile

_STEP = 1.5
"""From one step of the counts to the next. Up to 3 each count is a step of its own."""

_Thing = TypeVar("_Thing")
Vector = Mapping[str, float]


@cache
def step(count: int) -> float:
    """The step on which a count stands: the last power of 1.5 that is no larger; 0 for none."""
    return float(_STEP ** math.floor(math.log(count, _STEP))) if count else 0.0


class Rarities(Generic[_Thing]):
    """What things of one kind weigh: by how many postmortems hold each today, never by how many did."""

    def __init__(self, holders: Mapping[_Thing, int], size: int, least: float) -> None:
        self.holders = holders
        """How many postmortems hold each."""
        weights = {
            count: least + (math.log((step(size) + 1) / (step(count) + 1)) if size else 0.0)
            for count in {1, *holders.values()}
        }
        self.new = weights[1]
        """What a thing weighs that none holds."""
        self.weights = {thing: weights[count] for thing, count in holders.items()}

    def unlike(self, before: Rarities[_Thing]) -> set[_Thing]:
        """The things that weighed something else before."""
        recounted = {thing for thing, _ in self.holders.items() ^ before.holders.items()}
        return {thing for thing in recounted if self.weights.get(thing) != before.weights.get(thing)}


class Scales:
    """Weigh profiles by how rare in a catalog is what they hold."""

    def __init__(
        self, size: int, words: Mapping[int, int], mechanisms: Mapping[str, int], facts: Mapping[str, int]
    ) -> None:
        # None weighs nothing, for a small catalog knows little of what is common.
        self.words = Rarities(words, size, 1.0)
        # A little of everything counts: what all of a small catalog state is still stated.
        self.mechanisms = Rarities(mechanisms, size, 0.1)
        self.facts = Rarities(facts, size, 0.1)
        self.alone = frozenset([word for word, count in words.items() if count == 1])
        """The words that one postmortem uses."""

    @classmethod
    def of(cls, profiles: Sequence[Profile], words: Mapping[int, int] | None = None) -> Scales:
        """Those of a catalog; how many hold each word need not be counted again where it is known."""
        told = chain.from_iterable(profile.terms[: len(profile.told)] for profile in profiles)
        mechanisms = _counted(profile.mechanisms for profile in profiles)
        facts = _counted(profile.facts for profile in profiles)
        return cls(len(profiles), Counter(told) if words is None else words, mechanisms, facts)

    def told(self, profile: Profile) -> tuple[dict[int, float], dict[str, list[int]]]:
        """Its words, of length 1, and those of them that may be compounds, each with its parts."""
        weights, new = self.words.weights, self.words.new
        words = {w: weights.get(w, new) * told for w, told in zip(profile.terms, profile.told, strict=False)}
        compounds: dict[str, list[int]] = {}
        for whole, told in wholes(profile, self.alone, weights):
            compounds[whole] = parts(whole, weights)
            for part in compounds[whole]:
                words.setdefault(part, weights[part] * told)
        return _unit(words), compounds

    def dwelt(self, profile: Profile) -> Vector:
        """Its mechanisms, of length 1."""
        get, new = self.mechanisms.weights.get, self.mechanisms.new
        return _unit({name: x * get(name, new) for name, x in zip(profile.mechanisms, profile.dwelt, strict=True)})

    def stated(self, profile: Profile) -> Vector:
        """Its facts, of length 1."""
        get, new = self.facts.weights.get, self.facts.new
        return _unit({fact: get(fact, new) for fact in profile.facts})

    def length(self, profile: Profile) -> float:
        """How long the words of a profile of the catalog are, without what their compounds say."""
        weights = map(self.words.weights.__getitem__, profile.terms[: len(profile.told)])
        return math.sqrt(sum([(x * told) ** 2 for x, told in zip(weights, profile.told, strict=True)]))


def _counted(held: Iterable[Iterable[str]]) -> dict[str, int]:
    return dict(sorted(Counter(chain.from_iterable(held)).items()))


def _unit(vector: dict[_Thing, float]) -> dict[_Thing, float]:
    length = math.sqrt(sum([x * x for x in vector.values()]))
    return {thing: x / length for thing, x in vector.items()} if length else {}
