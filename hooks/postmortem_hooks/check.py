"""The hook `postmortem-check`: the findings of the postmortems that a commit changes or cuts off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from postmortem_kb.catalog import read_catalog
from postmortem_kb.cli import main as postmortem
from postmortem_kb.root import root_of
from postmortem_kb.source.limits import Limits


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
    files |= {path for removed in _removed() for path in _naming(removed)}
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


def _naming(removed: Path) -> Iterator[Path]:
    """The postmortems that name a removed one: their relations and links to it lead nowhere now."""
    root = root_of(removed)
    if root is None:
        return
    catalog = read_catalog(root, Limits())
    for path in catalog.paths:
        if removed.stem in catalog.text(path).string:
            yield root / path
