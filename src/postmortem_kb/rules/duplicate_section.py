"""A section stands twice.

## What it does

Reports a level-2 heading that the file has already used.

## Why it matters

The second Timeline is neither checked nor drawn, and a link to the heading leads to the first.

## Example

```markdown
## Lessons Learned

Test the restore.

## Lessons Learned

Practise it, too.
```

## Use instead

```markdown
## Lessons Learned

Test the restore. Practise it, too.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "duplicate-section"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each heading that was there before."""
    seen: dict[str, int] = {}
    for section in document.body.sections:
        first = seen.setdefault(section.title, section.span.line)
        if first != section.span.line:
            message = f"`{section.title}` stands here again, first on line {first}"
            yield Finding(section.span, message, "Join the two sections.", section.title)
