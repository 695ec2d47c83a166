"""Where something is kept from one run to the next: in the user's cache, outside the repository, so that no commit can bring one along."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import postmortem_schema

import postmortem_kb
from postmortem_kb.policy import Policy
from postmortem_kb.source.text import digest

if TYPE_CHECKING:
    import sqlite3

_PROGRAM = (".py", ".json", ".toml", ".html")


def cache_file(root: Path, ending: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where something of a repository is kept; None where nothing is to be kept."""
    folder = cache_folder(environment)
    return folder / f"{digest(os.fsencode(root.resolve()))}{ending}" if folder else None


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """`POSTMORTEM_CACHE`, else a folder in the user's cache; None where the variable is set to nothing.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    folder = environment.get("POSTMORTEM_CACHE")
    if folder == "":
        return None
    try:
        home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return Path(folder) if folder else home / "postmortem-kb"


def open_database(file: Path, *tables: str, timeout: float = 2) -> sqlite3.Connection:
    """A database of the cache with its tables, made where it is not there.

    Args:
        file: Where it lies.
        tables: Name and columns of each.
        timeout: Seconds to wait for another process.

    Raises:
        OSError, sqlite3.Error: It cannot be opened.
    """
    # Imported here: most commands keep nothing.
    import sqlite3

    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, timeout=timeout)
    # What is lost when the machine fails is made again.
    database.execute("PRAGMA synchronous = OFF")
    for table in tables:
        database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
    return database


def program_mark(policy: Policy | None = None) -> str:
    """What tells this program under a policy from any other, a checkout that somebody edits included."""
    folders = [Path(package.__file__ or "").parent for package in (postmortem_kb, postmortem_schema)]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in _PROGRAM)
    marks = " ".join(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    return digest(f"{marks} {policy!r}".encode("utf-8", "surrogateescape"))
