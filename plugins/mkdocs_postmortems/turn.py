"""One build at a time in a folder: of two, each would take away what the other writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Turn:
    """The right to write a folder, until it is given back or this process ends. Where the system has no such locks, everybody has it."""

    def __init__(self, folder: str, waits: Callable[[], None]) -> None:
        """Wait for it.

        Args:
            folder: It is made where it is not there; whoever cannot make it hears of that on writing.
            waits: Called before the end of another build is waited for.
        """
        self._held: int | None = None
        if sys.platform == "win32":
            return
        with suppress(OSError):
            Path(folder).mkdir(parents=True, exist_ok=True)
            # The folder itself: a file in it would be published, and one elsewhere would depend on settings.
            self._held = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waits()
                fcntl.flock(self._held, fcntl.LOCK_EX)

    def end(self) -> None:
        """Give it back, whatever processes that began meanwhile still run."""
        if self._held is not None and sys.platform != "win32":
            with suppress(OSError):
                fcntl.flock(self._held, fcntl.LOCK_UN)
            os.close(self._held)
            self._held = None
