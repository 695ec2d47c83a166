r"""A row of a table has more cells than the table's head.

## What it does

Reports rows whose last cells have nothing above them in the head, and hold something.

## Why it matters

Code hosts and the site show as many cells of a row as the head has, and leave out the others without a word. Mostly
it is a bar that was meant as text, such as the one of a command: it ends the cell, inside backticks, too, and the
rest of the line is lost.

## Example

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 09:12 | `kubectl logs api | grep 503` shows the first errors |
```

## Use instead

```markdown
## Timeline

| Time | Event |
| --- | --- |
| 09:12 | `kubectl logs api \| grep 503` shows the first errors |
```

`check --fix` escapes the bars between backticks where that is all that is wrong with the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.text import BAR

NAME = "lost-cell"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_TICKS = re.compile("`+")
_LEADING = re.compile(r"[\s>]*\|?")
"""What a row begins with, in lists and quotes, too."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each row with such cells."""
    for position, token in enumerate(document.body.tokens):
        if token.type != "table_open" or not token.map:
            continue
        first, last = (document.body.offset + line + 1 for line in token.map)
        columns = len(_bars(document.text.line(first + 1))) + 1
        for number in range(first + 2, last):
            line = document.text.line(number)
            bars = _bars(line)
            if len(bars) >= columns:
                yield _finding(line, number, bars[columns - 1], columns, document.body.heading(position))


def _finding(line: str, number: int, bar: int, columns: int, section: str) -> Finding:
    start = len(line) - len(line[bar + 1 :].lstrip())
    return Finding(
        Span(number, start + 1, number, max(start, _end(line)) + 1),
        f"The head of this table has {columns} cell{'s' * (columns > 1)}, so this is shown nowhere",
        r"Write a bar that is text as `\|`, or give the head another cell.",
        section,
        fix=_fix(line, number, columns),
    )


def _fix(line: str, number: int, columns: int) -> Fix | None:
    """Escapes the bars between backticks, where every cell is shown then."""
    bars = [bar.start() for start, end in _code(line) for bar in BAR.finditer(line, start, end)]
    escaped = "\\".join(line[start:end] for start, end in pairwise([0, *bars, len(line)]))
    if len(_bars(escaped)) + 1 != columns:
        return None
    return Fix(tuple(Edit(Span(number, bar + 1, number, bar + 1), "\\") for bar in bars))


def _bars(line: str) -> list[int]:
    """The bars between the cells of a row, up to the last one with something in it."""
    begin = _LEADING.match(line)
    return [bar.start() for bar in BAR.finditer(line, begin.end() if begin else 0, _end(line))]


def _end(line: str) -> int:
    """Where the last cell with something in it ends."""
    text = line.rstrip(" \t|")
    # A bar that is escaped is text.
    return len(text) + (text.endswith("\\") and line.startswith("|", len(text)))


def _code(line: str) -> Iterator[tuple[int, int]]:
    """Where code stands: between two runs of as many backticks."""
    runs = [match.span() for match in _TICKS.finditer(line)]
    following: dict[int, int] = {}
    partners: list[int | None] = []
    for position in reversed(range(len(runs))):
        length = runs[position][1] - runs[position][0]
        partners.append(following.get(length))
        following[length] = position
    partners.reverse()
    position = 0
    while position < len(runs):
        partner = partners[position]
        if partner is not None:
            yield runs[position][0], runs[partner][1]
        position = (position if partner is None else partner) + 1
