"""Why two postmortems are called similar, in the words of their writers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from postmortem_kb.insight.profile import Profile, number
from postmortem_kb.insight.ties import Tie
from postmortem_kb.insight.tokens import TOKENS

STRONG, CLEAR, FAINT = 0.4, 0.3, 0.22
"""From these scores on a similarity is called strong, clear, faint; what is in common below them, any two have in common."""
_WORDS = 4
_NAMES = 3
_MECHANISMS = 2
_STATED = {"service": "service", "asset": "data asset", "alert": "alert"}
_SIDE = {"cause": "same cause: {}", "tag": "both tagged {}"}
_TELLING = 0.005
"""What a shared word has to bring to the cosine to be named."""
_DWELT = 0.1
"""What a shared mechanism has to bring to its cosine to be named."""


def strength(score: float) -> str:
    """A score in a word."""
    return "strong" if score >= STRONG else "clear" if score >= CLEAR else "faint" if score >= FAINT else ""


def reasons(
    mine: Profile, other: Profile, words: Mapping[int, float], mechanisms: Mapping[str, float], tie: Tie | None
) -> tuple[str, ...]:
    """The reasons, the most convincing first: what is written, what is stated, what is told.

    Args:
        mine: The profile that is asked.
        other: The similar one, whose spelling is shown.
        words: What the words of both bring to the cosine of what is told.
        mechanisms: What the mechanisms of both bring to theirs.
        tie: What is written of the two.
    """
    stated = set(mine.facts)
    shared = [fact.partition(":") for fact in other.facts if fact in stated]
    found = [_written(tie)] if tie else []
    for kind, name in _STATED.items():
        values = [value for k, _, value in shared if k == kind]
        if values:
            found.append(f"same {name}{'s' if len(values) > 1 else ''} {_list(values)}")
    named = {value for kind, _, value in shared if kind in _STATED}
    told = list(_told(words, mine, other, " ".join(named).casefold()))
    if told:
        found.append(f"both: {', '.join(told)}")
    dwelt = sorted((-x, name) for name, x in mechanisms.items() if x >= _DWELT)[:_MECHANISMS]
    if dwelt:
        found.append(f"both about {' and '.join(name for _, name in dwelt)}")
    for kind, pattern in _SIDE.items():
        # A category is a word of the contract: `configuration-error`. A tag is its writer's own.
        values = [value.replace("-", " ") if kind == "cause" else value for k, _, value in shared if k == kind]
        if values:
            found.append(pattern.format(_list(values)))
    return tuple(found)


def _written(tie: Tie) -> str:
    return f"written down as {tie.relation}" if tie.relation else "in one chain of written relations"


def _list(values: list[str]) -> str:
    more = f" and {len(values) - _NAMES} more" if len(values) > _NAMES else ""
    return ", ".join(" ".join(value.split()) for value in values[:_NAMES]) + more


def _told(weights: Mapping[int, float], mine: Profile, other: Profile, named: str) -> Iterator[str]:
    """The words that bring the two together most; a pair of words that both tell stands for its halves."""
    count, spellings = len(other.told), other.spelling.split("\n")
    ranked = [
        (-weights[term], spelling)
        for term, spelling in zip(other.terms[:count], spellings, strict=False)
        if term in weights and weights[term] >= _TELLING
    ]
    pairs = frozenset(mine.terms[len(mine.told) :]).intersection(other.terms[count:])
    for term, spelling in zip(other.terms[count:], spellings[count:], strict=True) if pairs else ():
        if term in pairs:
            words = {number(word) for token in spelling.split() for word, _ in TOKENS[token] if " " not in word}
            halves = [weights.get(word, 0.0) for word in words]
            if min(halves, default=0.0) >= _TELLING:
                ranked.append((-sum(halves), spelling))
    shown: list[str] = []
    seen: set[str] = set()
    for _, spelling in sorted(ranked):
        parts = {word for token in spelling.split() for word, _ in TOKENS[token] if " " not in word}
        if spelling.casefold() not in named and parts.isdisjoint(seen):
            shown.append(spelling)
            seen |= parts
        if len(shown) == _WORDS:
            break
    yield from shown
