"""The catalog as data, in the shapes of `incidents.schema.json` and `actions.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from postmortem_kb.contract import schema_for
from postmortem_kb.export.related import ADDRESS as RELATED
from postmortem_kb.export.related import VERSION as RELATED_VERSION
from postmortem_kb.export.related import related_entries
from postmortem_kb.insight.actions import Owed
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.parts import parts, parts_of_actions, separated
from postmortem_kb.paths import path_text
from postmortem_kb.published import published
from postmortem_kb.render import urls

VERSION = 1


def actions(entries: Iterable[Owed], as_of: date) -> dict[str, Any]:
    """Action items with the incidents that they come from."""
    return {"version": VERSION, "as_of": as_of.isoformat(), "actions": [action(entry) for entry in entries]}


def action(entry: Owed) -> dict[str, Any]:
    """One action item: the keys of the file, and what follows from where it stands."""
    postmortem = entry.postmortem
    # By its place: two items may bear one id, until somebody follows the finding about it.
    written: dict[str, Any] = postmortem.document.frontmatter.data["action_items"][
        postmortem.actions.index(entry.action)
    ]
    return {
        "incident": postmortem.id,
        "title": postmortem.title,
        "severity": postmortem.severity,
        "services": list(postmortem.services),
        **_bare(written),
        "overdue": entry.overdue,
    }


def incidents(knowledge: Knowledge) -> dict[str, Any]:
    """Every postmortem as it is written, with its address and its times."""
    return {"version": VERSION, "incidents": [_incident(p, knowledge.policy.site_url) for p in knowledge.postmortems]}


def files(knowledge: Knowledge) -> dict[str, Callable[[], Iterator[str]]]:
    """What the site publishes beside its pages: by address, how it is made, piece by piece."""
    return {
        "api/incidents.json": partial(_incidents, knowledge),
        "api/actions.json": partial(_actions, knowledge),
        RELATED: partial(_related, knowledge),
        "api/schema.json": partial(_schema, knowledge),
    }


def _schema(knowledge: Knowledge) -> Iterator[str]:
    yield json.dumps(schema_for(knowledge.policy), indent=1, ensure_ascii=False) + "\n"


def _incidents(knowledge: Knowledge) -> Iterator[str]:
    found = parts(knowledge, "incidents", lambda p: [_line(_incident(p, knowledge.policy.site_url))])
    return _lines({"version": VERSION}, "incidents", (line for (line,) in found.values()))


def _actions(knowledge: Knowledge) -> Iterator[str]:
    lines = parts_of_actions(knowledge, "actions", lambda entry: _line(action(entry)))
    return _lines({"version": VERSION, "as_of": knowledge.today.isoformat()}, "actions", lines)


def _related(knowledge: Knowledge) -> Iterator[str]:
    return _lines({"version": RELATED_VERSION}, "related", map(_line, related_entries(knowledge.similar)))


def _line(entry: object) -> str:
    return json.dumps(entry, ensure_ascii=False)


def _lines(head: dict[str, Any], key: str, lines: Iterable[str]) -> Iterator[str]:
    """JSON with an entry a line, so that two versions of it can be compared."""
    yield f'{json.dumps(head)[:-1]}, "{key}": [\n'
    yield from separated(lines)
    yield "\n]}\n"


@cache
def _keys() -> frozenset[str]:
    schema = json.loads(published("incidents.schema.json"))
    return frozenset(schema["properties"]["incidents"]["items"]["properties"])


def _incident(postmortem: Postmortem, site: str) -> dict[str, Any]:
    data = postmortem.document.frontmatter.data
    found: dict[str, Any] = {key: _bare(value) for key, value in data.items() if key in _keys()}
    found["path"] = path_text(postmortem.path)
    if site:
        found["url"] = f"{site.rstrip('/')}/{urls.incident(postmortem.id)}"
    times = postmortem.times
    minutes = {"ttd": times.ttd, "tta": times.tta, "ttm": times.ttm, "ttr": times.ttr, "downtime": times.downtime}
    found["times"] = {f"{name}_minutes": _minutes(span) for name, span in minutes.items() if span is not None}
    if postmortem.time_to_publish is not None:
        found["times"]["publish_days"] = postmortem.time_to_publish.days
    return found


def _bare(value: Any) -> Any:
    """A value without the keys that a team added for itself."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if not key.startswith("x-")}
    return value


def _minutes(span: timedelta) -> float:
    return round(span.total_seconds() / 60, 2)
