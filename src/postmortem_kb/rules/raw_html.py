"""HTML stands in the text, where it is shown as it is typed.

## What it does

Reports tags and comments of HTML outside of code: the first of each block of lines without a blank one between, and how many follow.

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
from postmortem_kb.source.body import Prose
from postmortem_kb.source.document import Document

NAME = "raw-html"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_HTML = r"</?[A-Za-z][A-Za-z0-9-]{0,40}(?:\s[^<>]{0,400})?/?>|<!--"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The first tag of each run of lines that hold some: a table that was pasted is one thing to mend."""
    if "<" not in document.text.string:
        return
    block: list[tuple[Prose, re.Match[str]]] = []
    for run, match in _tags(document):
        if block and run.line > block[-1][0].line + 1 and _parted(document, block[-1][0].line, run.line):
            yield _finding(document, block)
            block = []
        block.append((run, match))
    if block:
        yield _finding(document, block)


def _tags(document: Document) -> Iterator[tuple[Prose, re.Match[str]]]:
    for run in document.body.prose():
        if "<" not in run.text:
            continue
        line = re.sub(r"`+[^`]*`+", lambda code: " " * len(code[0]), document.text.line(run.line))
        # What was typed as `&lt;b&gt;` is text, and reads like a tag here.
        yield from ((run, match) for match in re.finditer(_HTML, run.text) if match[0] in line)


def _parted(document: Document, first: int, second: int) -> bool:
    """Whether a blank line stands between two lines."""
    return any(not document.text.line(number).strip() for number in range(first + 1, second))


def _finding(document: Document, block: list[tuple[Prose, re.Match[str]]]) -> Finding:
    run, match = block[0]
    what = "A comment" if match[0] == "<!--" else f"`{match[0][:40]}`"
    more = len(block) - 1
    others = f", and so {'is' if more == 1 else 'are'} {more} more behind it" if more else ""
    return Finding(
        run.span(*match.span()),
        f"{what} is shown as it is typed{others}",
        "Write Markdown; put literal text in backticks.",
        document.section_at(run.line),
    )
