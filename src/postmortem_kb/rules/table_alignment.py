"""The bars of a table stand neither below each other nor close to the text.

## What it does

Reports a table that is neither written with one space around each cell nor padded so that all bars stand below each other.

## Why it matters

A table that lines up is read in the pull request and in the terminal, too.

## Example

```markdown
## Appendix

| Host  | Free |
| --- | --- |
|db-1|   20 GB|
```

## Use instead

```markdown
## Appendix

| Host | Free |
| --- | --- |
| db-1 | 20 GB |
```

## Options

`check --fix` writes each cell with one space around it. A check reports it where `[rules.table-alignment] severity` is set, or with `--select`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.text import BAR

NAME = "table-alignment"
SEVERITY = Severity.ADVICE
SCOPE = Scope.TIDY
_DASHES = r"(:?)-+(:?)"


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each table whose bars are all over the place."""
    for token in document.body.tokens:
        if token.type != "table_open" or token.level or not token.map:
            continue
        numbers = range(document.body.offset + token.map[0] + 1, document.body.offset + token.map[1] + 1)
        lines = {number: line for number in numbers if (line := document.text.line(number)).strip()}
        if len({tuple(bar.start() for bar in BAR.finditer(line)) for line in lines.values()}) == 1:
            continue
        edits = [
            Edit(document.text.exact_line_span(number), close)
            for number, line in lines.items()
            if (close := _close(line)) != line
        ]
        if edits:
            yield Finding(
                document.text.line_span(edits[0].span.line),
                "The bars of this table stand neither below each other nor close to the text",
                "`check --fix` writes each cell with one space around it.",
                fix=Fix(tuple(edits)),
            )


def _close(line: str) -> str:
    """A row with one space around each cell."""
    cells = [cell.strip() for cell in BAR.split(line.strip())]
    cells = cells[1:] if line.lstrip().startswith("|") else cells
    cells = cells[:-1] if not cells[-1] else cells
    return (
        "| "
        + " | ".join(re.sub(_DASHES, r"\1---\2", cell) if re.fullmatch(_DASHES, cell) else cell for cell in cells)
        + " |"
    )
