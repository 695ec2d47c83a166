"""The file has no frontmatter.

## What it does

Reports a file below `postmortems/` that is empty, or does not begin with a line `---`: a blank line above it is enough to hide it
from most readers. `check --fix` removes white space above it.

## Why it matters

Everything that is counted, filtered and related comes from the frontmatter. A file without it would be on no list.
Files that are no postmortems are named `README.md`, `index.md`, or begin with `_`.

## Example

```markdown postmortems/2026-03-04-checkout-down.md
# Checkout was down

It began at nine.
```

## Use instead

```markdown postmortems/2026-03-04-checkout-down.md
---
id: 2026-03-04-checkout-down
title: Checkout was down
status: draft
severity: P2
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Options

No file can suppress it, and no policy weighs it otherwise: what cannot be read says nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "frontmatter-missing"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX


def check(document: Document, context: Context) -> Iterator[Finding]:
    """That there is nothing to read."""
    yield from document.problems.get(NAME, ())
