"""What a text tells: its words, and pairs of words that belong together, each with how much it was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from postmortem_kb.insight.tokens import TOKENS, WORDS, tokens

_MOST = 50_000
"""Tokens of a passage that are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A part of a text."""

    text: str
    weight: float
    """What a mention in it weighs."""
    pairs: int
    """So often two words have to stand side by side in it to be a term of their own; 0: they never are."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of a text: how much each was told, and how its writer spelt it."""

    weights: dict[str, float]
    spellings: dict[str, str]


def terms_of(passages: Iterable[Passage]) -> Terms:
    """The terms of all passages together."""
    weights: dict[str, float] = {}
    spellings: dict[str, str] = {}
    for passage in passages:
        told = tokens(passage.text)[:_MOST]
        for token, count in Counter(told).items():
            for term, spelling in TOKENS[token]:
                weights[term] = weights.get(term, 0.0) + passage.weight * count
                old = spellings.setdefault(term, spelling)
                # A capital at the start of a sentence is none of the word's.
                if old != spelling and spelling.islower() and not old.islower():
                    spellings[term] = spelling
        if passage.pairs:
            words = [WORDS[token] for token in told]
            spelt = dict(zip(pairwise(words), pairwise(told), strict=True))
            for pair, count in Counter(pairwise(words)).items():
                if count >= passage.pairs and pair[0] and pair[1] and pair[0] != pair[1]:
                    term = " ".join(pair)
                    weights[term] = weights.get(term, 0.0) + passage.weight * count
                    spellings.setdefault(term, " ".join(spelt[pair]))
    return Terms(weights, spellings)
