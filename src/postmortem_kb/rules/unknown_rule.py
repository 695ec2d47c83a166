"""A suppression names a rule that does not exist, or that cannot be suppressed.

## What it does

Reports entries of `suppress` whose `rule` is no rule, or one about the form of a file, such as `filename` or `encoding`, which no file can
suppress.

## Why it matters

A misspelt suppression suppresses nothing, and one of a rule that is gone only puzzles its readers. As long as a file cannot be read,
neither can its suppressions.

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
from postmortem_kb.words import ALL_LISTED, nearest

NAME = "unknown-rule"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each name that suppresses nothing."""
    for index, item in document.frontmatter.mappings("suppress"):
        name = item.get("rule")
        if not isinstance(name, str):
            continue
        span = document.frontmatter.at("suppress", index, "rule")
        if name in context.lasting:
            help = f"Mend what it finds, and delete this entry: `postmortem explain {name}` tells more."
            yield Finding(span, f"`{name}` cannot be suppressed", help, "suppress")
        elif name not in context.rules:
            guess = nearest(name, context.rules - context.lasting)
            help = f"Did you mean `{guess}`?" if guess else f"{ALL_LISTED}."
            yield Finding(span, f"There is no rule `{name}`", help, "suppress")
