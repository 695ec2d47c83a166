"""The hook `postmortem-check`: the findings of the postmortems that a commit changes or cuts off."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from postmortem_kb.catalog import read_catalog, root_of
from postmortem_kb.cli import main as postmortem
from postmortem_kb.source.limits import Limits

_WORDS = re.compile(r"%[0-9A-Fa-f]{2}|([\w.-]+)")
"""Runs of what ids are written with; in an address one may stand behind an escaped character."""


def main(argv: Sequence[str]) -> int:
    """Check changed postmortems, and those that name a removed one, against the whole catalog.

    Args:
        argv: Options of `postmortem check`, then the files of the commit. Files that are no postmortems, and those
            that are gone, are passed over.

    Returns:
        The exit code of `postmortem check`; the highest, where the repository holds several knowledge bases.
    """
    names = [*takewhile(lambda argument: argument.endswith(".md"), reversed(argv))]
    options = [argument for argument in argv[: len(argv) - len(names)] if argument != "--"]
    files = {path for path in map(Path, names) if os.path.lexists(path)}
    files |= set(_naming(_removed()))
    roots: dict[Path, list[str]] = {}
    for path in sorted(files):
        if root := root_of(path):
            roots.setdefault(root, []).append(str(path))
    codes = [postmortem(["--root", str(root), "check", *options, "--", *paths]) for root, paths in roots.items()]
    return max(codes, default=0)


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def _removed() -> Iterator[Path]:
    """The postmortems that are not where they were: removed, moved or renamed by the commit, or by a push."""
    # pre-commit and prek both tell the ends of a push in this way.
    ends = [os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")]
    between = f"{ends[0]}...{ends[1]}" if all(ends) else "--cached"
    command = ["git", "diff", between, "--name-only", "--no-renames", "--diff-filter=D", "--relative", "-z"]
    result = subprocess.run(command, capture_output=True, check=False)
    return (Path(os.fsdecode(name)) for name in result.stdout.split(b"\0") if name)


def _naming(removed: Iterable[Path]) -> Iterator[Path]:
    """The postmortems that name one of the removed: their relations and links to it lead nowhere now."""
    stems: dict[Path, set[str]] = {}
    for file in removed:
        if root := root_of(file):
            stems.setdefault(root, set()).add(file.stem)
    for root, gone in stems.items():
        # A folder may be moved, with thousands: each text is cut into words once, not searched for each.
        words = {name for stem in gone if _is_word(stem) for name in (stem, f"{stem}.md")}
        others = [stem for stem in gone if not _is_word(stem)]
        catalog = read_catalog(root, Limits())
        for path in catalog.paths:
            text = catalog.text(path).string
            if not words.isdisjoint(_WORDS.findall(text)) or any(stem in text for stem in others):
                yield root / path


def _is_word(stem: str) -> bool:
    return _WORDS.findall(stem) == [stem]
