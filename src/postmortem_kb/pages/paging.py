"""Long lists over several pages, so that a page stays light and a list is complete without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SIZE = 100
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a list."""

    base: str
    """The address of the first page."""
    items: tuple[T, ...]
    number: int
    """From 1."""
    of: int

    @property
    def path(self) -> str:
        """The address of this page."""
        return self.at(self.number)

    def at(self, number: int) -> str:
        """The address of another page of the list."""
        return self.base if number == 1 else f"{self.base}page/{number}/"

    @property
    def near(self) -> list[int]:
        """The pages that a reader is led to: the first, the last, and those around this one; 0 stands for a gap."""
        shown = sorted({1, self.of, *range(max(1, self.number - 2), min(self.of, self.number + 2) + 1)})
        with_gaps: list[int] = []
        for number in shown:
            if with_gaps and number > with_gaps[-1] + 1:
                with_gaps.append(0)
            with_gaps.append(number)
        return with_gaps


def slices(base: str, items: Sequence[T], size: int = SIZE) -> Iterator[Slice[T]]:
    """A list in pages; an empty list has one."""
    of = max(1, -(-len(items) // size))
    for number in range(1, of + 1):
        yield Slice(base, tuple(items[(number - 1) * size : number * size]), number, of)
