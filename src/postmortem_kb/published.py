"""The files of the contract, as they are published."""

from __future__ import annotations

from pathlib import Path

import postmortem_schema

# Beside the package's own file, not through importlib.resources: that import takes as long as reading ten postmortems.
_FOLDER = Path(postmortem_schema.__file__).parent


def published(name: str) -> str:
    """The text of a schema, a policy or a list of words."""
    return (_FOLDER / name).read_text(encoding="utf-8")
