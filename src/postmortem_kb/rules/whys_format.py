"""The 5 whys are not a table of questions and answers.

## What it does

Reports a section `5 Whys Analysis` without a table `#`, `Question`, `Answer`, one with too few rows, and a row without a
question or an answer. In a draft these are warnings.

## Why it matters

Two whys end at what somebody did; the ones behind them find why it was possible. The site draws the table as a chain, so it
has to be one.

## Example

```markdown
## 5 Whys Analysis

| # | Question | Answer |
| --- | --- | --- |
| 1 | Why did orders fail? | The pool was full |
| 2 | Why was it full? | Somebody set it to 10 |
```

## Use instead

```markdown
## 5 Whys Analysis

| # | Question | Answer |
| --- | --- | --- |
| 1 | Why did orders fail? | The pool was full |
| 2 | Why was it full? | It is sized by hand, for the load of 2021 |
| 3 | Why by hand? | The sizing rule was never part of the deployment |
```

## Options

`[rules.whys-format] rows`: the fewest questions, 3 by default.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.body import Table
from postmortem_kb.source.document import Document

NAME = "whys-format"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
SECTION = "5 Whys Analysis"
COLUMNS = ["#", "question", "answer"]
_HELP = "Write one table with the columns `#`, `Question`, `Answer`."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """What keeps the section from being a chain."""
    section = document.body.section(SECTION)
    if section is None:
        return
    tables = list(document.body.tables(section))
    for span, message, help in _faults(section.span, tables, context.option(NAME, "rows")):
        yield Finding(span, message, help, SECTION, context.eased(document))


def _faults(heading: Span, tables: list[Table], fewest: int) -> Iterator[tuple[Span, str, str]]:
    if not tables:
        yield heading, "The 5 whys have no table", _HELP
        return
    table = tables[0]
    if table.titles != COLUMNS:
        yield table.header[0].span, "The table's columns are not `#`, `Question`, `Answer`", _HELP
        return
    if len(table.rows) < fewest:
        message = f"The 5 whys have fewer than {fewest} rows: {len(table.rows)}"
        yield (table.rows[-1] if table.rows else table.header)[0].span, message, "Ask why once more of the last answer."
    for row in table.rows:
        for title, cell in zip(("question", "answer"), row[1:3], strict=False):
            if not cell.text:
                yield row[0].span, f"This row has no {title}", "Fill the cell, or delete the row."
    if len(tables) > 1:
        yield tables[1].header[0].span, "The 5 whys have a second table", "Put it into a section of its own."
