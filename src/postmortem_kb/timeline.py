"""The rows of a `Timeline` section as moments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

from postmortem_kb.diagnostic import Span
from postmortem_kb.source.body import Body, Cell, Section, Table

SECTION = "Timeline"
COLUMNS = ("time", "event")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY_AND_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)")
_SHORT_CLOCK = re.compile(r"[0-9]:[0-5][0-9]")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row: when, and what happened."""

    moment: datetime | None
    """In UTC; None where the time cannot be read."""
    time: Cell
    event: Cell | None
    more: tuple[Cell, ...] = ()
    fault: str = ""
    """Why the time cannot be read."""
    help: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The table below the heading; without one, `fault` says what is missing."""

    section: Section
    table: Table | None
    rows: tuple[Row, ...] = ()
    fault: str = ""
    span: Span | None = None
    """Where the fault stands."""
    zone: tzinfo = UTC
    """In which bare times are written."""

    def moved(self, row: Row, days: int) -> tuple[datetime, str] | None:
        """When a bare time would be so many days later, and how that is written; None where a row holds no bare time."""
        if row.moment is None or not _CLOCK.fullmatch(row.time.text):
            return None
        try:
            day = row.moment.astimezone(self.zone).date() + timedelta(days=days)
            local = datetime.fromisoformat(f"{day} {row.time.text}").replace(tzinfo=self.zone)
            written = f"{day} {row.time.text}" if _plain(local) else local.isoformat(timespec="minutes")
            return local.astimezone(UTC), written
        except OverflowError:
            return None


def read_timeline(body: Body, started: datetime | None, zone_name: str) -> Timeline | None:
    """The timeline of a body, or None where there is no such section.

    Args:
        body: The parsed body.
        started: When the incident began: the day of the first row's bare time.
        zone_name: The IANA name of the zone in which bare times are written; UTC where it is unknown.
    """
    section = body.section(SECTION)
    if section is None:
        return None
    tables = list(body.tables(section))
    if not tables:
        return Timeline(section, None, fault="The Timeline has no table", span=section.span)
    table = tables[0]
    if tuple(table.titles[:2]) != COLUMNS:
        head = table.header[0].span
        return Timeline(section, None, fault="The table's first two columns are not `Time` and `Event`", span=head)
    zone = _zone(zone_name)
    reader = _Reader(started, zone)
    return Timeline(section, table, tuple(reader.row(cells) for cells in table.rows), zone=zone)


def read_moment(value: object) -> datetime | None:
    """A moment in RFC 3339 as UTC; None where it is none or has no offset."""
    if not isinstance(value, str) or not value[:1].isdigit():
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def read_day(value: object) -> date | None:
    """A day, year first; None where it is none."""
    if not isinstance(value, str) or not value[:1].isdigit():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def day_in(moment: datetime, zone_name: str) -> date | None:
    """The day that it is at a moment in a zone, in UTC where the zone is unknown; None at the ends of the calendar."""
    return _day(moment, _zone(zone_name))


def first_day(moment: datetime, written: str, zone_name: str) -> date:
    """The first of the days that it was at a moment: by the clock as it is written, in a zone, or in UTC.

    Of a day without a zone nobody knows by which of them it is; one before this is too early by all.
    """
    return min(filter(None, (read_day(written[:10]), day_in(moment, zone_name), moment.date())))


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones."""
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


def zone_beside_utc(name: str) -> tzinfo | None:
    """The zone in which times are shown besides UTC; None where that is UTC, too, or there is no such zone."""
    zone = _zone(name)
    return None if zone is UTC else zone


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    # Imported here: it looks for the time zones of the machine, and most timelines are in UTC.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _day(moment: datetime | None, zone: tzinfo) -> date | None:
    try:
        return moment.astimezone(zone).date() if moment else None
    except OverflowError:
        return None


def _plain(local: datetime) -> bool:
    """Whether a time exists once on its day, which a change of the clocks may prevent."""
    return local.utcoffset() == local.replace(fold=1).utcoffset()


class _Reader:
    """Reads rows in order, for a bare time belongs to the day of the row above."""

    def __init__(self, started: datetime | None, zone: tzinfo) -> None:
        self.zone = zone
        self.day = _day(started, zone)

    def row(self, cells: tuple[Cell, ...]) -> Row:
        when, event = cells[0], cells[1] if len(cells) > 1 else None
        moment, fault, help = self.moment(when.text)
        if moment is not None:
            self.day = _day(moment, self.zone)
        return Row(moment, when, event, cells[2:], fault, help)

    def moment(self, text: str) -> tuple[datetime | None, str, str]:
        if _CLOCK.fullmatch(text):
            if self.day is None:
                return None, "", ""
            return self.moment(f"{self.day} {text}")
        if both := _DAY_AND_CLOCK.fullmatch(text):
            try:
                return self.local(datetime.fromisoformat(f"{both[1]} {both[2]}"))
            except (ValueError, OverflowError):
                return None, f"`{text}` is no day and time that exists", "Write `YYYY-MM-DD HH:MM`."
        if moment := read_moment(text):
            return moment, "", ""
        if _SHORT_CLOCK.fullmatch(text):
            return None, f"`{text}` is not in the form `HH:MM`", f"Write `0{text}`."
        shown = f"`{text[:40]}`" if text else "An empty cell"
        help = "Write `HH:MM`, `YYYY-MM-DD HH:MM`, or RFC 3339 such as `2026-01-31T09:05Z`; tell an end in the event."
        return None, f"{shown} is no time", help

    def local(self, naive: datetime) -> tuple[datetime | None, str, str]:
        earlier = naive.replace(tzinfo=self.zone)
        if _plain(earlier):
            return earlier.astimezone(UTC), "", ""
        exists = earlier.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) == naive
        kind = "comes twice" if exists else "does not exist"
        return (
            None,
            f"{naive:%Y-%m-%d %H:%M} {kind} in {self.zone}: the clocks change",
            f"Write the offset: `{earlier.isoformat(timespec='minutes')}`.",
        )
