"""The one exception that users meet."""

from __future__ import annotations

from collections.abc import Sequence


class UsageError(Exception):
    """Wrong use or a broken configuration: the program ends with exit code 2.

    Carries every problem found, one sentence each, so that nobody mends them one run at a time.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
