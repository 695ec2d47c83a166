"""The hook `postmortem-life-cycle`: what a branch changes of the postmortems, held against what others have seen."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path

from postmortem_kb.catalog import root_of
from postmortem_kb.cli import main as postmortem
from postmortem_kb.policy import FOLDER
from postmortem_kb.root import is_root
from postmortem_kb.rules import RULES, possible_recurrence
from postmortem_kb.rules.rule import Scope

_DEFAULT_BRANCHES = [f"refs/{place}/{name}" for place in ("heads", "remotes/*") for name in ("main", "master")]


def main(argv: Sequence[str]) -> int:
    """Hold the working tree against the commit in which this branch left the default branch.

    On the default branch itself that is `HEAD`, and so it is where no other branch is known. A push is held against its
    other end.

    Args:
        argv: `--root DIR` names the knowledge base, `--since REF` another branch; the others are options of
            `postmortem check`.

    Returns:
        The exit code of `postmortem check`; the highest, where the repository holds several knowledge bases; 0 where there
        is no commit yet.
    """
    parser = ArgumentParser("postmortem-life-cycle", allow_abbrev=False, add_help=False)
    parser.add_argument("--root", type=Path)
    parser.add_argument("--since")
    named, options = parser.parse_known_args(argv)
    if not _git("rev-parse", "--verify", "HEAD"):
        return 0
    since = named.since or os.environ.get("PRE_COMMIT_FROM_REF") or _left()
    # Comparing takes the words of the whole catalog: that is for CI.
    rules = [
        option
        for rule in RULES
        if rule.SCOPE is Scope.CHANGE and rule is not possible_recurrence
        for option in ("--select", rule.NAME)
    ]
    changed = set(_roots(since))
    wanted = ["--since", since, *rules, *options]
    roots = [named.root] if named.root else sorted(changed)
    return max((_check(root, wanted, changed=root in changed) for root in roots), default=0)


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def _left() -> str:
    """The last commit of this branch that the default branch has, too, here or on any remote.

    The nearest one counts: in a fork, what is called `main` may be far behind.
    """
    listed = _git("for-each-ref", "--format=%(refname) %(symref:lstrip=3)", *_DEFAULT_BRANCHES, "refs/remotes/*/HEAD")
    refs = [line.split(" ") for line in (listed or "").splitlines()]
    # A clone knows what the default branch is called.
    called = [f"refs/heads/{name}" for _, name in refs if name and _git("rev-parse", "--verify", f"refs/heads/{name}")]
    known = [*(ref for ref, _ in refs), *called]
    return ((_git("merge-base", "HEAD", *known) if known else "") or "HEAD").strip()


def _roots(since: str) -> Iterator[Path]:
    """Where the knowledge bases begin of which something changed, and where the one of the whole repository does."""
    pattern = f":(glob)**/{FOLDER}/**"
    listed = _git(
        "diff", "--cached", "--merge-base", since, "--name-only", "--no-renames", "--relative", "-z", "--", pattern,
    )  # fmt: skip
    # Where git cannot tell, as of a ref that it does not know, the check says why.
    if listed is None or is_root(Path()):
        yield Path()
    yield from filter(None, map(root_of, map(Path, filter(None, (listed or "").split("\0")))))


def _check(root: Path, options: Sequence[str], *, changed: bool) -> int:
    """What the check says of one knowledge base."""
    gone = changed and not os.path.lexists(root)
    if gone:
        # With its last file, its folder went, too; git asks for one to look from, and does not see it when it is empty.
        root.mkdir(parents=True)
    try:
        return postmortem(["--root", str(root), "check", *options])
    finally:
        if gone:
            os.removedirs(root)


def _git(*arguments: str) -> str | None:
    """What git says of the repository of the hook; None where it fails."""
    result = subprocess.run(["git", *arguments], capture_output=True, check=False)
    return None if result.returncode else os.fsdecode(result.stdout)
