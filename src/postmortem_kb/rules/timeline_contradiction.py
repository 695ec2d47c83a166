"""The timeline and the key timestamps tell different times.

## What it does

Reports a row whose event begins with the name of a key timestamp and a colon, such as `Detected:` or `**Resolved:**`, at another
minute than `timestamps` gives.

## Why it matters

All figures come from the timestamps, all readers believe the timeline. If the two differ, one of them is wrong, often by the
offset of a time zone.

## Example

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:05:00Z
```

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 10:05 | Detected: the alert on failed orders |
```

## Use instead

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:05:00Z
```

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 09:05 | Detected: the alert on failed orders |
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import SECTION, read_moment
from postmortem_kb.words import MOMENTS

NAME = "timeline-contradiction"
SEVERITY = Severity.WARNING
SCOPE = Scope.DOCUMENT
_MARK = re.compile(rf"({'|'.join(MOMENTS)})(?::|$)", re.IGNORECASE)


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each row that is named for a timestamp and stands at another time."""
    timeline = context.timeline(document)
    for row in timeline.rows if timeline else ():
        mark = _MARK.match(row.event.text) if row.event and row.moment else None
        if mark is None or row.moment is None:
            continue
        name = mark[1].lower()
        moment = read_moment(document.frontmatter.get("timestamps", name))
        if moment and moment.replace(second=0, microsecond=0) != row.moment.replace(second=0, microsecond=0):
            yield Finding(
                row.time.span,
                f"This row says `{mark[1]}` at {row.moment:%Y-%m-%d %H:%M} UTC, `timestamps.{name}` at {moment:%Y-%m-%d %H:%M} UTC",
                "Mend the one that is wrong; bare times are read in `timezone`, UTC where none is given.",
                SECTION,
            )
