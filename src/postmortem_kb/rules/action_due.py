"""An open action has no due date.

## What it does

Reports an action item with the status `todo` or `in-progress` that has no `due`.

## Why it matters

An action without a date is a wish. It is never late, so nobody is reminded, and the next incident finds it open.

## Example

```yaml
action_items:
  - id: A1
    action: Test the restore from backup each week
    type: prevent
    owner: "@maria"
    priority: P1
    status: todo
```

## Use instead

```yaml
    status: todo
    due: 2026-04-01
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import OPEN

NAME = "action-due"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each open action without a date."""
    for index, item in document.frontmatter.mappings("action_items"):
        if item.get("status") in OPEN and not item.get("due"):
            yield Finding(
                document.frontmatter.at_key("action_items", index, "id"),
                f"The open action `{item.get('id', index + 1)}` has no due date",
                "Add `due: YYYY-MM-DD`, or set its status to `done` or `cancelled`.",
                "action_items.due",
            )
