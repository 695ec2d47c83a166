"""A related incident is not in the catalog.

## What it does

Reports an entry of `related` whose id no postmortem has.

## Why it matters

A relation is shown on both pages. To a file that was renamed or never written, it is a dead end at the moment when
somebody needs the earlier incident.

## Example

```yaml
related:
  - id: 2025-11-02-queue-ful
    relation: recurrence-of
```

## Use instead

```yaml
related:
  - id: 2025-11-02-queue-full
    relation: recurrence-of
    note: The same queue, filled by the same job.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "unknown-related"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each relation to an id that does not exist."""
    for index, item in document.frontmatter.mappings("related"):
        other = item.get("id")
        if isinstance(other, str) and context.catalog.named(other) is None:
            guess = context.catalog.nearest_id(other)
            yield Finding(
                document.frontmatter.at("related", index, "id"),
                f"No postmortem has the id `{other}`",
                f"Did you mean `{guess}`?" if guess else "Link what is outside the catalog under `links`.",
                "related.id",
            )
