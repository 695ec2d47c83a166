"""An open action is tracked nowhere.

## What it does

Reports an open action without `ticket`, in a postmortem that is no draft any more.

## Why it matters

People work from their tracker. An action that stands in the postmortem only is found again when it is overdue.

## Example

```yaml
status: reviewed
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
status: reviewed
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P1
    status: todo
    due: 2026-03-20
    ticket: SHOP-1234
```

## Options

`[rules.action-ticket] severity`: a team that tracks every action makes it an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import OPEN

NAME = "action-ticket"
SEVERITY = Severity.ADVICE
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each open action without a ticket."""
    if context.eased(document):
        return
    for index, item in document.frontmatter.mappings("action_items"):
        if item.get("status") in OPEN and not item.get("ticket"):
            yield Finding(
                document.frontmatter.at_key("action_items", index, "id"),
                f"The open action `{item.get('id', index + 1)}` has no ticket",
                "Add `ticket:` with an address or a key of your tracker.",
                "action_items.ticket",
            )
