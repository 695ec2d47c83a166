"""The hook `postmortem-check`: the findings of the postmortems that a commit changes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from postmortem_kb.catalog import is_postmortem
from postmortem_kb.cli import main as postmortem


def main(argv: Sequence[str]) -> int:
    """Check changed files against the whole catalog; the exit code is that of `postmortem check`.

    Args:
        argv: Options of `postmortem check`, `--`, and the files of the commit; those that are no postmortems, and
            those that are gone, are passed over.
    """
    separator = argv.index("--") if "--" in argv else -1
    options, files = argv[: separator + 1], argv[separator + 1 :]
    changed = [file for file in files if is_postmortem(Path(file).name) and Path(file).exists()]
    return postmortem(["check", *options, *changed]) if changed else 0


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))
