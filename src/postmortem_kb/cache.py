"""Where something is kept from one run to the next: in the user's cache, outside the repository, so that no commit can bring one along."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import postmortem_schema

import postmortem_kb
from postmortem_kb.policy import Policy
from postmortem_kb.source.text import digest
from postmortem_kb.stamps import stamp_of

if TYPE_CHECKING:
    import sqlite3

Found = TypeVar("Found")
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


class Database:
    """A SQLite file of the cache.

    It may be deleted at any time, and nothing that is wrong with it is raised: what cannot be read was never kept, and a
    file that is no database any more, or has other tables, is removed, so that the next one to write begins a new one. One
    that is locked, full or out of reach stays.
    """

    def __init__(self, file: Path, *tables: str, timeout: float = 2) -> None:
        """Nothing is opened yet.

        Args:
            file: Where it lies.
            tables: Name and columns of each; made where they are not there.
            timeout: Seconds to wait for another process.
        """
        self._file = file
        self._tables = tables
        self._timeout = timeout

    def read(self, work: Callable[[sqlite3.Connection], Found], otherwise: Found) -> Found:
        """What is found in it; something else where it cannot be read, or what it holds makes no sense."""
        try:
            with self._opened() as database:
                return work(database)
        except (OSError, ValueError, TypeError, LookupError):
            return otherwise

    def write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Change it: all that is done, or nothing."""
        with suppress(OSError, ValueError), self._opened() as database, database:
            work(database)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database, closed in the end.

        Raises:
            OSError: It cannot be opened, read or written.
        """
        # Imported here: most commands keep nothing.
        import sqlite3

        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=self._timeout)) as database:
                # What is lost when the machine fails is made again.
                database.execute("PRAGMA synchronous = OFF")
                for table in self._tables:
                    database.execute(f"CREATE TABLE IF NOT EXISTS {table}")
                yield database
        except sqlite3.Error as error:
            # The lowest byte is the kind of fault: https://sqlite.org/rescode.html#extrc. Text that cannot be decoded has none.
            kind = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
                self._remove()
            raise OSError(str(error)) from error

    def _remove(self) -> None:
        # A journal that is left alone would be played back into the next file.
        for file in (self._file, self._file.with_name(f"{self._file.name}-journal")):
            with suppress(OSError):
                file.unlink()


def insert(database: sqlite3.Connection, table: str, columns: int, rows: Iterable[Sequence[Any]]) -> None:
    """Put rows into a table, in place of those with the same keys; one whose text is no UTF-8, as a file's name may be, is not kept."""
    marks = ", ".join("?" * columns)
    statement = f"INSERT OR REPLACE INTO {table} VALUES ({marks})"  # noqa: S608 - a name of ours
    database.executemany(statement, (row for row in rows if _writable(row)))


def _writable(row: Sequence[Any]) -> bool:
    try:
        "".join(value for value in row if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True


def program_mark(policy: Policy | None = None) -> str:
    """What tells this program under a policy from any other, a checkout that somebody edits and other libraries included."""
    folders = [Path(package.__file__ or "").parent for package in (postmortem_kb, postmortem_schema)]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in _PROGRAM)
    marks = " ".join(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    return digest(f"{marks} {_installed()} {policy!r}".encode("utf-8", "surrogateescape"))


def _installed() -> tuple[object, ...]:
    """The Python that runs, and when something was last installed for it: the name of its folder holds its version."""
    # Imported here: most commands keep nothing.
    import sysconfig

    paths = sysconfig.get_paths()
    return sys.version, *(stamp_of(paths[name]) for name in ("purelib", "platlib"))
