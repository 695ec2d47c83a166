"""The figures as data, in the shape of `stats.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from postmortem_kb.export.data import VERSION
from postmortem_kb.insight.figures import Figures
from postmortem_kb.insight.share import Share
from postmortem_kb.insight.times import DURATIONS, Distribution

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def stats(
    whole: Figures, parts: Mapping[str, Sequence[Figures]], as_of: date, since: date | None, until: date | None
) -> dict[str, Any]:
    """The figures of all incidents of a span, and of their parts by each way to split them."""
    return {
        "version": VERSION,
        "as_of": as_of.isoformat(),
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "all": _figures(whole),
        "by": {way: [{"name": part.name, **_figures(part)} for part in found] for way, found in parts.items()},
    }


def _figures(figures: Figures) -> dict[str, Any]:
    work = figures.work
    return {
        "incidents": len(figures.postmortems),
        "times": {
            f"{name}_days" if duration.days else f"{name}_minutes": _distribution(
                figures.time(name), _DAY if duration.days else _MINUTE
            )
            for name, duration in DURATIONS.items()
        },
        "actions": {
            "done": work.completion.part,
            "counted": work.completion.whole,
            "completion_rate": _rate(work.completion),
            "cancelled": work.cancelled,
            "open": work.open,
            "overdue": work.overdue,
            "open_age_days": _distribution(work.open_age, _DAY),
            "time_to_done_days": _distribution(work.time_to_done, _DAY),
            "lateness_days": _distribution(work.lateness, _DAY),
        },
        "recurrence": {
            "recurring": figures.recurrence.part,
            "incidents": figures.recurrence.whole,
            "rate": _rate(figures.recurrence),
        },
    }


def _distribution(found: Distribution, unit: timedelta) -> dict[str, Any]:
    if found.median is None or found.p90 is None or found.mean is None:
        return {"count": len(found.points), "points": [round(point / unit, 2) for point in found.points]}
    numbers = {"median": found.median, "p90": found.p90, "mean": found.mean}
    return {"count": len(found.points), **{name: round(length / unit, 2) for name, length in numbers.items()}}


def _rate(share: Share) -> float | None:
    return None if share.rate is None else round(share.rate, 4)
