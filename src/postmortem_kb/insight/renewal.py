"""Which postmortems a change of some others concerns: theirs are the only matches that can have changed.

It errs on the side of those that it names: sums come in another order here than where postmortems are compared, so what lies within
a slack counts as concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from postmortem_kb.insight.champions import NOTHING, SEEDS, Champions, Heaviest, Postings, postings
from postmortem_kb.insight.compounds import root
from postmortem_kb.insight.matches import KNOWN, Match, Matcher
from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.rarity import Scales
from postmortem_kb.insight.reasons import CLEAR, FAINT
from postmortem_kb.insight.standing import Standing
from postmortem_kb.insight.ties import ties
from postmortem_kb.insight.weighed import Weighed, parts_of

_SLACK = 1e-6
"""More than the roundings of a sum of 32-bit numbers, as a part of it."""


def changed(before: Standing, profiles: Sequence[Profile], marks: Mapping[str, str], scales: Scales) -> set[str]:
    """The ids that are new, say something else, or hold something that is no longer as rare as it was."""
    if not before.each:
        return {profile.id for profile in profiles}
    words = scales.words.unlike(before.scales.words)
    facts = scales.facts.unlike(before.scales.facts)
    mechanisms = scales.mechanisms.unlike(before.scales.mechanisms)
    found: set[str] = set()
    appeared: set[str] = set()
    for profile in profiles:
        stood = before.each.get(profile.id)
        if stood is None or stood.mark != marks[profile.id]:
            found.add(profile.id)
            for word, spelling in zip(profile.terms[: len(profile.told)], profile.spelling.split("\n"), strict=False):
                if word in words and word not in before.scales.words.holders:
                    appeared.add(root(spelling))
        elif not (
            facts.isdisjoint(profile.facts)
            and mechanisms.isdisjoint(profile.mechanisms)
            and (not words or (words.isdisjoint(profile.terms) and words.isdisjoint(stood.weighed.parts)))
        ):
            found.add(profile.id)
    # A word that is new to the catalog may be a part of compounds that others hold.
    for profile in profiles:
        if profile.id not in found:
            weighed = before.each[profile.id].weighed
            if any(part in weighed.wholes for part in appeared) and parts_of(weighed.wholes, scales) != weighed.parts:
                found.add(profile.id)
    return found


@dataclass(frozen=True, eq=False)
class Renewal:
    """A catalog before and after a change."""

    before: Standing
    matcher: Matcher
    weighed: Mapping[str, Weighed]
    """By id, sorted."""
    changed: set[str]
    """The ids of those that changed themselves."""
    count: int
    """So many matches of each are shown at most."""

    def concerned(self) -> list[str]:
        """The ids of those whose matches can have changed, sorted."""
        old, new = ties({id: stood.related for id, stood in self.before.each.items()}), self.matcher.ties
        found = {
            id
            for id in self.weighed
            if id in self.changed or new.get(id) != old.get(id) or not self.changed.isdisjoint(new.get(id, ()))
        }
        if len(found) < len(self.weighed):
            found |= self._by_scores(found) if self.matcher.index.small else self._by_words(found)
        return sorted(found)

    def _by_scores(self, found: set[str]) -> set[str]:
        """Those of a small catalog that showed a postmortem that changed or is gone, or may show it now, beside those found."""
        index, others = self.matcher.index, self.before.each.keys() - self.weighed.keys() | self.changed
        positions = [index.at[id] for id in self.changed]
        concerned = set()
        for id in self.weighed.keys() - found:
            known = self.before.each[id].matches
            least = self._least(known)
            scores = index.scores(index.question(index.profiles[index.at[id]]), positions, FAINT)
            if any(match.id in others for match in known) or any(score >= least for score, _ in scores):
                concerned.add(id)
        return concerned

    def _least(self, found: Sequence[Match]) -> float:
        """What another postmortem has to reach to be a match, too."""
        if len(found) < self.count:
            return FAINT
        return found[-1].score if len(found) >= KNOWN else min(found[-1].score, CLEAR)

    def _by_words(self, found: set[str]) -> set[str]:
        """Those of a large catalog whose candidates changed, or can be others now, beside those found."""
        concerned = set()
        moved = self._moved()
        words = {word for pair in moved.values() for one in pair for word in one.words}
        seeders = self._seeders(words, found)
        for id, (was, now) in moved.items():
            at = self._at[id]
            brought, brings = _brought(at, was, self._old, seeders), _brought(at, now, self.champions, seeders)
            for other in brought.keys() | brings.keys():
                if self._reaches(id, other, brought.get(other, 0.0), brings.get(other, 0.0)):
                    concerned.add(other)
        return concerned

    @cached_property
    def _at(self) -> dict[str, int]:
        """The position of each id; those that are gone stand behind the others."""
        gone = sorted(self.before.each.keys() - self.weighed.keys())
        return self.matcher.index.at | {id: at for at, id in enumerate(gone, len(self.weighed))}

    @cached_property
    def champions(self) -> Champions:
        """Those of the catalog as it is."""
        return Champions(self._at, self._same, postings((id, self.weighed[id].heaviest) for id in self.changed))

    @cached_property
    def _old(self) -> Champions:
        others = ((id, stood.weighed.heaviest) for id, stood in self.before.each.items() if not self._stays(id))
        return Champions(self._at, self._same, postings(others))

    @cached_property
    def _same(self) -> Postings:
        return postings((id, weighed.heaviest) for id, weighed in self.weighed.items() if self._stays(id))

    def _stays(self, id: str) -> bool:
        return id in self.weighed and id not in self.changed

    def _moved(self) -> dict[str, tuple[Heaviest, Heaviest]]:
        """Those that changed or are gone, and those that they pushed out of the champions of a word, or let in.

        Each with its heaviest words, before and after.
        """

        def pair(id: str) -> tuple[Heaviest, Heaviest]:
            was, now = self.before.each.get(id), self.weighed.get(id)
            return was.weighed.heaviest if was else NOTHING, now.heaviest if now else NOTHING

        ids = list(self._at)
        moved = {id: pair(id) for id in ids if not self._stays(id)}
        for word in {word for both in moved.values() for one in both for word in one.words}:
            for at, _ in self._old.of(word).items() ^ self.champions.of(word).items():
                moved.setdefault(ids[at], pair(ids[at]))
        return moved

    def _seeders(self, words: set[int], found: set[str]) -> dict[int, list[tuple[str, float]]]:
        """Of each word, those that look for others by it, and how much it weighs in them; but for those that are found."""
        seeders: dict[int, list[tuple[str, float]]] = {word: [] for word in words}
        for id, weighed in self.weighed.items():
            if id not in found:
                for word, x in zip(weighed.heaviest.words[:SEEDS], weighed.heaviest.weights, strict=False):
                    if word in words:
                        seeders[word].append((id, x))
        return seeders

    def _reaches(self, id: str, other: str, brought: float, brings: float) -> bool:
        """Whether what one brings to another, before and after, may change those that the other is compared with."""
        near = self.before.each[other].near
        if max(brought, brings) < near.least * (1 - _SLACK):
            return False
        if min(brought, brings) <= near.least * (1 + _SLACK) or id in near.ids:
            return True
        index = self.matcher.index
        raised = index.agreement(index.at[other]).raises(index.agreement(index.at[id]))
        return brings * raised >= near.floor * (1 - _SLACK)


def _brought(
    at: int, most: Heaviest, champions: Champions, seeders: Mapping[int, list[tuple[str, float]]]
) -> dict[str, float]:
    """What a postmortem has in common with each that looks for others by words whose champion it is."""
    found: dict[str, float] = {}
    for word in most.words:
        y = champions.of(word).get(at)
        if y is not None:
            for other, x in seeders[word]:
                found[other] = found.get(other, 0.0) + x * y
    return found
