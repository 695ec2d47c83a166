"""White space stands at the end of a line.

## What it does

Reports spaces and tabs at the end of lines outside code. Two spaces that break a line of a paragraph are left alone, and so are
texts of several lines in the frontmatter.

## Why it matters

The next editor that removes them turns a one-word change into a diff of forty lines.

## Example

```markdown
## Lessons Learned\x20

Test the restore.
```

## Use instead

```markdown
## Lessons Learned

Test the restore.
```

## Options

`check --fix` removes them. A check reports it where `[rules.trailing-space] severity` is set, or with `--select`.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "trailing-space"
SEVERITY = Severity.ADVICE
SCOPE = Scope.TIDY


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each line that ends in white space."""
    string = document.text.string
    if not any(end in string for end in (" \n", "\t\n", " \r", "\t\r")) and string == string.rstrip(" \t"):
        return
    kept = set(_lines_of_texts(document)) | set(document.lines_of_code())
    for number in range(1, len(document.text.starts) + 1):
        line = document.text.line(number)
        bare = line.rstrip(" \t")
        breaks = (
            number > document.body.offset and line.endswith("  ") and bare and document.text.line(number + 1).strip()
        )
        if bare != line and not breaks and number not in kept:
            span = Span(number, len(bare) + 1, number, len(line) + 1)
            fix = Fix((Edit(span, ""),))
            yield Finding(span, "White space stands at the end of this line", "`check --fix` removes it.", fix=fix)


def _lines_of_texts(document: Document) -> Iterator[int]:
    """The lines of values that go over several of them."""
    for path in document.frontmatter.places:
        if isinstance(document.frontmatter.get(*path), str):
            span = document.frontmatter.at(*path)
            if span.end_line > span.line:
                yield from range(span.line, span.end_line + 1)
