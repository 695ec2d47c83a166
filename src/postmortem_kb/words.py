"""Words of the contract that code goes by, and which known word a misspelt one was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOMENTS = ("started", "detected", "acknowledged", "identified", "mitigated", "resolved", "verified")
"""The key timestamps, in the order in which they happen."""
DRAFT, REVIEWED, CLOSED = LIFE_CYCLE = ("draft", "reviewed", "closed")
"""The statuses that follow each other; one that a policy added stands beside them."""
OPEN = ("todo", "in-progress")
"""The states of an action that is still owed."""
FINISHED = ("done", "cancelled")
"""The states of an action that is owed no more; one that a policy added is."""
PLACEHOLDER = re.compile(r"\{[^{}\n]{1,200}\}|\b(?:TODO|TBD|XXX)\b|\?\?+")
"""What a template leaves to be filled in."""


def nearest(word: object, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The word that was probably meant, or None."""
    # Imported here: nothing is misspelt in most runs.
    import difflib

    known = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(str(word).casefold(), known, n=1, cutoff=cutoff)
    return known[found[0]] if found else None
