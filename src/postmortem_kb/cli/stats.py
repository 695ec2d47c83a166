"""`postmortem stats`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import click

from postmortem_kb.cli import Day
from postmortem_kb.clock import today
from postmortem_kb.errors import UsageError
from postmortem_kb.export.stats import stats
from postmortem_kb.insight.actions import action_index
from postmortem_kb.insight.figures import WAYS, Figures, figures, split, within
from postmortem_kb.insight.share import Share
from postmortem_kb.insight.times import DURATIONS, Distribution
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.paths import path_text
from postmortem_kb.policy import read_policy
from postmortem_kb.render.words import count, days, duration
from postmortem_kb.root import knowledge_base
from postmortem_kb.words import strangers

_DAY = Day()
_SHORT = {"ttd": "TTD", "ttm": "TTM", "ttr": "TTR"}
"""The durations that a table of parts has room for."""


@click.command("stats")
@click.option("--since", type=_DAY, metavar="DATE", help="Only incidents that started on this day (UTC) or later.")
@click.option("--until", type=_DAY, metavar="DATE", help="Only incidents that started on this day (UTC) or earlier.")
@click.option(
    "--by",
    multiple=True,
    metavar="WAY,...",
    help=f"Split them, by one or several of {', '.join(WAYS)}; several times too.",
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(
    root: Path | None, since: datetime | None, until: datetime | None, by: tuple[str, ...], format_: str
) -> int:
    """Print the figures: how long incidents take, what becomes of their actions, what comes back."""
    first, last = since.date() if since else None, until.date() if until else None
    if first and last and last < first:
        raise UsageError(f"No day lies between --since {first} and --until {last}.")
    ways = _ways(by)
    folder = knowledge_base(root)
    policy, day = read_policy(folder), today()
    knowledge = read_knowledge(folder, policy, day)
    for path, reason in knowledge.left_out.items():
        click.echo(path_text(f"{path} is left out: {reason}"), err=True)
    found = within(knowledge.postmortems, first, last)
    actions = action_index(found, day)
    whole = figures(found, actions, day)
    parts = {way: split(found, actions, way, day, policy.words["severity"]) for way in ways}
    if format_ == "json":
        click.echo(json.dumps(stats(whole, parts, day, first, last), indent=2, ensure_ascii=False))
    else:
        for line in _text(whole, parts):
            # What does not break on a page is found by nobody who searches with a plain space.
            click.echo(line.replace("\N{NO-BREAK SPACE}", " "))
    return 0


def _ways(by: Iterable[str]) -> list[str]:
    """The ways that were named, each once.

    Raises:
        UsageError: A word is none.
    """
    named = list(dict.fromkeys(word.strip() for words in by for word in words.split(",")))
    if problems := strangers("--by", named, list(WAYS)):
        raise UsageError(problems)
    return named


def _text(whole: Figures, parts: Mapping[str, Sequence[Figures]]) -> Iterator[str]:
    yield f"{count(len(whole.postmortems), 'incident')}, {_work(whole)}; {_recurrence(whole.recurrence)}."
    if not whole.postmortems:
        return
    rows = [
        (found.title.lower(), *_columns(whole.time(name), days if found.days else duration))
        for name, found in DURATIONS.items()
    ]
    rows += [
        ("age of open actions", *_columns(whole.work.open_age, days)),
        ("time to done", *_columns(whole.work.time_to_done, days)),
        ("lateness of overdue actions", *_columns(whole.work.lateness, days)),
    ]
    yield ""
    yield from _table([("", "median", "90th perc.", "mean", "of"), *rows])
    for way, found in parts.items():
        rows = [
            (
                part.name,
                f"{len(part.postmortems):,}",
                *(_short(part.time(name)) for name in _SHORT),
                _of(part.work.completion),
                f"{part.work.overdue:,}",
                _of(part.recurrence),
            )
            for part in found
        ]
        yield ""
        yield from _table([(way, "incidents", *_SHORT.values(), "actions done", "overdue", "recurrences"), *rows])
    if parts:
        yield ""
        yield "Times: median / 90th percentile (incidents), or the times themselves where there are fewer than five."


def _columns(found: Distribution, word: Callable[[timedelta], str]) -> tuple[str, ...]:
    if found.median is None or found.p90 is None or found.mean is None:
        return (", ".join(map(word, found.points)) or "-", "", "", f"{len(found.points):,}")
    return (word(found.median), word(found.p90), word(found.mean), f"{len(found.points):,}")


def _short(found: Distribution) -> str:
    if found.median is None or found.p90 is None:
        return ", ".join(map(duration, found.points)) or "-"
    return f"{duration(found.median)} / {duration(found.p90)} ({len(found.points):,})"


def _work(whole: Figures) -> str:
    done, cancelled = whole.work.completion, whole.work.cancelled
    if not done.whole:
        return f"{count(cancelled, 'action')} cancelled" if cancelled else "no actions"
    return f"{done.part:,} of {count(done.whole, 'action')} done ({done.percent} %), {whole.work.overdue:,} overdue"


def _recurrence(share: Share) -> str:
    return f"{count(share.part, 'recurrence')}" + (f" ({share.percent} %)" if share.whole else "")


def _of(share: Share) -> str:
    return f"{share.part:,} of {share.whole:,}" if share.whole else "-"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their longest cell; the last one that is filled has no spaces behind it."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
