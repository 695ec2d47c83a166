"""A row of the timeline lies far outside the incident.

## What it does

Reports a row that is long before `timestamps.started` or long after the last key timestamp, seven days and thirty days unless
the policy says otherwise, and one on a day that is still to come in UTC.

## Why it matters

A wrong year or month passes every other check, and the elapsed times beside the row become nonsense. What led to an incident
years before belongs into the text, and what is planned into `action_items`.

## Example

```yaml
timestamps:
  started: 2026-01-04T09:00:00Z
  resolved: 2026-01-04T10:00:00Z
```

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 2025-01-04 09:05 | Alert |
```

## Use instead

```yaml
timestamps:
  started: 2026-01-04T09:00:00Z
  resolved: 2026-01-04T10:00:00Z
```

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 2026-01-04 09:05 | Alert |
```

## Options

`[rules.timeline-range] before_hours` and `after_hours`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import SECTION, read_moment
from postmortem_kb.words import MOMENTS

NAME = "timeline-range"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each row that is too early or too late."""
    found = {name: read_moment(document.frontmatter.get("timestamps", name)) for name in MOMENTS}
    moments = {name: moment for name, moment in found.items() if moment}
    timeline = context.timeline(document)
    if "started" not in moments or timeline is None:
        return
    last = max(moments, key=lambda name: moments[name])
    try:
        first_day = moments["started"] - timedelta(hours=context.option(NAME, "before_hours"))
        last_day = moments[last] + timedelta(hours=context.option(NAME, "after_hours"))
    except OverflowError:
        return
    # Where the key timestamps are still to come, so are the times that count from them, and that is told of there.
    over, told = moments[last].date() <= context.today, False
    for row in timeline.rows:
        if over and row.moment and row.moment.date() > context.today:
            # Bare times below it take its day.
            if not told:
                help = "Mend the date, or tell in `action_items` what is planned."
                yield Finding(row.time.span, f"`{row.time.text}` lies in the future", help, SECTION)
            told = True
        elif row.moment and not first_day <= row.moment <= last_day:
            early = row.moment < first_day
            distance = moments["started"] - row.moment if early else row.moment - moments[last]
            where = "before `started`" if early else f"after `{last}`"
            message = f"`{row.time.text}` is {distance.days} days {where}"
            yield Finding(row.time.span, message, "Mend the date, or tell it in the text.", SECTION)
