"""On how many cores work is done, and whether a process can begin as a copy of this one."""

from __future__ import annotations

import os


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def forks() -> bool:
    """Whether a worker is a fork, with all modules loaded and all values at hand; elsewhere a process starts anew."""
    return hasattr(os, "fork") and os.uname().sysname == "Linux"
