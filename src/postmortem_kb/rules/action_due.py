"""An open action has no due date, or one that nobody will see.

## What it does

Reports an action item with the status `todo` or `in-progress` that has no `due`, or a `due` more than five years ahead.

## Why it matters

An action without a date is a wish. It is never late, so nobody is reminded, and the next incident finds it open. With 2062 for 2026 it is never late either.

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
from datetime import timedelta

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_day
from postmortem_kb.words import OPEN

NAME = "action-due"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_KEY = "action_items.due"
_FAR = timedelta(days=5 * 365)


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each open action without a date, or with one that is far away."""
    for index, item in document.frontmatter.mappings("action_items"):
        if item.get("status") not in OPEN:
            continue
        name, day = item.get("id", index + 1), read_day(item.get("due"))
        if not item.get("due"):
            span = document.frontmatter.at_key("action_items", index, "id")
            help = "Add `due: YYYY-MM-DD`, or set its status to `done` or `cancelled`."
            yield Finding(span, f"The open action `{name}` has no due date", help, _KEY)
        elif day and day - context.today > _FAR:
            span = document.frontmatter.at("action_items", index, "due")
            help = "Mend the year, or take the day on which somebody looks at it again."
            yield Finding(
                span, f"The open action `{name}` is due in {(day - context.today).days // 365} years", help, _KEY
            )
