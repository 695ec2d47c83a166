"""Times, durations and counts as people read them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

_SECOND, _MINUTE, _HOUR, _DAY = (timedelta(seconds=seconds) for seconds in (1, 60, 3_600, 86_400))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TICKET = re.compile(r"(?<=[/=])(?:[A-Z][A-Z0-9_]*-)?\d+(?![^/?&])")
"""A key or a bare number, as trackers have them in addresses."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def duration(span: timedelta) -> str:
    """A length of time, rounded to the smaller of its two units: `45 s`, `7 min`, `1 h 20 min`, `2 d 3 h`; it does not break."""
    seconds, minutes, hours = (_nearest(abs(span), unit) for unit in (_SECOND, _MINUTE, _HOUR))
    if 0 < seconds < 60:
        return _joined((seconds, "s"))
    if minutes >= 1440:
        return _joined((hours // 24, "d"), (hours % 24, "h"))
    return _joined((minutes // 60, "h"), (minutes % 60, "min")) or _joined((0, "min"), all=True)


def _nearest(span: timedelta, unit: timedelta) -> int:
    """Halves go up: to the even number, as `round` has it, 4.5 days would be 4 and 5.5 would be 6."""
    return (span + unit / 2) // unit


def _joined(*parts: tuple[int, str], all: bool = False) -> str:
    return "\N{NO-BREAK SPACE}".join(f"{number}\N{NO-BREAK SPACE}{unit}" for number, unit in parts if number or all)


def days(span: timedelta) -> str:
    """A length of time that counts whole days, rounded to one: `0 d`, `45 d`, `14 months`, `4.3 years`; it does not break."""
    number = _nearest(span, _DAY)
    if number < 100:
        return _joined((number, "d"), all=True)
    if number < 730:
        return _joined((round(number / 30.44), "months"))
    return f"{number / 365.25:.1f}\N{NO-BREAK SPACE}years"


def elapsed(span: timedelta) -> str:
    """A distance from the start: `+7 min`, `-15 min` with a minus sign, `0 min`."""
    if not span:
        return duration(span)
    return ("+" if span > timedelta(0) else "\N{MINUS SIGN}") + duration(span)


def day(value: date) -> str:
    """`3 Mar 2026`."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def local_time(value: datetime, zone: tzinfo) -> str:
    """`09:05` as another zone has it; `00:30, 4 Mar` where the day there is not that of the moment."""
    local = value.astimezone(zone)
    return f"{local:%H:%M}" + ("" if local.date() == value.date() else f", {local.day} {_MONTHS[local.month - 1]}")


def moment(value: datetime) -> str:
    """`3 Mar 2026, 09:05 UTC`."""
    return f"{day(value)}, {value:%H:%M} {value.tzname()}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 incident`, `2 incidents`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def ordinal(number: int) -> str:
    """`first`, `tenth`, `21st`, `112th`; from 1."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teen = number // 10 % 10 == 1
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def days_after(days: int) -> str:
    """`the day`, `the day after`, `3 days after`: for a sentence that goes on with what happened first."""
    return ("the day", "the day after")[days] if days < 2 else f"{count(days, 'day')} after"


def label(word: str) -> str:
    """A word of the contract as a label: `data-loss` is `Data loss`."""
    text = word.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:] if text != "sla breach" else "SLA breach"


def paragraphs(text: str) -> list[str]:
    """Plain text, parted where lines are empty."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def ticket(text: str) -> str:
    """What people call a ticket: the key in its address, or `#12` for a number; nothing where it holds neither.

    What is no address is a key as it is.
    """
    _, address, rest = text.partition("#")[0].partition("://")
    if not address:
        return text
    path, _, query = rest.partition("?")
    # What the path ends in says more than what follows it.
    key = next(iter([*_TICKET.findall(path)[::-1], *_TICKET.findall(f"={query}")]), "")
    return f"#{key}" if key.isdecimal() else key
