"""The one exception that users meet, and how the program ends when they interrupt it."""

from __future__ import annotations

from collections.abc import Sequence

INTERRUPTED = 130
"""The exit code, as shells have it for a program that the key ended."""


class UsageError(Exception):
    """Wrong use or a broken configuration: the program ends with exit code 2.

    Carries every problem found, one sentence each, so that nobody mends them one run at a time.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
