"""What earlier checks found, by content: a file that reads as it did is not looked at again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from postmortem_kb.cache import cache_file, open_database, program_mark
from postmortem_kb.catalog import Question
from postmortem_kb.policy import Policy

MANY = 100
"""So many files are looked up sooner than they are read."""
_TABLE = "files (path TEXT PRIMARY KEY, key TEXT, digest TEXT, answers TEXT, findings TEXT)"
if TYPE_CHECKING:
    import sqlite3

Answers = list[tuple[Question, str]]
"""The questions that the rules asked about a file, each with its answer."""


class Memory:
    """The findings of files, for one version of the program and one policy.

    It lies outside the repository, so that no commit can bring one along, and may be deleted at any time. Whatever is wrong
    with it, a check goes on without it. Several checks at once write row by row.
    """

    def __init__(self, file: Path, key: str) -> None:
        self._file = file
        self._key = key

    def read(self) -> dict[str, tuple[str, Answers, str]]:
        """Content's digest, answers and findings by path."""
        # Imported here, as below: a small catalog is read without a memory.
        import sqlite3

        try:
            with closing(self._open()) as database:
                rows = database.execute("SELECT path, digest, answers, findings FROM files WHERE key = ?", [self._key])
                return {path: (mark, json.loads(answers), found) for path, mark, answers, found in rows}
        except (sqlite3.Error, OSError, ValueError):
            return {}

    def write(self, rows: Mapping[str, tuple[str, Answers, str]], gone: Iterable[str]) -> None:
        """Keep what was found, and forget files that are gone."""
        import sqlite3

        try:
            with closing(self._open()) as database, database:
                database.execute("DELETE FROM files WHERE key != ?", [self._key])
                database.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
                database.executemany(
                    "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                    [
                        (path, self._key, mark, json.dumps(answers), found)
                        for path, (mark, answers, found) in rows.items()
                    ],
                )
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        return open_database(self._file, _TABLE)


def memory_of(root: Path, policy: Policy, environment: Mapping[str, str] = os.environ) -> Memory | None:
    """The memory of a repository; None where nothing is to be kept."""
    file = cache_file(root, ".sqlite", environment)
    return Memory(file, program_mark(policy)) if file else None
