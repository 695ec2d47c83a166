"""A key that the frontmatter does not have.

## What it does

Reports each key that the schema does not name, at any depth, with the nearest known one.

## Why it matters

A misspelt key is a fact that nobody finds again: `detcted` would silently leave the time to detect empty.

## Example

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detcted: 2026-03-04T09:04:00Z
```

## Use instead

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:04:00Z
```

## Options

Keys that begin with `x-` are yours: they are kept and not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "unknown-key"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each key that the schema does not know."""
    for violation in context.violations(document):
        if violation.keyword == "additionalProperties":
            span = document.frontmatter.at_key(*violation.path, violation.key)
            fix = Fix((Edit(span, violation.remedy),)) if violation.remedy else None
            yield Finding(span, violation.message, violation.help, violation.dotted, fix=fix)
