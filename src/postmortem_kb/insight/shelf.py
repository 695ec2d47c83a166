"""Profiles kept from one run to the next, by the content of their files, and what follows from all of them."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem_kb.cache import Database, cache_file, insert, program_mark
from postmortem_kb.insight.profile import Profile

if TYPE_CHECKING:
    import sqlite3

Row = tuple[Any, ...]
_PROFILES = (
    "profiles (path TEXT PRIMARY KEY, key TEXT, stamp TEXT, mark TEXT, id TEXT, facts TEXT, mechanisms TEXT, dwelt BLOB,"
    " terms BLOB, told BLOB, spelling TEXT, related TEXT)"
)
_DERIVED = "derived (name TEXT PRIMARY KEY, state TEXT, found BLOB)"
_STOOD = (
    "standing (id TEXT PRIMARY KEY, mark TEXT, related TEXT, length REAL, words BLOB, weights BLOB, wholes TEXT,"
    " parts BLOB, near TEXT, least REAL, floor REAL, matches TEXT)"
)
_STANDING = "standing"
"""The name that tells for which state all was compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A profile with what tells whether it is still that of its file."""

    stamp: str
    """What the file system said of the file; empty where it may have changed since without a trace."""
    mark: str
    """The digest of its content."""
    profile: Profile


class Shelf:
    """One SQLite file a repository, for one version of the program, beside the memory of the checks.

    It may be deleted at any time. Whatever is wrong with it, the profiles are made anew.
    """

    def __init__(self, file: Path, key: str) -> None:
        self._database = Database(file, _PROFILES, _DERIVED, _STOOD)
        self._key = key

    def read(self) -> dict[str, Kept]:
        """The profiles by path."""

        def work(database: sqlite3.Connection) -> dict[str, Kept]:
            rows = database.execute("SELECT * FROM profiles WHERE key = ?", [self._key])
            return {path: Kept(stamp, mark, _unpacked(*rest)) for path, _, stamp, mark, *rest in rows}

        return self._database.read(work, {})

    def write(self, fresh: Mapping[str, Kept], gone: Iterable[str]) -> None:
        """Keep profiles, and forget those of files that are gone."""

        def work(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM profiles WHERE key != ?", [self._key])
            database.executemany("DELETE FROM profiles WHERE path = ?", [(path,) for path in gone])
            rows = ((path, self._key, k.stamp, k.mark, *_packed(k.profile)) for path, k in fresh.items())
            insert(database, "profiles", 12, rows)

        self._database.write(work)

    def derived(self, names: Iterable[str], state: str) -> dict[str, bytes] | None:
        """What was worked out together for a state of the whole catalog, by name; None where it was not."""

        def work(database: sqlite3.Connection) -> dict[str, bytes] | None:
            rows = database.execute("SELECT name, found FROM derived WHERE state = ?", [self._key + state])
            found = {name: bytes(some) for name, some in rows}
            return {name: found[name] for name in names}

        return self._database.read(work, None)

    def keep(self, found: Mapping[str, bytes], state: str) -> None:
        """Keep what was worked out for a state, all or nothing, in place of what was kept for another."""
        self._database.write(lambda database: self._keep(database, found, state))

    def matches(self, state: str) -> dict[str, str] | None:
        """The matches of each id for a state of the whole catalog; None where they are not kept."""

        def work(database: sqlite3.Connection) -> dict[str, str] | None:
            database.execute("BEGIN")
            if self._stood(database) != state:
                return None
            return dict(database.execute("SELECT id, matches FROM standing ORDER BY id"))

        return self._database.read(work, None)

    def standing(self) -> tuple[str, dict[str, bytes], list[Row]] | None:
        """The state of the catalog for which all was compared last, what all hangs on, and a row for each; None if never."""

        def work(database: sqlite3.Connection) -> tuple[str, dict[str, bytes], list[Row]] | None:
            database.execute("BEGIN")
            state = self._stood(database)
            query = "SELECT name, found FROM derived WHERE state = ?"
            parts = {name: bytes(found) for name, found in database.execute(query, [f"{self._key}{state}"])}
            rows = database.execute("SELECT * FROM standing ORDER BY id").fetchall()
            return None if state is None else (state, parts, rows)

        return self._database.read(work, None)

    def stand(
        self, state: str, parts: Mapping[str, bytes], rows: Iterable[Row], gone: Iterable[str], before: str | None
    ) -> None:
        """Keep how all stand.

        Args:
            state: The state of the catalog.
            parts: What all hangs on, by name.
            rows: A row for each postmortem, its id first; of what stood before only those that are others now.
            gone: The ids that stood before and do no more.
            before: The state for which it was kept before; where that is another by now, nothing is kept. None: all are given.
        """

        def work(database: sqlite3.Connection) -> None:
            database.execute("BEGIN IMMEDIATE")
            if before is None:
                database.execute("DELETE FROM standing")
            elif before != self._stood(database):
                return
            database.executemany("DELETE FROM standing WHERE id = ?", [(id,) for id in gone])
            # Not without one: how each stands tells of the others.
            database.executemany("INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            self._keep(database, {_STANDING: b"", **parts}, state)

        self._database.write(work)

    def _stood(self, database: sqlite3.Connection) -> str | None:
        row = database.execute("SELECT state FROM derived WHERE name = ?", [_STANDING]).fetchone()
        return row[0].removeprefix(self._key) if row and row[0].startswith(self._key) else None

    def _keep(self, database: sqlite3.Connection, found: Mapping[str, bytes], state: str) -> None:
        insert(database, "derived", 3, ((name, self._key + state, some) for name, some in found.items()))


def numbers(kind: str, kept: bytes) -> array[Any]:
    """The numbers that were kept as bytes.

    Raises:
        ValueError: They are not of this kind.
    """
    found: array[Any] = array(kind)
    found.frombytes(kept)
    return found


def shelf_of(root: Path, environment: Mapping[str, str] = os.environ) -> Shelf | None:
    """The shelf of a repository; None where caches are switched off."""
    file = cache_file(root, ".profiles.sqlite", environment)
    return Shelf(file, program_mark()) if file else None


def _packed(profile: Profile) -> tuple[str, str, str, bytes, bytes, bytes, str, str]:
    return (
        profile.id,
        "\n".join(profile.facts),
        "\n".join(profile.mechanisms),
        profile.dwelt.tobytes(),
        profile.terms.tobytes(),
        profile.told.tobytes(),
        profile.spelling,
        "\n".join(f"{relation}\t{id}" for id, relation in profile.related),
    )


def _unpacked(
    id: str, facts: str, mechanisms: str, dwelt: bytes, terms: bytes, told: bytes, spelling: str, related: str
) -> Profile:
    names = tuple(mechanisms.split("\n")) if mechanisms else ()
    words, weights, dwellings = numbers("q", terms), numbers("f", told), numbers("f", dwelt)
    lines = spelling.count("\n") + 1 if spelling else 0
    if len(words) != lines or len(weights) > lines or len(names) != len(dwellings):
        raise ValueError("not what was written")
    links = [line.partition("\t") for line in related.split("\n")] if related else []
    written = tuple((other, relation) for relation, _, other in links)
    return Profile(id, tuple(facts.split("\n")) if facts else (), names, dwellings, words, weights, spelling, written)
