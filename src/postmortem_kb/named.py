"""Which postmortems somebody means who names files and folders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from postmortem_kb.catalog import Catalog, passed_over
from postmortem_kb.errors import UsageError
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.links import real


def named(catalog: Catalog, paths: Iterable[Path], gone: Sequence[str]) -> tuple[set[str], list[str]]:
    """The postmortems that paths name, and a line on each path that names none.

    Args:
        catalog: What there is.
        paths: Files and folders, from the current folder on.
        gone: The postmortems that were deleted, which may be named, too.

    Raises:
        UsageError: A path leads to nothing, or out of the folder of the postmortems.
    """
    root = catalog.root.resolve()
    files = {*catalog.paths, *gone}
    left = {part for path in gone for part in PurePath(path).parts}
    problems, notes, wanted = [], [], set()
    for path in paths:
        if not path.exists() and not path.is_symlink() and path.name not in left:
            problems.append(f"there is no file or folder `{path}`{catalog.hint(str(path))}")
            continue
        # The name itself is kept, for a link is a finding of its own.
        place = real(path.parent) / path.name
        inside = place.relative_to(root).as_posix() if place.is_relative_to(root) else ""
        if real(path) == root:
            inside = "."
        if inside not in (".", FOLDER) and not inside.startswith(f"{FOLDER}/"):
            problems.append(f"`{path}` is not below `{root / FOLDER}`")
        found = {inside} if inside in files and not path.is_dir() else _below(inside, files)
        if not found:
            notes.append(f"{path} is passed over: {_no_postmortem(path, PurePath(inside))}")
        wanted |= found
    if problems:
        raise UsageError(problems)
    return wanted, notes


def _below(folder: str, files: Iterable[str]) -> set[str]:
    return {file for file in files if folder == "." or f"{file}/".startswith(f"{folder}/")}


def _no_postmortem(path: Path, inside: PurePath) -> str:
    if path.is_dir():
        return "folders are not followed through links" if path.is_symlink() else "there is no postmortem in it"
    return passed_over(inside)
