"""A receipt: what a site was made from, and what was made. Where both are as they were, a build has nothing to do.

It is left by a build that told no one of anything wrong, and read before the generator is even started.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from postmortem_kb.cache import cache_file, program_mark
from postmortem_kb.clock import today
from postmortem_kb.git import place_of
from postmortem_kb.history import head
from postmortem_kb.source.text import digest
from postmortem_kb.stamps import SETTLED, Stamp, stamp_of

VARIABLE = "POSTMORTEM_RECEIPT"
"""Where a build leaves its receipt, and what it was asked for."""
_COMPILED = "__pycache__"
_ASKED = ("POSTMORTEM_", "SOURCE_DATE_EPOCH", "MKDOCS")


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


def circumstances(root: Path) -> str:
    """A digest of what else a site comes from: the program, the day, where the repository begins and stands."""
    return digest(repr((program_mark(), today(), place_of(root), head(root))).encode("utf-8", "surrogatepass"))


def holds(receipt: str) -> bool:
    """Whether a build would make what is there already."""
    mark, _, file = receipt.partition(" ")
    try:
        known = json.loads(Path(file).read_text(encoding="utf-8"))
        sources = Sources(known["root"], tuple(known["folders"]), tuple(known["files"]))
        if known["mark"] != mark or known["from"] != _made_from(_stamped(sources), circumstances(Path(sources.root))):
            return False
        # Last: it is the most to look at, and what changes are the sources.
        return bool(known["made"] == listing(known["site"]))
    except (OSError, ValueError, TypeError, KeyError):
        return False


def leave(receipt: str, sources: Sources, site: str, began: int, stood: str) -> None:
    """Leave the receipt of a build that is done; none where a source may have changed since it was read.

    Args:
        receipt: What `receipt_of` gave.
        sources: What the site was made from.
        site: The folder that it was written to.
        began: When the build began, before it read anything, in nanoseconds.
        stood: What `circumstances` gave then: a commit or midnight may have come since.
    """
    mark, _, file = receipt.partition(" ")
    with suppress(OSError):
        # Before anything else: with an old one in place, a change in between would go unseen.
        Path(file).unlink(missing_ok=True)
        stamped = _stamped(sources)
        if _newest(sources, stamped) > began - SETTLED:
            return
        known = {"mark": mark, "root": sources.root, "folders": sources.folders, "files": sources.files, "site": site}
        known |= {"from": _made_from(stamped, stood), "made": listing(site)}
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(json.dumps(known), encoding="utf-8")


def listing(folder: str | Path) -> str:
    """A digest of the names, sizes and times of everything in a folder."""
    found = [(path.removeprefix(f"{folder}"), stamp.size, stamp.changed) for path, stamp in _below(str(folder))]
    return digest(repr(found).encode("utf-8", "surrogatepass"))


def _stamped(sources: Sources) -> list[tuple[str, Stamp | None]]:
    """Every file of the sources, with its stamp."""
    below = chain.from_iterable(_below(folder) for folder in sources.folders)
    return [*below, *((file, stamp_of(file)) for file in sources.files)]


def _made_from(stamped: Sequence[tuple[str, Stamp | None]], stood: str) -> str:
    """A digest of everything that a site comes from."""
    return digest(repr((stamped, stood)).encode("utf-8", "surrogatepass"))


def _newest(sources: Sources, stamped: Iterable[tuple[str, Stamp | None]]) -> int:
    """When anything of the sources changed last, folders included: what is gone shows in them."""
    # Raises where one is gone by now.
    found = [os.stat(folder).st_mtime_ns for top in sources.folders for folder, _ in _walk(top)]  # noqa: PTH116 - as in `stamp_of`
    return max([*found, *(stamp.newest for _, stamp in stamped if stamp)], default=0)


def _below(folder: str) -> Iterator[tuple[str, Stamp]]:
    for here, names in _walk(folder):
        for name in sorted(names):
            stamp = stamp_of(f"{here}/{name}")
            if stamp:
                yield f"{here}/{name}", stamp


def _walk(folder: str) -> Iterator[tuple[str, list[str]]]:
    """Every folder, with the names of its files.

    Raises:
        OSError: One is a link: what lies behind it may lie anywhere.
    """
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != _COMPILED)
        for name in folders:
            if os.path.islink(f"{here}/{name}"):  # noqa: PTH114 - as in `stamp_of`
                raise OSError(f"{here}/{name} is a link")
        yield here, names
