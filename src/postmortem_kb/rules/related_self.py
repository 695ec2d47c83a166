"""A postmortem is related to itself, or twice to another one.

## What it does

Reports an entry of `related` with the file's own id, and a second entry with the same id and relation.

## Why it matters

Either is the trace of a copied block, and the relation that was meant is missing.

## Example

```yaml
id: x
related:
  - id: x
    relation: similar
```

## Use instead

```yaml
id: x
related:
  - id: 2025-11-02-queue-full
    relation: similar
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "related-self"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each entry that says nothing new."""
    seen: set[tuple[str, str]] = set()
    for index, item in document.frontmatter.mappings("related"):
        pair = (str(item.get("id")), str(item.get("relation")))
        if pair[0] == document.id:
            message, help = "A postmortem is not related to itself", "Name the other incident, or delete the entry."
        elif pair in seen:
            message, help = f"`{pair[0]}` stands here twice as `{pair[1]}`", "Keep one of the two."
        else:
            seen.add(pair)
            continue
        yield Finding(document.frontmatter.at_key("related", index, "id"), message, help, "related.id")
