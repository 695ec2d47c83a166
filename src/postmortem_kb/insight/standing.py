"""How each postmortem of a catalog stood to the others, with all that it hangs on: kept, so that little is done again."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postmortem_kb.insight.champions import Heaviest
from postmortem_kb.insight.matches import Match, read, written
from postmortem_kb.insight.rarity import Scales
from postmortem_kb.insight.shelf import Row, Shelf, numbers
from postmortem_kb.insight.similarity import Near
from postmortem_kb.insight.weighed import Weighed

_WORDS, _HOLDERS, _OTHERS = "standing words", "standing holders", "standing others"


@dataclass(frozen=True, slots=True, eq=False)
class Stood:
    """How one postmortem stood."""

    mark: str
    """The digest of its file's content."""
    related: tuple[tuple[str, str], ...]
    """What it says of others: id and relation."""
    weighed: Weighed
    near: Near
    matches: Sequence[Match]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How all stood."""

    scales: Scales
    each: Mapping[str, Stood]
    """By id, sorted."""

    @classmethod
    def nothing(cls) -> Standing:
        """Before the first run."""
        return cls(Scales.of(()), {})


def kept_matches(shelf: Shelf, state: str) -> dict[str, list[Match]] | None:
    """The matches of each id for a state of the catalog; None where they are not kept."""
    lines = shelf.matches(state)
    try:
        return dict(zip(lines, read(lines.values()), strict=True)) if lines else None
    except (ValueError, TypeError):
        return None


def kept(shelf: Shelf) -> tuple[str, Standing] | None:
    """For which state of the catalog all was last compared, and how it stood; None where that cannot be read."""
    found = shelf.standing()
    if found is None:
        return None
    state, parts, rows = found
    try:
        words = dict(zip(numbers("q", parts[_WORDS]), numbers("q", parts[_HOLDERS]), strict=True))
        scales = Scales(len(rows), words, *json.loads(parts[_OTHERS]))
        matches = read(line for *_, line in rows)
        each = {id: _stood(some, *rest) for (id, *rest, _), some in zip(rows, matches, strict=True)}
        return state, Standing(scales, each)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def keep(shelf: Shelf, state: str, standing: Standing, before: tuple[str, Standing] | None) -> None:
    """Keep how all stand for a state of the catalog, in place of what was kept before."""
    old: Mapping[str, Stood] = before[1].each if before else {}
    scales = standing.scales
    parts = {
        _WORDS: array("q", scales.words.holders).tobytes(),
        _HOLDERS: array("q", scales.words.holders.values()).tobytes(),
        _OTHERS: json.dumps([scales.mechanisms.holders, scales.facts.holders]).encode(),
    }
    rows = [_row(id, stood) for id, stood in standing.each.items() if stood is not old.get(id)]
    shelf.stand(state, parts, rows, old.keys() - standing.each.keys(), before[0] if before else None)


def _row(id: str, stood: Stood) -> Row:
    weighed, near = stood.weighed, stood.near
    return (
        id,
        stood.mark,
        json.dumps(stood.related),
        weighed.length,
        weighed.heaviest.words.tobytes(),
        weighed.heaviest.weights.tobytes(),
        weighed.wholes,
        weighed.parts.tobytes(),
        json.dumps(near.ids),
        near.least,
        near.floor,
        written(stood.matches),
    )


def _stood(
    matches: Sequence[Match],
    mark: str,
    related: str,
    length: float,
    words: bytes,
    weights: bytes,
    wholes: str,
    parts: bytes,
    near: str,
    least: float,
    floor: float,
) -> Stood:
    heaviest = Heaviest(numbers("q", words), numbers("f", weights))
    if len(heaviest.words) != len(heaviest.weights) or not isinstance(wholes, str):
        raise ValueError("not what was written")
    weighed = Weighed(float(length), heaviest, wholes, numbers("q", parts))
    links = tuple((str(other), str(relation)) for other, relation in json.loads(related))
    return Stood(mark, links, weighed, Near(tuple(json.loads(near)), float(least), float(floor)), matches)
