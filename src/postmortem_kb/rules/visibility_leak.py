"""A public postmortem links an internal one.

## What it does

Reports entries of `related`, and links in the body, that lead from a postmortem with `visibility: public` to one that is not public.

## Why it matters

The public site leaves internal postmortems out. The link would be dead there, and its words may tell what was not meant to be told.

## Example

```markdown postmortems/public.md
---
id: public
visibility: public
related: [{id: internal, relation: similar}]
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/internal.md
---
id: internal
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

Write the relation into the internal one: both pages of the internal site show it.

```markdown postmortems/public.md
---
id: public
visibility: public
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

```markdown postmortems/internal.md
---
id: internal
related: [{id: public, relation: similar}]
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
from postmortem_kb.source.links import below_root, targets

NAME = "visibility-leak"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_HELP = "Write the relation into the internal postmortem, or make that one public, too."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each way from a public file to one that is not."""
    if not _public(document):
        return
    for index, item in document.frontmatter.mappings("related"):
        other = context.catalog.named(item.get("id"))
        if other and not _public(other):
            span = document.frontmatter.at("related", index, "id")
            yield Finding(span, f"This postmortem is public, and `{item['id']}` is internal", _HELP, "related.id")
    for target in targets(document.body):
        other = context.catalog.at(below_root(document.path, target.address)) if target.relative else None
        if other and not _public(other):
            yield Finding(target.span, f"This postmortem is public, and `{other.stem}` is internal", _HELP)


def _public(document: Document) -> bool:
    return bool(document.frontmatter.get("visibility") == "public")
