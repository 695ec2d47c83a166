"""Words of the contract that code goes by, and which known word a misspelt one was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MOMENTS = ("started", "detected", "acknowledged", "identified", "mitigated", "resolved", "verified")
"""The key timestamps, in the order in which they happen."""
DRAFT, REVIEWED, CLOSED = LIFE_CYCLE = ("draft", "reviewed", "closed")
"""The statuses that follow each other; one that a policy added stands beside them."""
IMPACTS = ("customers", "data_affected", "data_loss", "data_correctness", "downstream", "sla_breach", "financial")
"""The keys of an impact, in the order in which they are shown."""
OPEN = ("todo", "in-progress")
"""The states of an action that is still owed."""
FINISHED = ("done", "cancelled")
"""The states of an action that is owed no more; one that a policy added is."""
PLACEHOLDER = re.compile(r"\{[^{}\n]{1,200}\}|\b(?:TODO|TBD|XXX)\b|\?\?+")
"""What a template leaves to be filled in."""
ALL_LISTED = "`postmortem explain` lists all rules"
"""What helps one who named a rule that does not exist, and is near to none."""

SURELY = 0.8
"""How alike two words are, from 0 to 1, where the one is taken for a slip of the other."""


def nearest(word: object, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The word that was probably meant, or None."""
    # Imported here: nothing is misspelt in most runs.
    import difflib

    known = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(str(word).casefold(), known, n=1, cutoff=cutoff)
    return known[found[0]] if found else None


def strangers(option: str, words: Iterable[str], known: Sequence[str]) -> list[str]:
    """A sentence for each word given to an option that is none of a closed list, with the one that was probably meant."""
    return [
        f"{option}: `{word}` is none of {', '.join(known)}.{was_meant(word, known)}"
        for word in words
        if word not in known
    ]


def was_meant(word: str, known: Iterable[str]) -> str:
    """The question whether the nearest word was meant, behind a space; empty where none is near."""
    meant = nearest(word, known)
    return f" Was `{meant}` meant?" if meant else ""
