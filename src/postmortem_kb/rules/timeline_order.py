"""A row of the timeline is earlier than the row above it.

## What it does

Reports each row whose time is before that of the nearest readable row above.

## Why it matters

A timeline is read as a story. The usual cause is a bare time behind midnight, which is read on the day of the row
above, or one row in local time among rows in UTC.

## Example

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 23:50 | Failover began |
| 00:10 | Failover ended |
```

## Use instead

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 23:50 | Failover began |
| 2026-03-05 00:10 | Failover ended |
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "timeline-order"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each row that goes back in time."""
    timeline = context.timeline(document)
    if timeline is None:
        return
    above: datetime | None = None
    for row in timeline.rows:
        if row.moment is None:
            continue
        if above and row.moment < above:
            message = f"`{row.time.text}` is before the row above"
            yield Finding(row.time.span, message, _help(timeline.next_day(row), above), "Timeline")
        above = row.moment


def _help(tomorrow: tuple[datetime, str] | None, above: datetime) -> str:
    if tomorrow and timedelta(0) <= tomorrow[0] - above <= timedelta(hours=12):
        return f"If it is the next day, write `{tomorrow[1]}`."
    return f"The row above is {above:%Y-%m-%d %H:%M} UTC: mend the time, or move the row."
