"""Work on many things on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def on_all_cores(
    work: Callable[[Thing], Made],
    chunks: Sequence[Sequence[Thing]],
    *,
    alone: bool,
    portable: bool = False,
    ordered: bool = True,
    lifetime: int | None = None,
) -> Iterator[Made]:
    """What is made of each thing.

    Args:
        work: Makes it. It finds all values of this process, and changes none that this process sees.
        chunks: The things, as many at a time as one process is given.
        alone: Whether this process does all of it: a second one takes some 20 ms to begin.
        portable: Whether the work can be sent to a process that begins anew; otherwise systems that cannot copy a process
            do it alone.
        ordered: Whether it comes in the order of the things; otherwise as soon as it is made, a chunk at a time.
        lifetime: After so many chunks a process is replaced: what it read and made stays in its memory.
    """
    if alone or cores() == 1 or not (portable or _forks()):
        for chunk in chunks:
            yield from map(work, chunk)
        return
    # Imported here: after an edit there is little to do.
    from multiprocessing import get_context

    context = get_context("fork" if _forks() else "spawn")
    with context.Pool(min(cores(), len(chunks)), _begin, (work,), maxtasksperchild=lifetime) as pool:
        for made in (pool.imap if ordered else pool.imap_unordered)(_do, chunks):
            yield from made


def in_chunks(things: Sequence[Thing], size: int) -> list[Sequence[Thing]]:
    """Things, so many at a time."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def _forks() -> bool:
    """Whether a process can begin as a copy of this one, with all modules loaded and all values at hand."""
    return hasattr(os, "fork") and os.uname().sysname == "Linux"


_work: Callable[[Any], Any]
"""What a process works with: it is told once, not with every chunk."""


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - functions that hold values cannot be sent to a process that runs already
    _work = work


def _do(things: Sequence[Any]) -> list[Any]:
    return [_work(thing) for thing in things]
