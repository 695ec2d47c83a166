"""What git remembers of actions: when their state and their due dates changed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile

from postmortem_kb.git import git_command, git_environment, moment_of
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.yaml import read_yaml

_COMMIT = "on "
_BLOCK = re.compile(r"^action_items[ \t]*:.*\n(?:(?:[ \t#-].*)?\n)*", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)-[ \t]", re.MULTILINE)
_NESTING, _ITEMS = 12, 1_000
# A clone without contents does not fetch them one by one for this.
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1"}


@dataclass(frozen=True, slots=True)
class Promise:
    """What a file said of an action."""

    status: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Turn:
    """An action whose state or due date was changed."""

    on: date
    """The day of the commit, in UTC."""
    before: Promise
    after: Promise


ActionHistory = Mapping[tuple[str, str], tuple[Turn, ...]]
"""The changes of each action, oldest first, by the file's path and the action's id."""


@dataclass(frozen=True, slots=True)
class _Change:
    on: date
    path: str
    """That of today."""
    old: str
    """The name of the earlier content."""
    new: str


def read_action_history(root: Path, paths: Collection[str]) -> ActionHistory:
    """The changes of actions in some files, as the main line saw them; empty where there is no git, repository or commit.

    A merged branch counts as one change, however often its author thought again before the review. Renames are followed. Two
    programs for all files: one lists their versions, one hands out the contents, of which only the actions are kept, and only
    those that differ are read.
    """
    try:
        changes = list(_changes(root, paths)) if paths else []
        actions = _actions(root, {blob for change in changes for blob in (change.old, change.new)}) if changes else {}
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[tuple[str, str], list[Turn]] = {}
    for change in reversed(changes):
        old, new = actions.get(change.old, ()), actions.get(change.new, ())
        before = _promises(item for item in old if item not in new)
        after = _promises(item for item in new if item not in old) if before else {}
        for id, promise in after.items():
            if id in before and before[id] != promise:
                found.setdefault((change.path, id), []).append(Turn(change.on, before[id], promise))
    return {key: tuple(turns) for key, turns in found.items()}


def _changes(root: Path, paths: Iterable[str]) -> Iterator[_Change]:
    """The changes of the files, newest first."""
    # Where the user's own settings show every parent of a merge, `-m` would too.
    command = git_command(
        root, "-c", "log.diffMerges=first-parent", "-c", "log.showSignature=false", "log", "--first-parent", "-m", "--raw",
        "--no-abbrev", "-z", "-M", f"--format={_COMMIT}%ct", "--relative", "--", FOLDER,
    )  # fmt: skip
    printed = subprocess.run(command, capture_output=True, check=True, env=git_environment(**_OFFLINE)).stdout
    today = {path: path for path in paths}
    day = date.min
    fields = iter(os.fsdecode(printed).split("\0"))
    for field in map(str.strip, fields):
        if field.startswith(_COMMIT):
            day = moment_of(field.removeprefix(_COMMIT)).date()
        elif field.startswith(":"):
            _, _, old, new, status = field.split(" ")
            path = next(fields, "")
            if status.startswith("R"):
                was, path = path, next(fields, "")
            if path not in today:
                continue
            if status[0] in "MR" and old != new:
                yield _Change(day, today[path], old, new)
            if status[0] in "AR":
                # What had this name before was another file.
                name = today.pop(path)
                if status[0] == "R":
                    today[was] = name


def _actions(root: Path, blobs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The text of each action in each version, read one by one: all versions together may be large."""
    found = {}
    with TemporaryFile() as asked:
        asked.write("".join(f"{blob}\n" for blob in blobs).encode("ascii"))
        asked.seek(0)
        command = git_command(root, "cat-file", "--batch")
        with subprocess.Popen(
            command, stdin=asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git_environment(**_OFFLINE)
        ) as program:
            assert program.stdout is not None
            while header := program.stdout.readline().decode("ascii").split():
                # A content that a partial clone left out is only named.
                if len(header) == 3:
                    found[header[0]] = _split(program.stdout.read(int(header[2]) + 1))
    return found


def _split(content: bytes) -> tuple[str, ...]:
    """The entries of the list of actions as they are written; a list in one piece counts as one."""
    if b"action_items" not in content:
        return ()
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    block = _BLOCK.search(text.partition("\n---")[0] + "\n")
    item = _ITEM.search(block[0]) if block else None
    if block is None or item is None:
        return (block[0],) if block else ()
    return tuple(re.split(rf"^(?={item[1]}-[ \t])", block[0], flags=re.MULTILINE)[1:])


def _promises(items: Iterable[str]) -> dict[str, Promise]:
    """What is said of each action, as far as the text can be read."""
    found = {}
    for item in items:
        value = read_yaml(item, nesting=_NESTING, items=_ITEMS).value
        entries = value.get("action_items") if isinstance(value, dict) else value
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                status = entry.get("status")
                found[entry["id"]] = Promise(status if isinstance(status, str) else "", _day(entry.get("due")))
    return found


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
