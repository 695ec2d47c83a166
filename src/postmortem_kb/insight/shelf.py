"""Profiles kept from one run to the next, by the content of their files, and what follows from all of them."""

from __future__ import annotations

import os
import sqlite3
from array import array
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from postmortem_kb.cache import cache_file, program_mark
from postmortem_kb.insight.profile import Profile


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
        self._file = file
        self._key = key

    def read(self) -> dict[str, Kept]:
        """The profiles by path."""
        try:
            with closing(self._open()) as database:
                rows = database.execute("SELECT * FROM profiles WHERE key = ?", [self._key])
                return {path: Kept(stamp, mark, _unpacked(*rest)) for path, _, stamp, mark, *rest in rows}
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return {}

    def write(self, fresh: Mapping[str, Kept], gone: Iterable[str]) -> None:
        """Keep profiles, and forget those of files that are gone."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                database.execute("DELETE FROM profiles WHERE key != ?", [self._key])
                database.executemany("DELETE FROM profiles WHERE path = ?", [(path,) for path in gone])
                database.executemany(
                    "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (path, self._key, k.stamp, k.mark, *_packed(k.profile))
                        for path, k in fresh.items()
                        if _is_text(path)
                    ],
                )
        except (sqlite3.Error, OSError):
            return

    def derived(self, name: str, state: str) -> bytes | None:
        """What was worked out for a state of the whole catalog; None where nothing was."""
        try:
            with closing(self._open()) as database:
                query = "SELECT found FROM derived WHERE name = ? AND state = ?"
                row = database.execute(query, [name, self._key + state]).fetchone()
                return bytes(row[0]) if row else None
        except (sqlite3.Error, OSError, ValueError, TypeError):
            return None

    def keep(self, name: str, state: str, found: bytes) -> None:
        """Keep what was worked out for a state, in place of what was kept for another."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                database.execute("INSERT OR REPLACE INTO derived VALUES (?, ?, ?)", [name, self._key + state, found])
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._file, timeout=2)
        # What is lost when the machine fails is made again.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE IF NOT EXISTS profiles (path TEXT PRIMARY KEY, key TEXT, stamp TEXT, mark TEXT, id TEXT,"
            " facts TEXT, mechanisms TEXT, dwelt BLOB, terms BLOB, told BLOB, spelling TEXT, related TEXT)"
        )
        database.execute("CREATE TABLE IF NOT EXISTS derived (name TEXT PRIMARY KEY, state TEXT, found BLOB)")
        return database


def _is_text(path: str) -> bool:
    """Whether a path can be kept: a file's name may hold bytes that are no text."""
    return not any("\ud800" <= character <= "\udfff" for character in path)


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
    numbers, weights, dwellings = array("q"), array("f"), array("f")
    numbers.frombytes(terms)
    weights.frombytes(told)
    dwellings.frombytes(dwelt)
    lines = spelling.count("\n") + 1 if spelling else 0
    if len(numbers) != lines or len(weights) > lines or len(names) != len(dwellings):
        raise ValueError("not what was written")
    links = [line.partition("\t") for line in related.split("\n")] if related else []
    written = tuple((other, relation) for relation, _, other in links)
    return Profile(id, tuple(facts.split("\n")) if facts else (), names, dwellings, numbers, weights, spelling, written)
