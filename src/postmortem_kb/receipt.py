"""A receipt: what a site was made from, and what was made. Where both are as they were, a build has nothing to do.

It is left by a build that told no one of anything wrong, and read before the generator is even started.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from postmortem_kb.cache import cache_file, program_mark
from postmortem_kb.clock import today
from postmortem_kb.history import head
from postmortem_kb.source.text import digest

VARIABLE = "POSTMORTEM_RECEIPT"
"""Where a build leaves its receipt, and what it was asked for."""
_SETTLED = 2_000_000_000
"""Nanoseconds after which a further change of a file shows in its times, on every file system."""
_COMPILED = "__pycache__"
_ASKED = ("POSTMORTEM_", "SOURCE_DATE_EPOCH", "MKDOCS")

_Entry = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a site is made from, the program and the calendar aside."""

    root: str
    """The repository, for what git remembers of it."""
    folders: tuple[str, ...]
    """All files below them count."""
    files: tuple[str, ...]
    """Those that are not there count, too."""


def receipt_of(root: Path, audience: str, options: Sequence[str]) -> str:
    """The place of the receipt of a build and what the build is asked for, as one text; empty where nothing is kept."""
    file = cache_file(root, f".{audience}.receipt.json")
    asked = [(name, value) for name, value in os.environ.items() if name.startswith(_ASKED) and name != VARIABLE]
    mark = digest(repr((Path.cwd(), list(options), sorted(asked))).encode("utf-8", "surrogatepass"))
    return f"{mark} {file}" if file else ""


def holds(receipt: str) -> bool:
    """Whether a build would make what is there already."""
    mark, _, file = receipt.partition(" ")
    try:
        known = json.loads(Path(file).read_text(encoding="utf-8"))
        sources = Sources(known["root"], tuple(known["folders"]), tuple(known["files"]))
        return bool(known["mark"] == mark and known["state"] == _state(sources, known["site"]))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def leave(receipt: str, sources: Sources, site: str, began: int) -> None:
    """Leave the receipt of a build that is done; none where a source may have changed since it was read.

    Args:
        receipt: What `receipt_of` gave.
        sources: What the site was made from.
        site: The folder that it was written to.
        began: When the build began, before it read anything, in nanoseconds.
    """
    mark, _, file = receipt.partition(" ")
    with suppress(OSError):
        # Before anything else: with an old one in place, a change in between would go unseen.
        Path(file).unlink(missing_ok=True)
        if _newest(sources) > began - _SETTLED:
            return
        known = {"mark": mark, "root": sources.root, "folders": sources.folders, "files": sources.files, "site": site}
        known["state"] = _state(sources, site)
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(json.dumps(known), encoding="utf-8")


def listing(folder: str | Path) -> str:
    """A digest of the names, sizes and times of everything in a folder."""
    found = [(path.removeprefix(f"{folder}"), size, changed) for path, size, changed, _, _ in _below(str(folder))]
    return digest(repr(found).encode("utf-8", "surrogatepass"))


def _state(sources: Sources, site: str) -> str:
    """A digest of everything that a site comes from, and of the site."""
    entries = [list(_below(folder)) for folder in sources.folders]
    known = (entries, [_entry(file) for file in sources.files], listing(site), _circumstances(sources.root))
    return digest(repr(known).encode("utf-8", "surrogatepass"))


def _circumstances(root: str) -> tuple[object, ...]:
    """The program and all that is installed beside it, the day, and where git stands."""
    paths = sysconfig.get_paths()
    installed = [_entry(paths[name]) for name in ("purelib", "platlib")]
    return program_mark(), sys.version, installed, today(), head(Path(root))


def _newest(sources: Sources) -> int:
    """When anything of the sources changed last, folders included: what is gone shows in them."""
    found = [_folder_changed(folder) for top in sources.folders for folder, _, _ in _walk(top)]
    entries = [entry for folder in sources.folders for entry in _below(folder)]
    entries += [entry for file in sources.files if (entry := _entry(file))]
    return max([*found, *(max(changed, status) for _, _, changed, status, _ in entries)], default=0)


def _folder_changed(folder: str) -> int:
    return os.stat(folder).st_mtime_ns  # noqa: PTH116 - as below


def _below(folder: str) -> Iterator[_Entry]:
    for here, _, names in _walk(folder):
        for name in sorted(names):
            entry = _entry(f"{here}/{name}")
            if entry:
                yield entry


def _walk(folder: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Every folder.

    Raises:
        OSError: One is a link: what lies behind it may lie anywhere.
    """
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != _COMPILED)
        for name in folders:
            if os.path.islink(f"{here}/{name}"):  # noqa: PTH114 - as below
                raise OSError(f"{here}/{name} is a link")
        yield here, folders, names


def _entry(path: str) -> _Entry | None:
    """What the file system says of a file; None where there is none."""
    try:
        # Not through a path object: with ten thousand files that takes longer than the question.
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
