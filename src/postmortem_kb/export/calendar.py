"""`/actions.ics`: the days on which action items are due and accepted risks run out, as a calendar.

Source: RFC 5545
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, takewhile
from typing import TYPE_CHECKING, TypeVar

from postmortem_kb.export.identity import changed, lasting_id, one_line, writable
from postmortem_kb.history import History
from postmortem_kb.insight.actions import Owed
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import AcceptedRisk, Action, Cause, Postmortem
from postmortem_kb.parts import parts, parts_of_actions
from postmortem_kb.policy import Policy
from postmortem_kb.render import urls

if TYPE_CHECKING:
    from icalendar import Timezone

ADDRESS = "actions.ics"
_FOLDED = 75
"""Octets from which on a line is folded."""
_Item = TypeVar("_Item", Action, Cause)


@dataclass(frozen=True, slots=True)
class Risk:
    """A cause that somebody accepted until a day."""

    postmortem: Postmortem
    cause: Cause
    accepted: AcceptedRisk
    until: date


def risks(postmortems: Iterable[Postmortem]) -> Iterator[Risk]:
    """The accepted risks with the day on which each has to be decided again."""
    for postmortem in postmortems:
        for cause in postmortem.causes:
            if cause.accepted_risk and cause.accepted_risk.until:
                yield Risk(postmortem, cause, cause.accepted_risk, cause.accepted_risk.until)


def calendar(actions: Iterable[Owed], accepted: Iterable[Risk], policy: Policy, history: History) -> str:
    """A calendar with a day for each open action that has a due date, and for each accepted risk.

    Its lines end as the format wants it, in CR and LF.
    """
    due = (due_event(entry, policy, history) for entry in actions)
    return "".join(_bound((*due, *(_decision(risk, policy, history) for risk in accepted)), policy))


def whole_calendar(knowledge: Knowledge) -> Iterator[str]:
    """That of everything that is owed and accepted, piece by piece."""
    policy, history = knowledge.policy, knowledge.history
    due = parts_of_actions(knowledge, "due dates", lambda entry: due_event(entry, policy, history))
    accepted = parts(knowledge, "accepted risks", lambda p: (_decision(risk, policy, history) for risk in risks([p])))
    return _bound(chain(due, *accepted.values()), policy)


def _bound(events: Iterable[str], policy: Policy) -> Iterator[str]:
    """Events in a calendar, piece by piece; empty ones are left out."""
    # Imported here: it takes as long as a small check, and most runs write no calendar.
    from icalendar import Calendar, vText

    whole = Calendar()
    whole.add("prodid", "-//postmortem-kb//postmortem-kb//EN")
    whole.add("version", "2.0")
    # Of a property that is none of the standard's, the library does not know that it is text.
    whole.add("x-wr-calname", vText(one_line(f"{policy.site_name}: due dates")))
    inside = filter(None, events)
    first = next(inside, "")
    if not first:
        whole.add_component(_universal_time())
    head, end, _ = whole.to_ical().decode().rpartition("END:VCALENDAR")
    yield f"{head}{first}"
    yield from inside
    yield f"{end}\r\n"


def due_event(entry: Owed, policy: Policy, history: History) -> str:
    """The day on which an action is due; empty where there is none."""
    day = entry.action.due
    return _due(entry, day, policy, history) if entry.action.open and day else ""


def _due(entry: Owed, day: date, policy: Policy, history: History) -> str:
    action, postmortem = entry.action, entry.postmortem
    told = [
        f"{action.id} of {_incident(postmortem)}",
        f"Owner: {action.owner}" if action.owner else "",
        f"{action.priority}, {action.type}, {action.status}",
        f"Done when: {action.success_criteria}" if action.success_criteria else "",
        f"Ticket: {action.ticket}" if action.ticket else "",
    ]
    names = (postmortem.id, "action", action.id, *_which(action, postmortem.actions))
    anchor = f"#action-{action.id.lower()}"
    return _event(f"Due: {action.action}", told, day, names, anchor, postmortem, policy, changed(postmortem, history))


def _decision(risk: Risk, policy: Policy, history: History) -> str:
    cause, postmortem = risk.cause, risk.postmortem
    told = [
        f"{cause.id} of {_incident(postmortem)}",
        f"Accepted by: {risk.accepted.by}" if risk.accepted.by else "",
        f"Reason: {risk.accepted.reason}",
    ]
    names = (postmortem.id, "risk", cause.id, *_which(cause, postmortem.causes))
    title = f"Accepted risk ends: {cause.statement}"
    return _event(
        title, told, risk.until, names, f"#{cause.id.lower()}", postmortem, policy, changed(postmortem, history)
    )


def _which(one: _Item, all_: Sequence[_Item]) -> tuple[str, ...]:
    """What tells things of one id apart, for calendars keep one event of an id: nothing for the first of them."""
    earlier = sum(other.id == one.id for other in takewhile(lambda other: other is not one, all_))
    return (str(earlier + 1),) if earlier else ()


def _event(
    title: str,
    told: Iterable[str],
    day: date,
    names: tuple[str, ...],
    anchor: str,
    postmortem: Postmortem,
    policy: Policy,
    stamp: datetime,
) -> str:
    from icalendar import vDate, vDatetime, vText
    from icalendar.parser import Contentline

    page = f"{policy.site_url.rstrip('/')}/{urls.incident(postmortem.id)}{anchor}" if policy.site_url else ""
    # Line by line, in the library's own order: its components ask of each value what it is, which takes most of the time.
    values: dict[str, bytes] = {
        "BEGIN": b"VEVENT",
        "SUMMARY": vText(one_line(title)).to_ical(),
        # A day without an end is that whole day.
        "DTSTART;VALUE=DATE": vDate(day).to_ical(),
        # The last change of the file: what says when this was written has to be the same in each build.
        "DTSTAMP": vDatetime(stamp.astimezone(UTC)).to_ical(),
        "UID": str(lasting_id(policy, *names)).encode(),
        "DESCRIPTION": vText(writable("\n".join(" ".join(line.split()) for line in told if line))).to_ical(),
        "TRANSP": b"TRANSPARENT",
        "URL": page.encode(),
        "END": b"VEVENT",
    }
    lines = [b"%s:%s" % (name.encode(), value) for name, value in values.items() if value]
    # The library folds long lines character by character, and leaves short ones as they are after as long a look.
    folded = [line if len(line) < _FOLDED else Contentline(line.decode()).to_ical() for line in lines]
    return b"".join(b"%s\r\n" % line for line in folded).decode()


def _incident(postmortem: Postmortem) -> str:
    return f"{postmortem.id} ({postmortem.severity}): {postmortem.title}"


def _universal_time() -> Timezone:
    """What stands in a calendar with no dates: it has to hold something."""
    from icalendar import Timezone, TimezoneStandard

    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", "UTC")
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - the format wants a local time
    for name in ("tzoffsetfrom", "tzoffsetto"):
        standard.add(name, timedelta())
    zone.add_component(standard)
    return zone
