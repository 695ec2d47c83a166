"""Words that were put together, as German does: known by the words in them that others use."""

from __future__ import annotations

from collections.abc import Container, Mapping

from postmortem_kb.insight.profile import Profile, number
from postmortem_kb.insight.tokens import stem

_LONG, _SHORT = 10, 4
"""Letters of a word that may be two, and of each of the two."""
_LINKS = ("s", "n", "en", "es", "er")
"""What German puts between them."""


def wholes(profile: Profile, alone: Container[int], known: Mapping[int, float]) -> list[tuple[str, float]]:
    """The long words that nobody else uses, each with how much it was told.

    Args:
        profile: What is asked about.
        alone: The words that one postmortem uses.
        known: The words that any uses.
    """
    spelt = zip(profile.terms, profile.told, profile.spelling.split("\n"), strict=False)
    return [
        (spelling.casefold(), told)
        for term, told, spelling in spelt
        if len(spelling) >= _LONG and (term in alone or term not in known)
    ]


def parts(whole: str, known: Container[int]) -> list[int]:
    """The known words of which a word was put together, the last first; none where there is no such last one."""
    for cut in range(_SHORT, len(whole) - _SHORT + 1):
        last = number(stem(whole[cut:]))
        if last in known:
            first = whole[:cut]
            ends = [first, *(first[: -len(link)] for link in _LINKS if first.endswith(link))]
            found = [number(stem(end)) for end in ends if len(end) >= _SHORT]
            return [last, *(part for part in found if part in known)]
    return []


def root(spelling: str) -> str:
    """What stands in every word of which this one is a part: a stem is a beginning, but for a `y` that was `ies`."""
    return stem(spelling.casefold()).removesuffix("y")
