"""The most similar postmortems of each, and of any other text."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.reasons import FAINT, reasons, strength
from postmortem_kb.insight.shelf import Shelf
from postmortem_kb.insight.similarity import Counts, Index
from postmortem_kb.insight.ties import Tie, Ties, ties
from postmortem_kb.workers import cores, forks

_CHUNK = 64
_FEW = 2 * _CHUNK


@dataclass(frozen=True, slots=True)
class Match:
    """A postmortem that is similar to another, or to a text."""

    id: str
    score: float
    """From 0, nothing in common, to 1, the same."""
    strength: str
    """The score in a word: `strong`, `clear` or `faint`."""
    reasons: tuple[str, ...]
    """Why, for readers."""
    relation: str = ""
    """The relation that is written, seen from the one that is asked; empty where the match is computed."""


class Matcher:
    """Finds what is similar to something in a catalog."""

    def __init__(self, profiles: Sequence[Profile], shelf: Shelf | None = None, state: str = "") -> None:
        kept = _counts(shelf, state, len(profiles)) if shelf else None
        self.index = Index(profiles, kept)
        self._positions = {profile.id: position for position, profile in enumerate(profiles)}
        self._ties: Ties = ties({profile.id: profile.related for profile in profiles})
        if shelf and kept is None:
            counts = self.index.counts
            for name in _COUNTS:
                shelf.keep(name, state, getattr(counts, name).tobytes())

    def matches(self, profile: Profile, count: int, *, quick: bool = False) -> list[Match]:
        """The most similar ones, best first; none where there is nothing but what any two have in common.

        Args:
            profile: What is compared; where the catalog holds its id, that one is left out.
            count: How many at most.
            quick: Whether only those are compared that share what weighs most, as for a whole large catalog.
        """
        profiles, stated = self.index.profiles, set(profile.facts)
        question = self.index.question(profile)
        tied = self._ties.get(profile.id, {}) if profile.id in self._positions else ties_of(profile)
        among = self.index.near(question) if quick else range(len(profiles))
        scored = {at: score for score, at in self.index.scores(question, among, FAINT)}
        near = [self._positions[id] for id in tied if id in self._positions]
        scored |= {at: _joined(score, tied[profiles[at].id]) for score, at in self.index.scores(question, near)}
        best = sorted((-score, at) for at, score in scored.items() if score >= FAINT and profiles[at].id != profile.id)
        found = []
        for negative, at in best:
            other = profiles[at]
            tie = tied.get(other.id)
            why: tuple[str, ...] = ()
            words, agreed = self.index.shared(question, at), self.index.agreed(question, at)
            if len(words) > 1 or tie or len(question.words) < 2 or not stated.isdisjoint(other.facts):
                why = reasons(profile, other, words, agreed, tie)
            if why:
                found.append(Match(other.id, -negative, strength(-negative), why, tie.relation if tie else ""))
            if len(found) == count:
                break
        return found


def ties_of(profile: Profile) -> dict[str, Tie]:
    """What a profile outside the catalog says of those in it."""
    return ties({profile.id: profile.related, **{other: () for other, _ in profile.related}}).get(profile.id, {})


def all_matches(profiles: Sequence[Profile], count: int, shelf: Shelf | None, state: str) -> dict[str, list[Match]]:
    """The most similar ones of each id, on all cores; kept for as long as no postmortem changes."""
    name = f"matches {count}"
    kept = shelf.derived(name, state) if shelf else None
    if kept is not None:
        try:
            return {
                id: [Match(**{**m, "reasons": tuple(m["reasons"])}) for m in found]
                for id, found in json.loads(kept).items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
    found = dict(_computed(Matcher(profiles, shelf, state), count))
    if shelf:
        shelf.keep(name, state, json.dumps({id: [asdict(m) for m in some] for id, some in found.items()}).encode())
    return found


def _computed(matcher: Matcher, count: int) -> Iterator[tuple[str, list[Match]]]:
    profiles = matcher.index.profiles
    if cores() == 1 or len(profiles) <= _FEW or not forks():
        for profile in profiles:
            yield profile.id, matcher.matches(profile, count, quick=True)
        return
    # Imported here: a single text is compared without. Workers are forks, so that they share the index.
    from multiprocessing import get_context

    matcher.index.prepare()
    starts = range(0, len(profiles), _CHUNK)
    with get_context("fork").Pool(cores(), _begin, (matcher, count)) as pool:
        for start, some in zip(starts, pool.imap(_work, starts), strict=True):
            for profile, found in zip(profiles[start : start + _CHUNK], some, strict=True):
                yield profile.id, found


_mine: tuple[Matcher, int]
"""What a worker works with."""


def _begin(matcher: Matcher, count: int) -> None:
    global _mine  # noqa: PLW0603 - a worker is told once, not with every chunk
    _mine = matcher, count


def _work(start: int) -> list[list[Match]]:
    matcher, count = _mine
    return [matcher.matches(profile, count, quick=True) for profile in matcher.index.profiles[start : start + _CHUNK]]


def _joined(score: float, tie: Tie) -> float:
    """A score, with what a written connection makes up of what is missing to a full one."""
    return round(score + (1 - score) * tie.weight, 4)


def _counts(shelf: Shelf, state: str, profiles: int) -> Counts | None:
    """What was counted for a state of the catalog, if all of it is there."""
    found: list[array[Any]] = []
    for name, kind in _COUNTS.items():
        values: array[Any] = array(kind)
        kept = shelf.derived(name, state)
        if kept is None or len(kept) % values.itemsize:
            return None
        values.frombytes(kept)
        found.append(values)
    words, holders, lengths = found
    return Counts(words, holders, lengths) if len(words) == len(holders) and len(lengths) == profiles else None


_COUNTS: dict[str, str] = {"words": "q", "holders": "q", "lengths": "d"}
"""What is kept of all profiles together, with the kind of its numbers."""
