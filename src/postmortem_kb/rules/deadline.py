"""A step of the life cycle is late.

## What it does

Counts from `timestamps.resolved`: reports a draft that should be reviewed by now and a reviewed postmortem that should be closed. With
`check --since`, also a file that was first committed later than a draft should exist; one that no commit holds counts as of today.

## Why it matters

What people remember of an incident halves within days, and an action item that outlives its quarter is seldom done at all.

## Example

```yaml
status: draft
timestamps:
  started: 2020-03-04T09:00:00Z
  resolved: 2020-03-04T10:00:00Z
```

## Use instead

Finish the review, or say why it is late:

```yaml
status: draft
timestamps:
  started: 2020-03-04T09:00:00Z
  resolved: 2020-03-04T10:00:00Z
suppress:
  - rule: deadline
    reason: The vendor's report is due in May.
```

## Options

`[deadlines]` in `postmortem.toml`: hours to a draft (48), to the review (120) and to closing (2160).
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_moment
from postmortem_kb.words import CLOSED, DRAFT, REVIEWED

NAME = "deadline"
SEVERITY = Severity.WARNING
SCOPE = Scope.CATALOG
_STEPS = {DRAFT: ("review", REVIEWED), REVIEWED: ("close", CLOSED)}


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The step that is late."""
    resolved = read_moment(document.frontmatter.get("timestamps", "resolved"))
    status = document.frontmatter.get("status")
    if resolved is None or not isinstance(status, str) or status not in _STEPS:
        return
    deadline, wanted = _STEPS[status]
    late = (context.today - context.policy.deadline(deadline, resolved)).days
    if late > 0:
        span = document.frontmatter.at("status")
        message = f"This should have been {wanted} {late} day{'s' * (late > 1)} ago"
        help = f"{context.policy.allowed(deadline)} from `resolved` are allowed. Take the step, or say why not."
        yield Finding(span, message, help, "status")
    if context.changes and document.path in context.changes.added:
        # However long its review takes.
        written = context.changes.written.get(document.path, context.today)
        late = (written - context.policy.deadline("draft", resolved)).days
        if late > 0:
            span = document.frontmatter.at("timestamps", "resolved")
            message = f"The draft comes {late} day{'s' * (late > 1)} later than a draft should exist"
            yield Finding(span, message, "Begin the next one when the incident is over.", "timestamps.resolved")
