"""Two postmortems have the same id.

## What it does

Reports a postmortem whose id another one has too. Capital and small letters count as the same, and so do the different
ways in which Unicode writes one character: both would be written to the same page.

## Why it matters

One of the two would vanish from the site, and every relation to the id would be ambiguous. Ids that begin with the date
rarely collide; numbers that count up do so at every second merge.

## Example

```markdown postmortems/payments/2026-03-04-queue.md
---
id: 2026-03-04-queue
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/search/2026-03-04-queue.md
---
id: 2026-03-04-queue
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Use instead

```markdown postmortems/payments/2026-03-04-payments-queue.md
---
id: 2026-03-04-payments-queue
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/search/2026-03-04-search-queue.md
---
id: 2026-03-04-search-queue
title: Checkout was down
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

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "duplicate-id"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The other files of the same id."""
    others = [path for path in context.catalog.same_page(document) if path != document.path]
    if others:
        yield Finding(
            document.frontmatter.at_key("id"),
            f"The id `{document.id}` is also that of {' and '.join(f'`{path}`' for path in others)}",
            "Give one of them another id, and its file the same name.",
            "id",
        )
