"""A suppression names a rule that does not exist.

## What it does

Reports entries of `suppress` whose `rule` is no rule.

## Why it matters

A misspelt suppression suppresses nothing, and one of a rule that is gone only puzzles its readers.

## Example

```yaml
suppress:
  - rule: timeline-oder
    reason: Two clocks, told as they were.
```

## Use instead

```yaml
suppress:
  - rule: timeline-order
    reason: Two clocks, told as they were.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import nearest

NAME = "unknown-rule"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each unknown name."""
    for index, item in document.frontmatter.mappings("suppress"):
        name = item.get("rule")
        if isinstance(name, str) and name not in context.rules:
            guess = nearest(name, context.rules)
            help = f"Did you mean `{guess}`?" if guess else "`postmortem explain` lists all rules."
            yield Finding(
                document.frontmatter.at("suppress", index, "rule"), f"There is no rule `{name}`", help, "suppress"
            )
