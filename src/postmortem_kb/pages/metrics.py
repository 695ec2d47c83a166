"""The figures of the catalog, with pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from postmortem_kb.audience import INTERNAL
from postmortem_kb.insight.actions import action_index
from postmortem_kb.insight.figures import Figures, figures, last_year, quarter, split, within
from postmortem_kb.insight.times import DURATIONS
from postmortem_kb.insight.unfixed import by_quarter
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.charts import DAYS, TIMES, Column, Scale, columns, histogram, scale
from postmortem_kb.pages.page import Content, Heading, Page, key_of, render
from postmortem_kb.render import urls, words

PATH = "metrics/"
_COMPARED = ("ttd", "ttm", "ttr")
"""The durations that a table has room for."""
_FIRST = ("trend", "by-quarter")
"""The tables that stand above the times of all incidents."""
_MOST = 10
"""Rows with pictures; the rest stands below, folded."""
_REST = 150
"""Rows without pictures; beyond them, `postmortem stats` lists all."""
_QUARTERS = 16
"""Columns that a phone has room for."""


def _nowhere(name: str) -> str:
    return ""


_WAYS: tuple[tuple[str, str, str, Callable[[str], str], Callable[[str], str]], ...] = (
    ("quarter", "quarter", "quarters", _nowhere, str),
    ("severity", "severity", "severities", _nowhere, str),
    ("service", "service", "services", urls.service, str),
    ("category", "root cause", "root causes", urls.cause, words.label),
)
"""The ways to split, as readers know them: the noun, its plural, where a name leads to, how it is written."""


@dataclass(frozen=True, slots=True)
class Table:
    """The catalog split in one way."""

    id: str
    title: str
    noun: str
    plural: str
    rows: Sequence[Figures]
    labels: Sequence[str]
    """What the rows are called."""
    addresses: Sequence[str]
    """Where the rows lead to; empty where there is no such page."""
    scale: Scale

    @property
    def further(self) -> list[str]:
        """The durations that the table has no room for and some row tells: they stand in one of their own."""
        return [name for name in DURATIONS if name not in _COMPARED and any(row.time(name).points for row in self.rows)]


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/metrics/`."""
    about = "How long incidents take, what becomes of their actions, what comes back"
    yield Page(PATH, "Metrics", PATH, key_of(knowledge.mark, _known(knowledge)), partial(_content, knowledge), about)


def _content(knowledge: Knowledge) -> Content:
    whole = figures(knowledge.postmortems, knowledge.actions, knowledge.today)
    times = {name: whole.time(name) for name in DURATIONS}
    tables = [table for table in _tables(knowledge) if table.rows]
    # First whether it gets better; what lies behind all those times, and who has most of them, comes after that.
    first = [table for table in tables if table.id in _FIRST]
    rest = [table for table in tables if table.id not in _FIRST]
    known = _known(knowledge)
    html = render(
        "metrics.html",
        PATH,
        knowledge=knowledge,
        whole=whole,
        durations=DURATIONS,
        compared=_COMPARED,
        times=times,
        drawn=[times[name] for name in _COMPARED if times[name].points],
        histograms={name: histogram(found, DAYS if DURATIONS[name].days else TIMES) for name, found in times.items()},
        quarters=_per_quarter(knowledge.postmortems, knowledge.today),
        first=first,
        others=rest,
        most=_MOST,
        rest=_REST,
        open_age=histogram(whole.work.open_age, DAYS),
        time_to_done=histogram(whole.work.time_to_done, DAYS),
        recurring=_recurring(tables),
        known=known,
        in_minutes=words.duration,
        in_days=words.days,
    )
    headings = [Heading(table.id, table.title) for table in first]
    headings += [Heading("times", "How long things take")] if any(found.points for found in times.values()) else []
    headings += [Heading(table.id, table.title) for table in rest]
    headings += [Heading("actions", "Action items")] if knowledge.actions else []
    headings += [Heading("known", "Known but unfixed")] if known else []
    headings += [Heading("recurrence", "What comes back")] if whole.recurrence.part else []
    return Content(html, tuple(headings))


def _tables(knowledge: Knowledge) -> Iterator[Table]:
    yield _years(knowledge)
    for way, noun, plural, address, label in _WAYS:
        rows = split(knowledge.postmortems, knowledge.actions, way, knowledge.today, knowledge.policy.words["severity"])
        names = [row.name for row in rows]
        yield Table(
            f"by-{way}",
            f"By {noun}",
            noun,
            plural,
            rows,
            [label(name) for name in names],
            [address(name) for name in names],
            _scale(rows),
        )


def _years(knowledge: Knowledge) -> Table:
    """The last twelve months, and the twelve before them; nothing where nothing is known of these."""
    today = knowledge.today
    rows = []
    for ago in (0, 1):
        inside = within(knowledge.postmortems, *last_year(today, ago))
        rows.append(figures(inside, action_index(inside, today), today))
    shown = rows if rows[1].postmortems else []
    labels = ["Last 12 months", "The 12 before"]
    return Table("trend", "Are we getting better?", "span", "spans", shown, labels, ["", ""], _scale(rows))


def _scale(rows: Sequence[Figures]) -> Scale:
    return scale(row.time(name) for row in rows[:_MOST] for name in _COMPARED)


def _per_quarter(postmortems: Sequence[Postmortem], today: date) -> list[Column]:
    """How many incidents the last quarters had, those without one among them; nothing where none had any."""
    counted: dict[str, int] = {}
    for postmortem in postmortems:
        if postmortem.times.started:
            name = quarter(postmortem.times.started.date())
            counted[name] = counted.get(name, 0) + 1
    if not counted:
        return []
    names: list[str] = []
    day = today
    while len(names) < _QUARTERS and (not names or names[-1] > min(counted)):
        names.append(quarter(day))
        day = date(day.year - (day.month < 4), (day.month - 4) % 12 + 1, 1)
    return columns((name, counted.get(name, 0)) for name in reversed(names)) if counted.keys() & set(names) else []


def _recurring(tables: Sequence[Table]) -> list[Column]:
    """The recurrence rate of each category that has one, the highest first."""
    found = [
        Column(label, row.recurrence.part, row.recurrence.rate or 0, of=row.recurrence.whole)
        for table in tables
        if table.id == "by-category"
        for label, row in zip(table.labels, table.rows, strict=True)
        if row.recurrence.part
    ]
    return sorted(found, key=lambda column: (-column.size, -column.of))


def _known(knowledge: Knowledge) -> list[Column]:
    """Of each of the last quarters that had one, the share of incidents that an open action would have met."""
    if knowledge.audience != INTERNAL:
        return []
    found = by_quarter(knowledge.postmortems, knowledge.unfixed)[-_QUARTERS:]
    return [Column(q.name, q.known, q.known / q.incidents, of=q.incidents) for q in found if q.known]
