"""The most similar postmortems of each, and of any other text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.reasons import CLEAR, FAINT, reasons, strength
from postmortem_kb.insight.similarity import FULL, Index
from postmortem_kb.insight.ties import Tie, Ties, ties

KNOWN = FULL
"""So many matches are known of each at most; of large catalogs no more are compared in full."""


class Match(NamedTuple):
    """A postmortem that is similar to another, or to a text."""

    id: str
    score: float
    """From 0, nothing in common, to 1, the same."""
    strength: str
    """The score in a word: `strong`, `clear` or `faint`."""
    reasons: tuple[str, ...]
    """Why, for readers; none of a match that is not shown."""
    relation: str = ""
    """The relation that is written, seen from the one that is asked; empty where the match is computed."""


def written(matches: Iterable[Match]) -> str:
    """Matches as a line of JSON."""
    return json.dumps(list(matches))


def read(lines: Iterable[str]) -> list[list[Match]]:
    """The matches of each line.

    Raises:
        ValueError, TypeError: A line is not what was written.
    """
    found = json.loads(f"[{','.join(lines)}]")
    return [[Match(id, score, word, tuple(why), relation) for id, score, word, why, relation in some] for some in found]


class Matcher:
    """Finds what is similar to something in a catalog."""

    def __init__(self, index: Index, tied: Ties | None = None) -> None:
        self.index = index
        self.ties = ties_in(index.profiles) if tied is None else tied

    def matches(
        self, profile: Profile, count: int, among: Iterable[int] | None = None, *, further: bool = False
    ) -> list[Match]:
        """The most similar ones, best first; none where there is nothing but what any two have in common.

        Args:
            profile: What is compared; where the catalog holds its id, that one is left out.
            count: How many at most.
            among: The positions of those that it is compared with, beside those that are tied to it; all unless given.
            further: Whether those that are clearly similar follow, without reasons, up to `KNOWN` in all.
        """
        profiles, stated = self.index.profiles, set(profile.facts)
        own = self.index.at.get(profile.id, -1)
        question = self.index.question(profile)
        tied = ties_of(profile) if own < 0 else self.ties.get(profile.id, {})
        asked = range(len(profiles)) if among is None else among
        scored = {at: score for score, at in self.index.scores(question, asked, FAINT) if at != own}
        near = [self.index.at[id] for id in tied if id in self.index.at]
        scored |= {at: _joined(score, tied[profiles[at].id]) for score, at in self.index.scores(question, near)}
        found: list[Match] = []
        for negative, at in sorted((-score, at) for at, score in scored.items() if score >= FAINT):
            other = profiles[at]
            tie = tied.get(other.id)
            why: tuple[str, ...] = ()
            if len(found) < count:
                words = self.index.shared(question, at)
                if len(words) > 1 or tie or len(question.words) < 2 or not stated.isdisjoint(other.facts):
                    why = reasons(profile, other, words, self.index.agreed(question, at), tie)
                if not why:
                    continue
            elif not further or -negative < CLEAR or len(found) >= KNOWN:
                break
            found.append(Match(other.id, -negative, strength(-negative), why, tie.relation if tie else ""))
        return found


def ties_in(profiles: Iterable[Profile]) -> Ties:
    """What the profiles of a catalog say of each other."""
    return ties({profile.id: profile.related for profile in profiles})


def ties_of(profile: Profile) -> dict[str, Tie]:
    """What a profile outside the catalog says of those in it."""
    return ties({profile.id: profile.related, **{other: () for other, _ in profile.related}}).get(profile.id, {})


def _joined(score: float, tie: Tie) -> float:
    """A score, with what a written connection makes up of what is missing to a full one."""
    return round(score + (1 - score) * tie.weight, 4)
