"""What follows for a single postmortem from how rare things are, kept for as long as they are so."""

from __future__ import annotations

from array import array
from itertools import chain
from typing import NamedTuple

from postmortem_kb.insight.champions import Heaviest, heaviest
from postmortem_kb.insight.compounds import parts
from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.rarity import Scales


class Weighed(NamedTuple):
    """The words of a profile, weighed."""

    length: float
    heaviest: Heaviest
    wholes: str
    """Its words that may be compounds, with spaces between."""
    parts: array[int]
    """The words that were found in them."""


def weigh(profile: Profile, scales: Scales) -> Weighed:
    """A profile of the catalog, weighed."""
    words, compounds = scales.told(profile)
    most = heaviest(words, scales.alone)
    return Weighed(
        scales.length(profile), most, " ".join(compounds), array("q", chain.from_iterable(compounds.values()))
    )


def parts_of(compounds: str, scales: Scales) -> array[int]:
    """The parts of words that may be compounds."""
    return array("q", [part for whole in compounds.split() for part in parts(whole, scales.words.weights)])
