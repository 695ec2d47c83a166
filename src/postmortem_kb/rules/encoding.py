"""The file is not readable as UTF-8 text.

## What it does

Reports bytes that are not UTF-8, with the first line on which they stand, and files that cannot be opened.

## Why it matters

The same bytes read as Latin-1, UTF-8 or UTF-16 are three different texts. Git, the code host, the editor and the
site have to agree on what the author wrote.

## Example

A log pasted from a Windows terminal in its own code page, or a screenshot saved as `incident.md`:

```text
bytes:  c3 bc 62 65 72 6c 61 73 74   (UTF-8)
bytes:  fc 62 65 72 6c 61 73 74      (Latin-1)
```

## Use instead

Save the file as UTF-8. In most editors: *Save with encoding*.

```text
bytes:  c3 bc 62 65 72 6c 61 73 74   (UTF-8)
```

## Options

No file can suppress it, and no policy weighs it otherwise: what cannot be read says nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "encoding"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX


def check(document: Document, context: Context) -> Iterator[Finding]:
    """What kept the bytes from being text."""
    yield from document.problems.get(NAME, ())
