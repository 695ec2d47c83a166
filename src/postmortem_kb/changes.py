"""What the working tree changes of the postmortems, against a git ref."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from postmortem_kb.catalog import is_postmortem
from postmortem_kb.errors import UsageError
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.document import Document, parse_document
from postmortem_kb.source.limits import Limits


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What changed since a ref."""

    ref: str
    """As it was named, for messages."""
    before: dict[str, Document]
    """The earlier state of each file that is changed, moved or renamed, by its path of today."""
    deleted: tuple[Document, ...]
    """The earlier state of the files that are gone."""
    added: frozenset[str]
    """The paths that were not there."""


def read_changes(root: Path, ref: str, limits: Limits) -> Changes:
    """What the working tree below a root, new files included, changes of the postmortems since it left a ref.

    Raises:
        UsageError: There is no repository, no such ref, or nothing in common with it, as in a shallow clone.
    """
    commit = _base(root, ref)
    before: dict[str, Document] = {}
    deleted: list[Document] = []
    added: set[str] = set()
    for status, old, new in _differences(root, commit):
        if status == "A":
            added.add(new)
        elif _is_postmortem(old):
            document = parse_document(old, _git(root, "cat-file", "blob", f"{commit}:./{old}"), limits)
            if status == "D" or not _is_postmortem(new):
                deleted.append(document)
            else:
                before[new] = document
    return _with_moves(Changes(ref, before, tuple(deleted), frozenset(filter(_is_postmortem, added))))


def _is_postmortem(path: str) -> bool:
    return is_postmortem(PurePosixPath(path).name)


def _with_moves(changes: Changes) -> Changes:
    """A file that is gone and stands elsewhere under the same name was moved, however much of it changed."""
    gone = {PurePosixPath(document.path).name: document for document in changes.deleted}
    moved = {path: gone[PurePosixPath(path).name] for path in changes.added if PurePosixPath(path).name in gone}
    return Changes(
        changes.ref,
        changes.before | moved,
        tuple(document for document in changes.deleted if document not in moved.values()),
        changes.added - moved.keys(),
    )


def _base(root: Path, ref: str) -> str:
    """The commit in which this branch left the ref: what others did there since is no change of ours."""
    try:
        shallow = _try(root, "rev-parse", "--is-shallow-repository")
    except OSError:
        raise UsageError("`--since` needs git, which is not on the path") from None
    if shallow is None:
        raise UsageError(f"`--since` needs a git repository, and {root} is in none")
    fetch = "this clone is shallow: fetch more of it, with `fetch-depth: 0` in CI"
    commit = _try(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        help = fetch if shallow == "true" else "is it fetched, and spelt like this?"
        raise UsageError(f"`--since {ref}`: git knows no such commit; {help}")
    base = _try(root, "merge-base", commit, "HEAD")
    if base is None:
        help = fetch if shallow == "true" else "the histories are unrelated; name a commit of this one"
        raise UsageError(f"`--since {ref}` and the working tree have no commit in common; {help}")
    return base


def _try(root: Path, *arguments: str) -> str | None:
    code, printed, _ = _run(root, *arguments)
    return None if code else os.fsdecode(printed).strip()


def _differences(root: Path, commit: str) -> list[tuple[str, str, str]]:
    """Status letter, old and new path, relative to the root.

    The working tree is added to an index of our own, with objects of our own, so that files that nobody has staged are
    seen, git itself follows the renames, and the repository stays as it is.
    """
    objects = os.fsdecode(_git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")).rstrip("\n")
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="postmortem-") as folder:
        env = {
            **os.environ,
            "GIT_INDEX_FILE": f"{folder}/index",
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
        }
        _git(root, "read-tree", commit, env=env)
        if (root / FOLDER).is_dir():
            _git(root, "add", "--all", "--force", "--", FOLDER, env=env)
        else:
            _git(root, "rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", FOLDER, env=env)
        listed = _git(
            root, "diff-index", "--cached", "--name-status", "-z", "--find-renames", "-l0", "--relative", commit,
            "--", FOLDER, env=env,
        )  # fmt: skip
    return _pairs(os.fsdecode(listed).split("\0"))


def _pairs(fields: Sequence[str]) -> list[tuple[str, str, str]]:
    found, position = [], 0
    while position + 1 < len(fields):
        status = fields[position][:1]
        old = fields[position + 1]
        new = fields[position + 2] if status in ("R", "C") else old
        position += 3 if status in ("R", "C") else 2
        found.append((status, old, new))
    return found


def _git(root: Path, *arguments: str, env: dict[str, str] | None = None) -> bytes:
    code, printed, told = _run(root, *arguments, env=env)
    if code:
        raise UsageError(f"git {arguments[0]}: {told.decode('utf-8', 'replace').strip()}")
    return printed


def _run(root: Path, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, bytes, bytes]:
    # Imported here: most checks start no program.
    import subprocess

    result = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False, env=env)
    return result.returncode, result.stdout, result.stderr
