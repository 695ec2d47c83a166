"""How git is called: always about the repository in which a folder lies."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_OF_THE_CALLER = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_PREFIX",
    "GIT_INDEX_FILE",
)
"""What git tells its hooks of the repository they run in, from `git rev-parse --local-env-vars`."""


class Answer(NamedTuple):
    """How a call of git ended."""

    code: int
    printed: bytes
    told: str
    """What it said on standard error."""


def top_of(folder: Path) -> Path | None:
    """The top of the git repository that a folder lies in; None where it lies in none.

    It is found by its `.git`, so this needs no git, and knows of a repository that git refuses to look into.
    """
    folder = folder.resolve()
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def place_of(folder: Path) -> str:
    """The path of a folder from the top of its git repository, with `/` at its end; empty for the top, and without one."""
    top = top_of(folder)
    return f"{folder.resolve().relative_to(top).as_posix()}/".removeprefix("./") if top else ""


def git_command(root: Path, *arguments: str) -> list[str]:
    """The words of a call that is made in a folder."""
    return ["git", "-C", str(root), *arguments]


def git_environment(**more: str) -> dict[str, str]:
    """The environment of a call, with more variables.

    In a linked worktree git hands `GIT_DIR` to its hooks. A git that is started in a folder below would take that folder
    for the top of the work tree, and find none of the files that it remembers.
    """
    return {name: value for name, value in os.environ.items() if name not in _OF_THE_CALLER} | more


def call_git(root: Path, *arguments: str, **more: str) -> Answer:
    """Call git in a folder, with more variables in its environment, and wait for its answer.

    Raises:
        OSError: There is no git.
    """
    # Imported here: most checks start no program.
    import subprocess

    command = git_command(root, *arguments)
    result = subprocess.run(command, capture_output=True, check=False, env=git_environment(**more))
    return Answer(result.returncode, result.stdout, result.stderr.decode("utf-8", "replace").strip())


def moment_of(seconds: str) -> datetime:
    """When a commit was made, in UTC, from the seconds that `%ct` prints; the beginning of time where no calendar holds that."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def refusal(root: Path) -> str:
    """Why git does not look into the repository that a folder lies in, and what to do, in its own words.

    Empty where it does, and where there is no repository or no git. The usual reason is that the repository belongs to
    another user, as one that is mounted into a container: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
    """
    if top_of(root) is None:
        return ""
    try:
        answer = call_git(root, "rev-parse", "--git-dir")
    except OSError:
        return ""
    return answer.told.removeprefix("fatal: ") if answer.code else ""
