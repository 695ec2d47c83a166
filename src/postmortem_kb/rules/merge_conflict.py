"""A conflict of a merge was left in the text.

## What it does

Reports each `<<<<<<<` line that git wrote where two sides of a merge differ, and that a `>>>>>>>` line follows. In code it is text.

## Why it matters

Both sides are published, and the `=======` between them makes a heading of the line above.

## Example

```markdown
## Root Cause

<<<<<<< HEAD
The pool was sized by hand.
=======
The pool was sized for half the load.
>>>>>>> review
```

## Use instead

```markdown
## Root Cause

The pool was sized by hand, for half the load.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "merge-conflict"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_OPENED, _CLOSED = re.compile(r"<{7}(?: .*)?"), re.compile(r">{7}(?: .*)?")


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each conflict that ends."""
    text, body = document.text, document.body
    if "<<<<<<<" not in text.string:
        return
    code = set(document.lines_of_code())
    opened = 0
    for number in range(body.offset + 1, len(text.starts) + 1):
        if number in code:
            continue
        if _OPENED.fullmatch(text.line(number)):
            opened = opened or number
        elif opened and _CLOSED.fullmatch(text.line(number)):
            help = f"Keep what is right of both sides, and delete the marks down to line {number}."
            yield Finding(
                text.line_span(opened), "A conflict of a merge is left here", help, document.section_at(opened)
            )
            opened = 0
