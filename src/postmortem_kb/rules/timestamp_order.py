"""The key timestamps contradict each other or the calendar.

## What it does

Reports a timestamp that is before one that has to come earlier, and one on a day that is still to come in UTC. The order is
`started`, `detected`, `acknowledged`, `identified`, `mitigated`, `resolved`, `verified`; those that are left out are passed over. Nothing
has to wait for `identified`: whoever rolls back first may find the cause days later.

## Why it matters

Times to detect, mitigate and resolve are differences of these. A wrong day or a lost offset gives a negative or an
absurd figure, which then stands in every statistic. With 2062 for 2026, one incident leads every list for decades.

## Example

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T08:55:00Z
```

## Use instead

```yaml
timestamps:
  started: 2026-03-04T08:50:00Z
  detected: 2026-03-04T08:55:00Z
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_moment
from postmortem_kb.words import MOMENTS

NAME = "timestamp-order"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_ANY_TIME = "identified"
"""The harm may be stopped, and all be over, before the cause is known."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each timestamp that is still to come, or before an earlier one."""
    latest: tuple[datetime, str] | None = None
    for name in MOMENTS:
        moment = read_moment(document.frontmatter.get("timestamps", name))
        if moment is None:
            continue
        span = document.frontmatter.at("timestamps", name)
        if moment.date() > context.today:
            help = "Mend its year, day or offset: a moment stands here once it is over."
            yield Finding(span, f"`{name}` lies in the future", help, f"timestamps.{name}")
        elif latest and moment < latest[0]:
            yield Finding(
                span,
                f"`{name}` is before `{latest[1]}`",
                f"`{latest[1]}` is {latest[0]:%Y-%m-%d %H:%M} UTC: one of the two has a wrong day, hour or offset.",
                f"timestamps.{name}",
            )
        elif name != _ANY_TIME:
            latest = (moment, name)
