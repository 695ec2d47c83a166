"""Where a knowledge base begins."""

from __future__ import annotations

import os
from pathlib import Path

from postmortem_kb.errors import UsageError
from postmortem_kb.policy import CONFIGURATION, FOLDER


def is_root(folder: Path) -> bool:
    """Whether a folder holds `postmortem.toml`, readable or not, or `postmortems/`."""
    return (folder / CONFIGURATION).exists() or (folder / FOLDER).is_dir()


def knowledge_base(named: Path | None) -> Path:
    """The folder that was named, or the nearest one from here upwards.

    Raises:
        UsageError: It is no knowledge base, there is none, or its postmortems are no folder.
    """
    if named is None:
        return find_root(Path.cwd())
    if is_root(named):
        return _with_folder(named)
    above = next(filter(is_root, named.resolve().parents), None)
    raise UsageError(
        f"No knowledge base in {named}: it holds neither `{CONFIGURATION}` nor a folder `{FOLDER}/`."
        + (f" It lies in that of {above}: was `{above}` meant?" if above else "")
    )


def find_root(start: Path, way: str = "`--root DIR`") -> Path:
    """The nearest folder upwards that holds `postmortem.toml` or `postmortems/`.

    Args:
        start: Where to begin.
        way: How whoever asks names another folder.

    Raises:
        UsageError: There is none, or its postmortems are no folder.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if is_root(folder):
            return _with_folder(folder)
    raise UsageError(
        f"No knowledge base here: neither `{CONFIGURATION}` nor a folder `{FOLDER}/` in {start} or above. "
        f"Name its folder with {way}."
    )


def _with_folder(root: Path) -> Path:
    """A root, where the name of the folder of postmortems is not taken by something else; it need not be there yet."""
    place = root / FOLDER
    if os.path.lexists(place) and not place.is_dir():
        # Taken for an empty one, it would let every check pass.
        raise UsageError(f"`{place}` is no folder: each postmortem is a file in it.")
    return root
