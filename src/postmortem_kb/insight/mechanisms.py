"""What went wrong, by its kind: two reports of one mechanism often share no rarer word."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from postmortem_kb.insight.tokens import TOKENS
from postmortem_kb.published import published


def mechanisms(weights: Mapping[str, float]) -> dict[str, float]:
    """How much terms tell of each mechanism, from how much each of them was told."""
    found: dict[str, float] = {}
    known = _known()
    for term in known.keys() & weights.keys():
        for name in known[term]:
            found[name] = found.get(name, 0.0) + weights[term]
    return found


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """The mechanisms that each term tells of."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in tomllib.loads(published("mechanisms.toml"))["mechanisms"].items():
        # The last term of a name with a hyphen is the pair. Two spellings of one term count once.
        for term in sorted({TOKENS[word][-1][0] for word in words.split()}):
            found[term] = (*found.get(term, ()), name)
    return found
