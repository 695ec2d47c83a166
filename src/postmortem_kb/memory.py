"""What earlier checks found, by content: a file that reads as it did is not looked at again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from postmortem_kb.cache import Database, cache_file, insert, program_mark
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
        self._database = Database(file, _TABLE)
        self._key = key

    def read(self) -> dict[str, tuple[str, Answers, str]]:
        """Content's digest, answers and findings by path."""

        def work(database: sqlite3.Connection) -> dict[str, tuple[str, Answers, str]]:
            rows = database.execute("SELECT path, digest, answers, findings FROM files WHERE key = ?", [self._key])
            return {path: (mark, json.loads(answers), found) for path, mark, answers, found in rows}

        return self._database.read(work, {})

    def write(self, rows: Mapping[str, tuple[str, Answers, str]], gone: Iterable[str]) -> None:
        """Keep what was found, and forget files that are gone."""

        def work(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM files WHERE key != ?", [self._key])
            database.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
            kept = (
                (path, self._key, mark, json.dumps(answers), found) for path, (mark, answers, found) in rows.items()
            )
            insert(database, "files", 5, kept)

        self._database.write(work)


def memory_of(root: Path, policy: Policy, environment: Mapping[str, str] = os.environ) -> Memory | None:
    """The memory of a repository; None where nothing is to be kept."""
    file = cache_file(root, ".sqlite", environment)
    return Memory(file, program_mark(policy)) if file else None
