"""The catalog as tables for spreadsheets: a row for each incident, a row for each action item."""

from __future__ import annotations

import re
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
# Programs may drop the blanks before a sign. The signs are also there in full width.
_FORMULA = re.compile(r"[\t\r\n]|[\s\x00-\x1f\x7f-\x9f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# A program that looks at a semicolon or a tab as well, as spreadsheets do, has to see that the cell goes on; so has one that takes more signs
# than two for the end of a line.
_ENDS_A_CELL = re.compile(r'[",;\x00-\x1f\x7f-\x9f\u2028\u2029]')


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
    """A table whose lines end in LF; keys that are no column are left out.

    Source: RFC 4180. Line breaks inside of a text stay as they are.
    """
    lines = (columns, *([_cell(row.get(key, "")) for key in columns] for row in rows))
    return "".join(f"{','.join(map(_quoted, line))}\n" for line in lines)


def _row(incident: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **incident,
        **incident.get("timestamps", {}),
        **incident["times"],
        "causes": [cause["category"] for cause in incident.get("root_causes", ())],
        "actions": len(incident.get("action_items", ())),
        "author": incident.get("roles", {}).get("author", ""),
    }


def _cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula; a list is one text.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else str(value)


def _quoted(cell: str) -> str:
    # Not by the writer of the standard library: in Python 3.11 it leaves a CR bare, and the rest of the text is a new row.
    if not _ENDS_A_CELL.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'
