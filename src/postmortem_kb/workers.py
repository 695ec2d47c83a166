"""Work on many things on all cores."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.pool import Pool

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes() -> ForkContext | SpawnContext:
    """What begins processes: as copies of this one, with all that it has read, where the system can do that."""
    # Imported here: most commands begin none.
    from multiprocessing import get_context

    return get_context("fork") if _forks() else get_context("spawn")


def on_all_cores(
    work: Callable[[Thing], Made],
    things: Sequence[Thing],
    *,
    size: int = 32,
    few: int = 64,
    portable: bool = False,
    ordered: bool = True,
    lifetime: int | None = None,
    beside: bool = False,
) -> Generator[Made]:
    """What is made of each thing: begun when this is called, where other processes do it, and by whoever asks for it otherwise.

    Args:
        work: Makes it. It finds all values of this process, and changes none that this process sees.
        things: What it is made of; by default, as little work as a file.
        size: So many things are given to a process at a time.
        few: So many are made by this process sooner than a second one has started.
        portable: Whether the work can be sent to a process that begins anew; otherwise systems that cannot copy a process
            do it alone.
        ordered: Whether it comes in the order of the things; otherwise as soon as it is made, a chunk at a time.
        beside: Whether this process goes on working meanwhile, and keeps a core.
        lifetime: A process is replaced when it was given things so many times: what it read and made stays in its memory.
    """
    if len(things) <= few or cores() == 1 or not (portable or _forks()):
        return (work(thing) for thing in things)
    chunks = [things[start : start + size] for start in range(0, len(things), size)]
    with _keys_held():
        pool = processes().Pool(min(cores() - beside, len(chunks)), _begin, (work,), maxtasksperchild=lifetime)
    made = _made(pool, (pool.imap if ordered else pool.imap_unordered)(_do, chunks))
    # From here on the processes end with it, also where nobody asks for anything.
    next(made)
    return made


def _made(pool: Pool, chunks: Iterable[list[Any]]) -> Generator[Any]:
    try:
        yield None
        for made in chunks:
            yield from made
    finally:
        with _keys_held():
            pool.terminate()


@contextmanager
def _keys_held() -> Iterator[None]:
    """Hold back the key that interrupts: processes that are half begun or half ended would stay, or be waited for."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _forks() -> bool:
    """Whether a process can begin as a copy of this one, with all modules loaded and all values at hand."""
    return hasattr(os, "fork") and os.uname().sysname == "Linux"


_work: Callable[[Any], Any]
"""What a process works with: it is told once, not with every chunk."""


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - functions that hold values cannot be sent to a process that runs already
    # The key that interrupts reaches them, too; the process that began them ends them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work = work


def _do(things: Sequence[Any]) -> list[Any]:
    return [_work(thing) for thing in things]
