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
from itertools import pairwise

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import Row, Timeline, read_moment

NAME = "timeline-order"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each row that goes back in time."""
    timeline = context.timeline(document)
    if timeline is None:
        return
    started = read_moment(document.frontmatter.get("timestamps", "started"))
    rows = [row for row in timeline.rows if row.moment]
    for above, row in pairwise(rows):
        if above.moment and row.moment and row.moment < above.moment:
            message = f"`{row.time.text}` is before the row above"
            yield Finding(
                row.time.span, message, _help(timeline, above, row, started if above is rows[0] else None), "Timeline"
            )


def _help(timeline: Timeline, above: Row, row: Row, started: datetime | None) -> str:
    """What to write; `started` where the row above is the first one, whose bare time is taken for one of the day on which that was."""
    tomorrow, yesterday = timeline.moved(row, 1), timeline.moved(above, -1)
    if above.moment and tomorrow and timedelta(0) <= tomorrow[0] - above.moment <= timedelta(hours=12):
        told = f"If it is the next day, write `{tomorrow[1]}`"
        if yesterday and started and above.moment - started > timedelta(hours=12):
            return f"If the row above is of the day before, write `{yesterday[1]}` there. {told}."
        return f"{told}."
    return f"The row above is {above.moment:%Y-%m-%d %H:%M} UTC: mend the time, or move the row."
