"""The day of publication cannot be right.

## What it does

Reports a `published` that lies in the future, and one that is before the day on which the incident was resolved.

## Why it matters

The feed is in the order of these days: one that is still to come leads it until then. The time to publish counts from `resolved`, so a
wrong day gives a negative figure, which then stands in every statistic.

## Example

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  resolved: 2026-03-04T10:00:00Z
published: 2026-03-01
```

## Use instead

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  resolved: 2026-03-04T10:00:00Z
published: 2026-03-10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope, too_early
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_day

NAME = "publication-date"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_KEY = "published"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The day, where nothing can have been shared on it."""
    frontmatter = document.frontmatter
    day = read_day(frontmatter.get(_KEY))
    if day is None:
        return
    if context.to_come(day):
        help = "Write the day on which it was shared. Before that it is a draft, which needs no `published`."
        yield Finding(frontmatter.at(_KEY), "`published` lies in the future", help, _KEY)
    elif help := too_early(day, document, "resolved"):
        yield Finding(frontmatter.at(_KEY), "`published` is before `resolved`", help, _KEY)
