"""What git remembers of the postmortems."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from postmortem_kb.policy import FOLDER

_RECORD, _FIELD = "\x1e", "\x1f"


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit that changed a postmortem."""

    commit: str
    moment: datetime
    """When it was committed, in UTC."""
    subject: str


History = Mapping[str, tuple[Revision, ...]]
"""The revisions of each path relative to the root, newest first."""


def read_history(root: Path) -> History:
    """The revisions of every postmortem; empty where there is no git, no repository or no commit.

    One call for all files: a call a file takes thirty times as long.
    """
    command = [
        "git", "-C", str(root), "-c", "core.quotePath=false", "log", "--no-renames", "--name-only", "-z",
        f"--format={_RECORD}%H{_FIELD}%cI{_FIELD}%s{_FIELD}", "--relative", "--", FOLDER,
    ]  # fmt: skip
    try:
        result = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, list[Revision]] = {}
    for record in result.stdout.decode("utf-8", "replace").split(_RECORD)[1:]:
        commit, moment, subject, names = record.split(_FIELD, 3)
        revision = Revision(commit, datetime.fromisoformat(moment).astimezone(UTC), subject)
        for name in names.split("\0"):
            if name.strip("\n"):
                found.setdefault(name.strip("\n"), []).append(revision)
    return {path: tuple(revisions) for path, revisions in found.items()}
