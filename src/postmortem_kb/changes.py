"""What the working tree changes of the postmortems, against a git ref."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from postmortem_kb.catalog import is_postmortem
from postmortem_kb.errors import UsageError
from postmortem_kb.git import call_git, moment_of, refusal
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
    written: Mapping[str, date]
    """The day on which each of them was first committed, in UTC; those that no commit holds are left out."""


def read_changes(root: Path, ref: str, limits: Limits, index: Path | None = None) -> Changes:
    """What the working tree below a root, new files included, changes of the postmortems since it left a ref.

    Args:
        root: Where the knowledge base begins.
        ref: Anything that names a commit.
        limits: Of the documents.
        index: What is about to be committed. A file that is gone there is deleted, even if it still lies in its folder.

    Raises:
        UsageError: There is no repository, git refuses it, there is no such ref, or nothing in common with it, as in a shallow clone.
    """
    commit = _base(root, ref)
    found = _differences(root, commit)
    # What lies in the folder and will not be committed is lost to all others.
    lost = [old for old, new in _listed(root, commit, GIT_INDEX_FILE=str(index)) if not new] if index else []
    gone = dict.fromkeys([*(old for old, new in found if not new), *lost])
    kept = [(old, new) for old, new in found if new and new not in gone]
    added = frozenset(new for old, new in kept if not old)
    return Changes(
        ref,
        {new: _earlier(root, commit, old, limits) for old, new in kept if old},
        tuple(_earlier(root, commit, old, limits) for old in gone),
        added,
        _written(root, commit, added) if added else {},
    )


def _written(root: Path, commit: str, paths: Collection[str]) -> dict[str, date]:
    """When each of some files was first committed since a commit: by its author's clock, which a rebase leaves as it is."""
    told = _git(
        root, "-c", "log.showSignature=false", "log", "--diff-filter=A", "--no-renames", "--name-only", "-z",
        "--format=%x00%at", "--relative", f"{commit}..HEAD", "--", FOLDER,
    )  # fmt: skip
    found: dict[str, date] = {}
    fields = iter(os.fsdecode(told).split("\0"))
    next(fields)
    while moment := next(fields, ""):
        # A line break parts the names from what the format prints, and an empty one begins the next commit.
        while name := next(fields, "").removeprefix("\n"):
            if name in paths:
                # Commits come with the newest first, and their authors' clocks in any order.
                found[name] = min(found.get(name, date.max), moment_of(moment).date())
    return found


def _earlier(root: Path, commit: str, path: str, limits: Limits) -> Document:
    return parse_document(path, _git(root, "cat-file", "blob", f"{commit}:./{path}"), limits)


def _base(root: Path, ref: str) -> str:
    """The commit in which this branch left the ref: what others did there since is no change of ours."""
    if not ref.strip():
        raise UsageError("`--since` is empty: name a git ref, such as `origin/main`, or leave the option out")
    try:
        shallow = _try(root, "rev-parse", "--is-shallow-repository")
    except OSError:
        raise UsageError("`--since` needs git, which is not on the path") from None
    if shallow is None:
        told = refusal(root)
        if told:
            raise UsageError(f"`--since` needs what git knows, and git refuses: {told}")
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
    answer = call_git(root, *arguments)
    return None if answer.code else os.fsdecode(answer.printed).strip()


def _differences(root: Path, commit: str) -> list[tuple[str, str]]:
    """What the working tree changes of the postmortems, as `_listed` gives it.

    The working tree is added to an index of our own, with objects of our own, so that files that nobody has staged are
    seen, git itself follows the renames, and the repository stays as it is.
    """
    objects = os.fsdecode(_git(root, "rev-parse", "--path-format=absolute", "--git-path", "objects")).rstrip("\n")
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="postmortem-") as folder:
        ours = {
            "GIT_INDEX_FILE": f"{folder}/index",
            "GIT_OBJECT_DIRECTORY": folder,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
        }
        _git(root, "read-tree", commit, **ours)
        if (root / FOLDER).is_dir():
            _git(root, "add", "--all", "--force", "--", FOLDER, **ours)
        else:
            _git(root, "rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", FOLDER, **ours)
        return _listed(root, commit, **ours)


def _listed(root: Path, commit: str, **more: str) -> list[tuple[str, str]]:
    """What an index changes of the postmortems: old and new path relative to the root; what was not there or is gone is empty."""
    listed = _git(
        root, "diff-index", "--cached", "--name-status", "-z", "--find-renames", "-l0", "--relative", commit, "--", FOLDER,
        **more,
    )  # fmt: skip
    return _with_moves(_pairs(os.fsdecode(listed).split("\0")))


def _pairs(fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = iter(fields)
    for status in filter(None, words):
        old = next(words)
        new = next(words) if status[0] in "RC" else old
        old, new = (path if is_postmortem(PurePosixPath(path).name) else "" for path in (old, new))
        if old or new:
            yield "" if status[0] == "A" else old, "" if status[0] == "D" else new


def _with_moves(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A file that is gone and stands elsewhere under the same name was moved, however much of it changed."""
    pairs = list(found)
    gone = {PurePosixPath(old).name: old for old, new in pairs if not new}
    moved = {new: gone[PurePosixPath(new).name] for old, new in pairs if not old and PurePosixPath(new).name in gone}
    return [(moved.get(new, old), new) for old, new in pairs if new or old not in moved.values()]


def _git(root: Path, *arguments: str, **more: str) -> bytes:
    answer = call_git(root, *arguments, **more)
    if answer.code:
        raise UsageError(f"git {arguments[0]}: {answer.told}")
    return answer.printed
