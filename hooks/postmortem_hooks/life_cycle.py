"""The hook `postmortem-life-cycle`: what a commit changes of the postmortems, held against the commit before it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from postmortem_kb.cli import main as postmortem
from postmortem_kb.rules import RULES, possible_recurrence
from postmortem_kb.rules.rule import Scope


def main(argv: Sequence[str]) -> int:
    """Hold the working tree against `HEAD`, or against the other end of a push.

    Args:
        argv: Options of `postmortem check`; `--root DIR` names a knowledge base in a folder.

    Returns:
        The exit code of `postmortem check`; 0 where there is no commit yet.
    """
    base = os.environ.get("PRE_COMMIT_FROM_REF") or "HEAD"
    if subprocess.run(["git", "rev-parse", "--verify", "--quiet", base], capture_output=True, check=False).returncode:
        return 0
    root = list(argv[:2]) if argv[:1] == ["--root"] else []
    # Comparing takes the words of the whole catalog: that is for CI.
    rules = [
        option
        for rule in RULES
        if rule.SCOPE is Scope.CHANGE and rule is not possible_recurrence
        for option in ("--select", rule.NAME)
    ]
    return postmortem([*root, "check", "--since", base, *rules, *argv[len(root) :]])


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))
