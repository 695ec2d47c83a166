"""What git remembers of the postmortems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from postmortem_kb.git import call_git
from postmortem_kb.policy import FOLDER


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit that changed a postmortem."""

    commit: str
    moment: datetime
    """When it was committed, in UTC."""
    subject: str


History = Mapping[str, tuple[Revision, ...]]
"""The revisions of each path relative to the root, newest first."""


def head(root: Path) -> str:
    """Where git stands, and whether it knows all that came before; empty where there is no git or no commit."""
    try:
        answer = call_git(root, "rev-parse", "--verify", "HEAD", "--is-shallow-repository")
    except OSError:
        return ""
    return "" if answer.code else answer.printed.decode("ascii")


def read_history(root: Path) -> History:
    """The revisions of every postmortem; empty where there is no git, no repository or no commit.

    One call for all files: a call a file takes thirty times as long.
    """
    try:
        answer = call_git(
            root, "-c", "log.showSignature=false", "log", "--no-renames", "--name-only", "-z",
            "--format=%x00%H%x00%cI%x00%s", "--relative", "--", FOLDER,
        )  # fmt: skip
    except OSError:
        return {}
    if answer.code:
        return {}
    found: dict[str, list[Revision]] = {}
    # Only NUL parts fields: a subject or a name may hold anything else. No name is empty, so an empty field begins a commit.
    fields = iter(answer.printed.decode("utf-8", "replace").split("\0"))
    for field in fields:
        if not field:
            commit, moment, subject = next(fields, ""), next(fields, ""), next(fields, "")
            if not commit:
                break
            revision = Revision(commit, datetime.fromisoformat(moment).astimezone(UTC), subject)
            before_name = "\n"
        else:
            found.setdefault(field.removeprefix(before_name), []).append(revision)
            before_name = ""
    return {path: tuple(revisions) for path, revisions in found.items()}
