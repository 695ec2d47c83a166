"""What of a postmortem is compared with others: the facts that it states, and the terms of what it tells."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from postmortem_kb.insight.mechanisms import mechanisms
from postmortem_kb.insight.prose import told
from postmortem_kb.insight.terms import Passage, terms_of
from postmortem_kb.source.document import Document

_KEPT = 200
"""Words of a postmortem that are kept: those that it told most."""
_PAIRS = 100
"""Pairs of words that are kept, to give reasons with."""
_STORY = 2.0
"""What a mention weighs in the title, the summary, the causes and the sections that say what happened and why; elsewhere 1."""
_STORIES = frozenset(("What Happened", "Root Cause", "5 Whys Analysis"))
_LISTS = (("services", "service"), ("data_assets", "asset"), ("tags", "tag"))


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One postmortem, or any other text, as it is compared. It depends on that one file alone."""

    id: str
    facts: tuple[str, ...]
    """`service:billing-db`, `asset:`, `cause:`, `alert:`, `tag:`; sorted."""
    mechanisms: tuple[str, ...]
    """The mechanisms of failure that it tells of, sorted."""
    dwelt: array[float]
    """How much it dwelt on each: the root of its weighted mentions."""
    terms: array[int]
    """The numbers of its words, the most told first, then those of pairs of words."""
    told: array[float]
    """How much each word was told: the logarithm of its weighted mentions, from 1. Pairs have none."""
    spelling: str
    """How the writer spelt each of them, a line a term."""
    related: tuple[tuple[str, str], ...] = ()
    """What it says of others: id and relation."""


def profile_of(document: Document) -> Profile:
    """The profile of a file; of one that breaks the contract, of as much as could be read."""
    data = document.frontmatter.data
    related = [(item.get("id"), item.get("relation")) for _, item in document.frontmatter.mappings("related")]
    return _profile(
        document.id,
        sorted(set(_facts(data))),
        _passages(data, document.text.string[document.body_start :]),
        tuple((_names(id)[0], str(relation)) for id, relation in related if isinstance(id, str)),
    )


def profile_of_text(text: str) -> Profile:
    """The profile of a text that is no postmortem: a message, an alert."""
    return _profile("", (), [Passage("\n".join(line for _, line in told(text)), _STORY, 1)])


@cache
def number(name: str) -> int:
    """The number by which a term or a fact is known, the same in every run."""
    from hashlib import blake2b

    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def _profile(
    id: str,
    facts: Sequence[str],
    passages: Iterable[Passage],
    related: tuple[tuple[str, str], ...] = (),
) -> Profile:
    terms = terms_of(passages)
    weights, spellings = terms.weights, terms.spellings
    # The most told first, then by the alphabet.
    ranked = sorted(sorted(weights), key=weights.__getitem__, reverse=True)
    words = [term for term in ranked if " " not in term][:_KEPT]
    kept = words + [term for term in ranked if " " in term][:_PAIRS]
    dwelt = sorted(mechanisms(weights).items())
    return Profile(
        id,
        tuple(facts),
        tuple(name for name, _ in dwelt),
        array("f", [math.sqrt(weight) for _, weight in dwelt]),
        array("q", list(map(number, kept))),
        array("f", [1 + math.log(weights[term]) for term in words]),
        "\n".join(map(spellings.__getitem__, kept)),
        related,
    )


def _facts(data: dict[str, Any]) -> Iterator[str]:
    for key, kind in _LISTS:
        yield from (f"{kind}:{value}" for value in _names(data.get(key)))
    for cause in _mappings(data.get("root_causes")):
        yield from (f"cause:{value}" for value in _names(cause.get("category")))
    yield from (f"alert:{value}" for value in _names(_block(data, "detection").get("alert")))


def _passages(data: dict[str, Any], body: str) -> Iterator[Passage]:
    """What a postmortem tells: its story, then the rest."""
    story = [text for key in ("title", "summary", *dict(_LISTS)) for text in _texts(data.get(key))]
    story += _texts(_block(data, "detection").get("alert"))
    for key in ("root_causes", "contributing_factors"):
        story += [text for item in _mappings(data.get(key)) for text in _texts(item.get("statement"))]
    rest = [text for value in _block(data, "impact").values() for text in _texts(value)]
    rest += [text for item in _mappings(data.get("action_items")) for text in _texts(item.get("action"))]
    for section, line in told(body):
        (story if section in _STORIES else rest).append(line)
    yield Passage("\n|\n".join(story), _STORY, 2)
    yield Passage("\n|\n".join(rest), 1.0, 0)


def _names(value: object) -> list[str]:
    """The texts in a value as names, which are one line each."""
    return [" ".join(text.split()) for text in _texts(value)]


def _texts(value: object) -> list[str]:
    """The texts in a value of any shape: a broken file is compared, too."""
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _block(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _mappings(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
