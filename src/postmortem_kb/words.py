"""Words: what a template leaves open, and which known word a misspelt one was meant to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

PLACEHOLDER = re.compile(r"\{[^{}\n]{1,200}\}|\b(?:TODO|TBD|XXX)\b|\?\?+")
"""What a template leaves to be filled in."""


def nearest(word: object, words: Iterable[str]) -> str | None:
    """The word that was probably meant, or None."""
    known = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(str(word).casefold(), known, n=1, cutoff=0.6)
    return known[found[0]] if found else None
