"""The catalog as tables for spreadsheets: a row for each incident, a row for each action item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postmortem_kb.export import data
from postmortem_kb.insight.actions import Owed
from postmortem_kb.knowledge import Knowledge

ACTIONS = ("incident", "id", "action", "type", "owner", "priority", "status", "due", "overdue", "ticket", "completed")
_ACTIONS = (*ACTIONS, "addresses", "success_criteria", "evidence", "reason", "title", "severity", "services")
_INCIDENTS = (
    "id", "title", "status", "severity", "kind", "visibility", "started", "detected", "acknowledged", "identified",
    "mitigated", "resolved", "verified", "published", "ttd_minutes", "tta_minutes", "ttm_minutes", "ttr_minutes",
    "downtime_minutes", "publish_days", "services", "data_assets", "tags", "incidents", "causes", "actions",
    "open_actions", "author", "summary", "path", "url",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def files(knowledge: Knowledge) -> dict[str, str]:
    """`incidents.csv` and `actions.csv`."""
    written = data.incidents(knowledge)["incidents"]
    rows = [
        {**_row(incident), "open_actions": sum(action.open for action in postmortem.actions)}
        for incident, postmortem in zip(written, knowledge.postmortems, strict=True)
    ]
    return {"incidents.csv": table(_INCIDENTS, rows), "actions.csv": actions(knowledge.actions, _ACTIONS)}


def actions(entries: Iterable[Owed], columns: Sequence[str] = ACTIONS) -> str:
    """A row for each action item."""
    return table(columns, (data.action(entry) for entry in entries))


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A table whose lines end in LF; keys that are no column are left out."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(row.get(key, "")) for key in columns} for row in rows)
    return text.getvalue()


def _row(incident: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **incident,
        **incident.get("timestamps", {}),
        **incident["times"],
        "causes": [cause["category"] for cause in incident.get("root_causes", ())],
        "actions": len(incident.get("action_items", ())),
        "author": incident.get("roles", {}).get("author", ""),
    }


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula; a list is one text.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
