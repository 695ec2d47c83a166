"""What the file system says of a file: by that a change shows, and the file need not be read."""

from __future__ import annotations

import os
from typing import NamedTuple

SETTLED = 2_000_000_000
"""Nanoseconds after which a further change of a file shows in its times, on every file system."""


class Stamp(NamedTuple):
    """Size, times in nanoseconds and place of a file."""

    size: int
    changed: int
    """When its content was."""
    renamed: int
    """When that, its name or its rights were."""
    node: int

    @property
    def newest(self) -> int:
        """When anything about it changed."""
        return max(self.changed, self.renamed)


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file; None where there is none."""
    try:
        # Not through a path object: with ten thousand files that takes longer than the question.
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
