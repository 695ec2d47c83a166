"""The key moments of an incident as a picture to scale: where dots, spans and labels stand, in per cent of its width."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortem_kb.model import Times
from postmortem_kb.words import MOMENTS

# Seven labels stand side by side, so they fit however close together their moments are.
_LABEL = 13.0
_INSIDE = 30.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A key moment: its dot, and its label with a line between them."""

    name: str
    moment: datetime
    since: timedelta
    at: str
    label: str
    anchor: str
    """How the label stands to its place: `start`, `middle`, `end`."""


@dataclass(frozen=True, slots=True)
class Span:
    """A duration from the start on."""

    name: str
    length: timedelta
    share: str
    inside: bool
    """Whether its text has room on it; else it stands behind."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the bar: nobody knew, it went on, it was mending."""

    name: str
    at: str
    share: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The picture."""

    marks: tuple[Mark, ...]
    phases: tuple[Phase, ...]
    spans: tuple[Span, ...]


def scale(times: Times) -> Scale | None:
    """The picture of the moments that are known; None where there is no length of time to show."""
    known = [
        (name, moment, moment - times.started) for name in MOMENTS if times.started and (moment := getattr(times, name))
    ]
    known.sort(key=lambda entry: entry[2])
    whole = max((since for _, _, since in known), default=timedelta(0))
    if len(known) < 2 or known[0][0] != "started" or not whole:
        return None
    places = [100 * (since / whole) for _, _, since in known]
    marks = tuple(
        Mark(name, moment, since, _percent(at), _percent(_edge(label)), _anchor(label))
        for (name, moment, since), at, label in zip(known, places, _spread(places), strict=True)
    )
    lengths = [(name.upper(), getattr(times, name)) for name in ("ttd", "ttm", "ttr")]
    spans = tuple(
        Span(name, length, _percent(share), share >= _INSIDE)
        for name, length, share in (
            (name, length, 100 * (length / whole)) for name, length in lengths if length is not None
        )
    )
    return Scale(marks, tuple(_phases(times, whole)), spans)


def _phases(times: Times, whole: timedelta) -> list[Phase]:
    """The bar, parted at the detection and the mitigation."""
    edges = [("unnoticed", times.ttd), ("ongoing", times.ttr if times.ttm is None else times.ttm), ("mending", whole)]
    found, at = [], 0.0
    for name, until in edges:
        end = 100 * (until / whole) if until is not None else at
        if end > at:
            found.append(Phase(name, _percent(at), _percent(end - at)))
            at = end
    return found


def _spread(places: list[float]) -> list[float]:
    """The middles of the labels: as near to their dots as they can be without standing on each other."""
    middles: list[float] = []
    for place in places:
        middles.append(max(place, _LABEL / 2, middles[-1] + _LABEL if middles else 0))
    limit = 100 - _LABEL / 2
    for i in reversed(range(len(middles))):
        middles[i] = min(middles[i], limit)
        limit = middles[i] - _LABEL
    return middles


def _percent(share: float) -> str:
    return f"{share:.2f}%"


def _edge(middle: float) -> float:
    return {"start": 0.0, "end": 100.0}.get(_anchor(middle), middle)


def _anchor(middle: float) -> str:
    return "start" if middle <= _LABEL / 2 else "end" if middle >= 100 - _LABEL / 2 else "middle"
