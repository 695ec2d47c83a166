"""Words that were put together, as German does: known by the words in them that others use."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from postmortem_kb.insight.profile import Profile, number
from postmortem_kb.insight.tokens import stem

_LONG, _SHORT = 10, 4
"""Letters of a word that may be two, and of each of the two."""
_LINKS = ("s", "n", "en", "es", "er")
"""What German puts between them."""


def compounds(profile: Profile, alone: Container[int], known: Mapping[int, float]) -> Iterator[tuple[int, float]]:
    """The parts of the long words that nobody else uses, each with how much the whole was told.

    Args:
        profile: What is asked about.
        alone: The words that one postmortem uses.
        known: The words that any uses.
    """
    for term, told, spelling in zip(profile.terms, profile.told, profile.spelling.split("\n"), strict=False):
        if len(spelling) >= _LONG and (term in alone or term not in known):
            for part in _parts(spelling.casefold(), known):
                yield part, told


def _parts(word: str, known: Mapping[int, float]) -> list[int]:
    for cut in range(_SHORT, len(word) - _SHORT + 1):
        last = number(stem(word[cut:]))
        if last in known:
            first = word[:cut]
            ends = [first, *(first[: -len(link)] for link in _LINKS if first.endswith(link))]
            found = [number(stem(end)) for end in ends if len(end) >= _SHORT]
            return [last, *(part for part in found if part in known)]
    return []
