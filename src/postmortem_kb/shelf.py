"""What earlier builds read and rendered, by what it was made from: a build does the work of what changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from postmortem_kb.cache import Database, cache_file, insert, program_mark
from postmortem_kb.policy import Policy

if TYPE_CHECKING:
    import sqlite3

_AT_ONCE = 500
"""Names in one query."""
_TABLE = "things (key TEXT, kind TEXT, name TEXT, value BLOB, PRIMARY KEY (key, kind, name))"


class Shelf:
    """Bytes by kind and name, for one version of the program and one policy.

    It lies in the user's cache, outside the repository, and may be deleted at any time. Whatever is wrong with it, a build
    goes on without it.
    """

    def __init__(self, file: Path, key: str) -> None:
        self._database = Database(file, _TABLE, timeout=5)
        self._key = key

    def all(self, kind: str) -> dict[str, bytes]:
        """Everything of a kind."""
        return dict(self._rows("SELECT name, value FROM things WHERE key = ? AND kind = ?", (self._key, kind)))

    def some(self, kind: str, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Those of a kind that are there, of some names."""
        names = list(names)
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(part))
            query = f"SELECT name, value FROM things WHERE key = ? AND kind = ? AND name IN ({marks})"  # noqa: S608 - marks only
            yield from self._rows(query, (self._key, kind, *part))

    def put(self, kind: str, things: Mapping[str, bytes]) -> None:
        """Keep things of a kind."""
        rows = [(self._key, kind, name, value) for name, value in things.items()]
        self._database.write(lambda database: insert(database, "things", 4, rows))

    def keep(self, kind: str, names: Collection[str]) -> None:
        """Forget what is of a kind and not named, and everything of other versions."""
        known = self._rows("SELECT name, kind FROM things WHERE key = ? AND kind = ?", (self._key, kind))
        gone = [(self._key, kind, name) for name, _ in known if name not in names]

        def forget(database: sqlite3.Connection) -> None:
            # Not `!=`, for which every page of the file is read.
            database.execute("DELETE FROM things WHERE key < ? OR key > ?", (self._key, self._key))
            database.executemany("DELETE FROM things WHERE key = ? AND kind = ? AND name = ?", gone)

        self._database.write(forget)

    def _rows(self, query: str, values: tuple[str, ...]) -> list[tuple[str, bytes]]:
        return self._database.read(lambda database: database.execute(query, values).fetchall(), [])


def shelf_of(root: Path, audience: str, policy: Policy, environment: Mapping[str, str] = os.environ) -> Shelf | None:
    """The shelf of a repository for one audience; None where nothing is to be kept."""
    file = cache_file(root, f".{audience}.sqlite", environment)
    return Shelf(file, program_mark(policy)) if file else None
