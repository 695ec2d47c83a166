"""What follows from all profiles of a catalog together; it is kept, and holds as long as none changes."""

from __future__ import annotations

from array import array
from typing import Any

from postmortem_kb.insight.profiles import Profiles
from postmortem_kb.insight.rarity import Scales
from postmortem_kb.insight.shelf import Shelf, numbers
from postmortem_kb.insight.similarity import Index

_COUNTS = {"words": "q", "holders": "q", "lengths": "d"}
"""What is kept, with the kind of its numbers."""


def index_of(read: Profiles, shelf: Shelf | None) -> Index:
    """The index of profiles, from what was counted before where that is there."""
    kept = shelf.derived(_COUNTS, read.state) if shelf else None
    if kept:
        try:
            words, holders, lengths = (numbers(kind, kept[name]) for name, kind in _COUNTS.items())
            if len(lengths) == len(read.profiles):
                scales = Scales.of(read.profiles, dict(zip(words, holders, strict=True)))
                return Index(read.profiles, scales, lengths)
        except ValueError:
            pass
    index = Index(read.profiles)
    if shelf:
        keep_counts(shelf, read.state, index.scales, index.lengths)
    return index


def keep_counts(shelf: Shelf, state: str, scales: Scales, lengths: array[float]) -> None:
    """Keep what was counted for a state of the catalog, for the next text that somebody asks about."""
    known = scales.words.holders
    counted: tuple[array[Any], ...] = (array("q", known), array("q", known.values()), lengths)
    shelf.keep({name: some.tobytes() for name, some in zip(_COUNTS, counted, strict=True)}, state)
