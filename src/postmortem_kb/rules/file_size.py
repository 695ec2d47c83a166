"""The file is larger than a postmortem can be.

## What it does

Reports a file above the limit `file_bytes` of the policy, 2,000,000 bytes unless it is changed. It is not read. Also reports
a list of the frontmatter with more entries, or a table of the body with more rows, than the limit `items`, 2,000 unless it is
changed, and the place from which on a body holds more Markdown than is read: what follows there stays plain text.

## Why it matters

Nobody reads ten megabytes of log in a postmortem, and every check and build would read them again.

## Example

```text
## Appendix
(the whole log of the day, 40 MB)
```

## Use instead

Keep the lines that prove something, and link the rest: under `links` with `kind: log`, or as `evidence` of a cause.

```text
## Appendix
(the five lines that name the full pool)
```

## Options

`[limits] file_bytes` and `[limits] items` in `postmortem.toml`. No file can suppress it, and no policy weighs it otherwise: what is
not read says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "file-size"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX


def check(document: Document, context: Context) -> Iterator[Finding]:
    """That the file was not read, or not all of it."""
    yield from document.problems.get(NAME, ())
    if document.readable:
        yield from document.body.excess
