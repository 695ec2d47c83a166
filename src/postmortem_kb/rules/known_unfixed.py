"""An action of an earlier incident was still open when this one began.

## What it does

For each earlier incident under `related`, names its actions that were open on the day this one began, or had been cancelled.

## Why it matters

An incident that an open action would have met was paid for twice. Said in the postmortem, it is the strongest reason to do the action now.

## Example

```markdown postmortems/2026-01-10-pool-full.md
---
id: 2026-01-10-pool-full
action_items:
  - {id: A1, action: Size the pool, type: prevent, owner: "@kim", priority: P1, status: todo, due: 2026-03-30}
title: The pool was full
status: draft
severity: P3
timestamps:
  started: 2026-01-10T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/2026-03-04-pool-full.md
---
id: 2026-03-04-pool-full
related:
  - {id: 2026-01-10-pool-full, relation: recurrence-of}
title: The pool was full
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Use instead

Name in the text what the action would have changed, and answer the advice:

```markdown postmortems/2026-01-10-pool-full.md
---
id: 2026-01-10-pool-full
action_items:
  - {id: A1, action: Size the pool, type: prevent, owner: "@kim", priority: P1, status: todo, due: 2026-03-30}
title: The pool was full
status: draft
severity: P3
timestamps:
  started: 2026-01-10T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/2026-03-04-pool-full.md
---
id: 2026-03-04-pool-full
related:
  - {id: 2026-01-10-pool-full, relation: recurrence-of}
suppress:
  - rule: known-unfixed
    key: 2026-01-10-pool-full
    reason: The sizing would not have helped, this time the disk was full.
title: The pool was full
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_moment

NAME = "known-unfixed"
SEVERITY = Severity.ADVICE
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each earlier incident that left something open."""
    began = read_moment(document.frontmatter.get("timestamps", "started"))
    for index, item in document.frontmatter.mappings("related"):
        other = context.catalog.named(item.get("id"))
        earlier = read_moment(other.frontmatter.get("timestamps", "started")) if other else None
        if other is None or began is None or earlier is None or earlier >= began:
            continue
        left = [action for _, action in other.frontmatter.mappings("action_items") if _left(action, began)]
        if left:
            named = "; ".join(f"`{action.get('id')}` {action.get('action')}"[:120] for action in left[:3])
            more = f"; and {len(left) - 3} more" if len(left) > 3 else ""
            yield Finding(
                document.frontmatter.at("related", index, "id"),
                f"When this began, `{other.stem}` had {len(left)} action{'s that were' if len(left) > 1 else ' that was'} not done: {named}{more}",
                "Say in the text whether they would have helped; `suppress` this with the reason where not.",
                other.stem,
            )


def _left(action: dict[str, Any], began: datetime) -> bool:
    """Whether an action was not done when something began."""
    if action.get("status") == "done":
        return isinstance(action.get("completed"), str) and action["completed"] > began.date().isoformat()
    return True
