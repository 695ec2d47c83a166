"""The file's name is not its id.

## What it does

Reports a postmortem whose `id` is not the name of its file without `.md`, and anything named `*.md` that is no file of
this repository: a folder, a pipe, a link that leads out of it.

## Why it matters

Links, pages and relations use the id, people and editors use the file's name. One incident has one name.

## Example

```markdown postmortems/2026/checkout.md
---
id: 2026-03-04-checkout-down
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

```markdown postmortems/2026/2026-03-04-checkout-down.md
---
id: 2026-03-04-checkout-down
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

NAME = "filename"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Where the name and the id part."""
    yield from document.problems.get(NAME, ())
    value = document.frontmatter.get("id")
    if isinstance(value, str) and value and value != document.stem:
        yield Finding(
            document.frontmatter.at("id"),
            f"The id is `{value}`, the file is named `{document.stem}.md`",
            f"Rename the file to `{value}.md`, or write `id: {document.stem}`.",
            "id",
        )
