"""What becomes of files that were mended: they are shown as a patch, or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from io import StringIO
from pathlib import Path

from postmortem_kb.edit import replace
from postmortem_kb.fix import Fixed


def without_links(root: Path, mended: Iterable[Fixed]) -> tuple[list[Fixed], list[str]]:
    """Those that are files themselves, and the paths of the others: what a link leads to may be another postmortem, whose id is its own."""
    files, links = [], []
    for fixed in mended:
        if (root / fixed.path).is_symlink():
            links.append(fixed.path)
        else:
            files.append(fixed)
    return files, links


def patch(mended: Iterable[Fixed]) -> Iterator[str]:
    """The lines of one patch, with their ends and with paths below the root."""
    for fixed in mended:
        # As git counts lines: `str.splitlines` knows nine more ends of a line.
        before, after = (list(StringIO(text.decode(), newline="\n")) for text in (fixed.before, fixed.after))
        for line in unified_diff(before, after, f"a/{fixed.path}", f"b/{fixed.path}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def save(root: Path, mended: Iterable[Fixed]) -> Iterator[Fixed]:
    """Those that are written; each when it is asked for."""
    for fixed in mended:
        # Somebody may have saved it in the meantime.
        if (root / fixed.path).read_bytes() == fixed.before:
            replace(root / fixed.path, fixed.after)
            yield fixed
