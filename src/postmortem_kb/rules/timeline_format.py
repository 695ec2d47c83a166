"""The timeline is not a table of times and events.

## What it does

Reports a `Timeline` without a table, a table whose first two columns are not `Time` and `Event`, a row whose time
cannot be read, and a time that the change of the clocks makes ambiguous or impossible.

## Why it matters

Elapsed times, the picture of the incident and every check of its order come from these rows. Bare times are read in
`timezone` (UTC if it is not given), on the day of the row above.

## Example

```markdown
## Timeline

| When | Event |
| --- | --- |
| 9.05 am | Alert fired |
```

## Use instead

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 09:05 | Alert fired |
| 2026-03-05 00:10 | Fix deployed |
```

A time is `HH:MM`, `YYYY-MM-DD HH:MM`, or RFC 3339 such as `2026-03-05T00:10:00+01:00`.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import DRAFT, PLACEHOLDER

NAME = "timeline-format"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """What cannot be read in the timeline."""
    timeline = context.timeline(document)
    if timeline is None:
        return
    # A table that is too long to be read is there: `file-size` tells of it.
    unread = any(found.span.line > timeline.section.span.line for found in document.body.excess)
    if timeline.fault and timeline.span and (timeline.table or not unread):
        yield Finding(
            timeline.span, timeline.fault, "Begin it with `| Time | Event |` and `| --- | --- |`.", "Timeline"
        )
    draft = document.frontmatter.get("status") == DRAFT
    for row in timeline.rows:
        if row.fault and not (draft and (not row.time.text or PLACEHOLDER.search(row.time.text))):
            yield Finding(row.time.span, row.fault, row.help, "Timeline")
