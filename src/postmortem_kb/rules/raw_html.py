"""HTML stands in the text, where it is shown as it is typed.

## What it does

Reports tags and comments of HTML outside of code.

## Why it matters

Raw HTML is not interpreted, for it could run in every reader's browser. A `<br>` or a comment that a code host hides is
shown to the readers of the site.

## Example

```markdown
## What Happened

The pool was full.<br>Orders failed. <!-- ask Kim -->
```

## Use instead

```markdown
## What Happened

The pool was full. Orders failed, each with `<error code="503">`.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "raw-html"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_HTML = r"</?[A-Za-z][A-Za-z0-9-]{0,40}(?:\s[^<>]{0,400})?/?>|<!--"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each tag."""
    if "<" not in document.text.string:
        return
    for run in document.body.prose():
        if "<" not in run.text:
            continue
        line = re.sub(r"`+[^`]*`+", lambda code: " " * len(code[0]), document.text.line(run.line))
        for match in re.finditer(_HTML, run.text):
            # What was typed as `&lt;b&gt;` is text, and reads like a tag here.
            if match[0] in line:
                what = "A comment" if match[0] == "<!--" else f"`{match[0][:40]}`"
                yield Finding(
                    run.span(*match.span()),
                    f"{what} is shown as it is typed",
                    "Write Markdown; put literal text in backticks.",
                )
