"""A page of the theme with slots: what differs between two pages of one kind is filled in, the rest is rendered once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from postmortem_kb.source.text import digest


@dataclass(frozen=True, slots=True)
class Frame:
    """A rendered page in pieces: text and names of slots by turns, text first."""

    pieces: tuple[str, ...]
    mark: str
    """A digest of the pieces."""

    @classmethod
    def of(cls, html: str, slots: Mapping[str, str]) -> Frame:
        """Cut a page that was rendered with texts that stand for slots.

        Args:
            html: The page.
            slots: The name of each slot by the text that stands for it.
        """
        # The longest first: one may begin with another.
        texts = sorted(filter(None, slots), key=len, reverse=True)
        pieces = re.split("(" + "|".join(map(re.escape, texts)) + ")", html)
        cut = tuple(slots[piece] if position % 2 else piece for position, piece in enumerate(pieces))
        return cls(cut, digest(repr(cut).encode("utf-8", "surrogatepass")))

    def fill(self, values: Mapping[str, str]) -> str:
        """The page with a value in each slot."""
        return "".join(values[piece] if position % 2 else piece for position, piece in enumerate(self.pieces))
