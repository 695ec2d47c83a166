"""Two actions, causes or factors share an id.

## What it does

Reports the second action item, root cause or contributing factor of the same id in a file.

## Why it matters

`addresses`, links to an action and the history of its due date all go by the id; the second item would take the first one's answers.

## Example

```yaml
root_causes:
  - {id: RC1, category: capacity, statement: The pool was sized by hand}
  - {id: RC1, category: process-gap, statement: Nobody looks at its size}
```

## Use instead

```yaml
root_causes:
  - {id: RC1, category: capacity, statement: The pool was sized by hand}
  - {id: RC2, category: process-gap, statement: Nobody looks at its size}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "duplicate-item-id"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each item whose id is taken."""
    for key in ("root_causes", "contributing_factors", "action_items"):
        items = list(document.frontmatter.mappings(key))
        taken = {item.get("id") for _, item in items if isinstance(item.get("id"), str)}
        seen: set[str] = set()
        for index, item in items:
            id = item.get("id")
            if isinstance(id, str) and id in seen:
                letters = id.rstrip("0123456789")
                free = next(name for n in range(1, len(items) + 2) if (name := f"{letters}{n}") not in taken)
                span = document.frontmatter.at(key, index, "id")
                yield Finding(span, f"`{id}` stands here for the second time", f"Call it `{free}`.", f"{key}.id")
            elif isinstance(id, str):
                seen.add(id)
