"""A section stands before one that belongs above it.

## What it does

Reports a level-2 heading that stands behind a section which should follow it. Optional analysis (`Hypotheses`, `Decisions`
and others) belongs between `Root Cause` and `Lessons Learned`. Headings that the policy does not name are free.

## Why it matters

A postmortem is read by people who have read many: they know where the cause stands before they scroll.

## Example

```markdown
## Root Cause

The pool was full.

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Orders fail |
```

## Use instead

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Orders fail |

## Root Cause

The pool was full.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "section-order"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_FIRST, _LAST = "Root Cause", "Lessons Learned"
"""What optional analysis stands between."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each section that stands too late or too early."""
    order, optional = context.policy.section_order, context.policy.optional_sections
    titles = [section.title for section in document.body.sections]
    above = ""
    for position, section in enumerate(document.body.sections):
        message = help = ""
        if section.title in order:
            if above and order.index(section.title) < order.index(above):
                message, help = f"`{section.title}` stands below `{above}`", f"Move the section above `{above}`."
            else:
                above = section.title
        elif section.title in optional and _FIRST in titles[position:]:
            message, help = f"`{section.title}` stands above `{_FIRST}`", f"Move it between `{_FIRST}` and `{_LAST}`."
        elif section.title in optional and _LAST in titles[:position]:
            message, help = f"`{section.title}` stands below `{_LAST}`", f"Move it between `{_FIRST}` and `{_LAST}`."
        if message:
            yield Finding(section.span, message, help, section.title, context.eased(document))
