"""Writing an export into a folder, without touching what somebody else put there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from postmortem_kb.errors import UsageError
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.links import real

LIST = ".postmortem-export"
"""Names the files that an export wrote, a line each: the next one may replace them, and nothing else."""


def write(folder: Path, files: Mapping[str, str | Path], root: Path) -> None:
    """Write the files of an export, and remove those of an earlier one that are no longer in it.

    Args:
        folder: Where to; made where it is missing.
        files: Texts, and the paths of files to copy, by their path in the folder.
        root: The knowledge base, whose postmortems are no place for it.

    Raises:
        UsageError: The folder holds something else, or cannot be written.
    """
    try:
        earlier = _earlier(folder, root)
        _keep_out_of_the_way(folder, files, earlier)
        folder.mkdir(parents=True, exist_ok=True)
        # First, so that an export that breaks off can be made again.
        _put(folder / LIST, _listed({*files, *earlier}))
        for name in sorted(earlier - set(files)):
            _remove(folder, name)
        for name, content in files.items():
            _put(folder / name, content.read_bytes() if isinstance(content, Path) else content.encode("utf-8"))
        _put(folder / LIST, _listed(files))
    except OSError as error:
        raise UsageError(f"`{error.filename or folder}` cannot be written: {error.strerror}") from None


def _earlier(folder: Path, root: Path) -> set[str]:
    """What an earlier export wrote."""
    place = real(folder)
    if place.is_relative_to((root / FOLDER).resolve()):
        raise UsageError(
            f"{folder} lies in `{FOLDER}/`, where every Markdown file is a postmortem: name another folder"
        )
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    try:
        listed = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        raise UsageError(
            f"{folder} is not empty, and no export made it: name a new folder, or empty this one"
        ) from None
    return {name for name in listed if name and not name.startswith("#") and _inside(place, name)}


def _inside(folder: Path, name: str) -> bool:
    """Whether a listed name is that of a file in the folder, and not reached through a link."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and real((folder / path).parent) == (folder / path).parent


def _keep_out_of_the_way(folder: Path, files: Iterable[str], earlier: set[str]) -> None:
    place = real(folder)
    foreign = [name for name in files if name not in earlier and os.path.lexists(place / name)]
    foreign += [name for name in files if not _inside(place, name)]
    if foreign:
        raise UsageError([f"{folder}: `{name}` was not made by an export: move it away" for name in foreign[:5]])


def _remove(folder: Path, name: str) -> None:
    file = folder / name
    file.unlink(missing_ok=True)
    for parent in file.relative_to(folder).parents:
        if parent.parts and not any((folder / parent).iterdir()):
            (folder / parent).rmdir()


def _put(file: Path, content: bytes) -> None:
    """Write a file that is not as it should be; a link in its place is replaced, and not followed."""
    if file.is_symlink():
        file.unlink()
    elif file.is_file() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _listed(names: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in ("# Written by `postmortem export`.", *sorted(names))).encode("utf-8")
