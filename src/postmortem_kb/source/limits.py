"""How much of what somebody wrote is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read."""

    file_bytes: int = 2_000_000
    nesting: int = 32
    """Levels of lists and mappings in the frontmatter."""
    items: int = 2000
    """Entries of one list or mapping in the frontmatter, and rows of one table in the body."""
