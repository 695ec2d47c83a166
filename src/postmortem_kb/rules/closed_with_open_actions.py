"""A closed postmortem still has open actions.

## What it does

Reports each action that is neither done nor cancelled in a postmortem with the status `closed`.

## Why it matters

Closed means that nothing is owed any more. Reminders stop there, which is when unfinished actions are forgotten.

## Example

```yaml
status: closed
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P1
    status: todo
    due: 2026-03-20
```

## Use instead

```yaml
status: closed
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P1
    status: cancelled
    reason: The service was switched off.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import CLOSED, FINISHED

NAME = "closed-with-open-actions"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each open action of a closed file."""
    if document.frontmatter.get("status") != CLOSED:
        return
    for index, item in document.frontmatter.mappings("action_items"):
        if item.get("status") not in FINISHED:
            yield Finding(
                document.frontmatter.at_key("action_items", index, "status"),
                f"The postmortem is closed, and `{item.get('id', index + 1)}` is open",
                "Finish it, cancel it with a `reason`, or leave the postmortem `reviewed`.",
                "action_items.status",
            )
