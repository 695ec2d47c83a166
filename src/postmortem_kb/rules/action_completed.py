"""A done action does not say when it was done.

## What it does

Reports an action with the status `done` and no `completed`, one with `completed` that is not done, and a `completed` that lies in
the future, or before the day on which the incident began. The day of a `verification` that has a `result` may be neither; without one, it
may be planned.

## Why it matters

Ages, completion rates and the question whether a fix was there before the next incident all need the day.

## Example

```yaml
action_items:
  - id: A1
    action: Alert on the size of the pool
    type: detect
    owner: "@maria"
    priority: P2
    status: done
```

## Use instead

```yaml
action_items:
  - id: A1
    action: Alert on the size of the pool
    type: detect
    owner: "@maria"
    priority: P2
    status: done
    completed: 2026-03-20
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope, too_early
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_day

NAME = "action-completed"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_KEY = "action_items.completed"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each action whose status and `completed` do not go together."""
    frontmatter = document.frontmatter
    for index, item in frontmatter.mappings("action_items"):
        name, day = item.get("id", index + 1), item.get("completed")
        if item.get("status") == "done" and not day:
            span = frontmatter.at_key("action_items", index, "status")
            yield Finding(span, f"`{name}` is done and has no day", "Add `completed: YYYY-MM-DD`.", _KEY)
        elif day and item.get("status") != "done":
            span = frontmatter.at("action_items", index, "completed")
            yield Finding(
                span, f"`{name}` has a `completed` and is not done", "Set `status: done`, or delete it.", _KEY
            )
        elif (completed := read_day(day)) and context.to_come(completed):
            span = frontmatter.at("action_items", index, "completed")
            yield Finding(span, f"`{name}` was completed on a day that is still to come", "Mend the date.", _KEY)
        elif completed and (help := too_early(completed, document, "started")):
            span = frontmatter.at("action_items", index, "completed")
            yield Finding(span, f"`{name}` was completed before the incident began", help, _KEY)
        verification = item.get("verification")
        if isinstance(verification, dict) and verification.get("result"):
            on = read_day(verification.get("on"))
            if on and context.to_come(on):
                span = frontmatter.at("action_items", index, "verification", "on")
                message = f"`{name}` has the result of a verification on a day that is still to come"
                help = "Mend the date, or leave out the `result` until then."
                yield Finding(span, message, help, "action_items.verification")
            elif on and (help := too_early(on, document, "started")):
                span = frontmatter.at("action_items", index, "verification", "on")
                message = f"`{name}` has the result of a verification before the incident began"
                yield Finding(span, message, help, "action_items.verification")
