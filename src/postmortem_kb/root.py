"""Where a knowledge base begins."""

from __future__ import annotations

from pathlib import Path

from postmortem_kb.errors import UsageError
from postmortem_kb.policy import CONFIGURATION, FOLDER


def find_root(start: Path) -> Path:
    """The nearest folder upwards that holds `postmortem.toml` or `postmortems/`.

    Raises:
        UsageError: There is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIGURATION).is_file() or (folder / FOLDER).is_dir():
            return folder
    raise UsageError(
        f"No knowledge base here: neither `{CONFIGURATION}` nor a folder `{FOLDER}/` in {start} or above. "
        "Name its folder with `--root DIR`."
    )
