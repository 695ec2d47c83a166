"""What git remembers of the postmortems."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from postmortem_kb.git import call_git, moment_of
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.text import digest

_MOVED = "R100"
"""What git says of a file that has another name and the same content."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One commit that changed a postmortem."""

    commit: str
    moment: datetime
    """When it was committed, in UTC."""
    author: str
    """The name of who wrote it, as `.mailmap` has it."""
    subject: str


History = Mapping[str, tuple[Revision, ...]]
"""The revisions of each path relative to the root, newest first."""


def head(root: Path) -> str:
    """Where git stands, and from where on it knows what came before; empty where there is no git or no commit."""
    try:
        answer = call_git(root, "rev-parse", "--git-path", "shallow", "--verify", "HEAD")
    except OSError:
        return ""
    if answer.code:
        return ""
    path, _, commit = os.fsdecode(answer.printed).removesuffix("\n").rpartition("\n")
    try:
        # The commits at which a clone ends that was made with a depth. More may be fetched later, or less.
        return f"{commit} {digest((root / path).read_bytes())}"
    except OSError:
        return commit


def reflog(root: Path) -> Path | None:
    """The file to which git adds a line whenever it stands elsewhere, there or not; None where there is no git or no repository."""
    try:
        answer = call_git(root, "rev-parse", "--git-path", "logs/HEAD")
    except OSError:
        return None
    return None if answer.code else root / os.fsdecode(answer.printed).removesuffix("\n")


def read_history(root: Path) -> History:
    """The revisions of every postmortem; empty where there is no git, no repository or no commit.

    Renames are followed. A file that is only moved is not revised by that. One call for all files: a call a file takes thirty
    times as long.
    """
    try:
        answer = call_git(
            root, "-c", "log.showSignature=false", "log", "-M", "--name-status", "-z",
            "--format=%x00%H%x00%ct%x00%aN%x00%s", "--relative", "--", FOLDER,
        )  # fmt: skip
    except OSError:
        return {}
    found: dict[str, list[Revision]] = {}
    today: dict[str, str] = {}
    for revision, changes in _commits(answer.printed) if not answer.code else ():
        for status, old, new in changes:
            if status != _MOVED:
                found.setdefault(today.get(new, new), []).append(revision)
            if old != new:
                today[old] = today.get(new, new)
            if old != new or status == "A":
                # What had this name before was another file.
                today.pop(new, None)
    return {path: tuple(revisions) for path, revisions in found.items()}


def _commits(printed: bytes) -> Iterator[tuple[Revision, list[tuple[str, str, str]]]]:
    """Each commit with its changes: status, old and new path."""
    # Only NUL parts fields: a subject or a name may hold anything else, also bytes that are no UTF-8. No status is empty, so an empty
    # field begins a commit.
    fields = iter(printed.split(b"\0"))
    next(fields)
    while commit := next(fields, b""):
        moment, author, subject = (next(fields).decode("utf-8", "replace") for _ in range(3))
        changes = []
        # A line break parts the changes from the subject.
        while status := next(fields, b"").removeprefix(b"\n").decode():
            old = os.fsdecode(next(fields))
            changes.append((status, old, os.fsdecode(next(fields)) if status[0] == "R" else old))
        yield Revision(commit.decode(), moment_of(moment), author, subject), changes
