"""A reviewed or closed postmortem is gone.

## What it does

With `check --since REF`, reports files that were reviewed or closed at REF and do not exist any more. Drafts may be deleted, and
every file may move to another folder.

## Why it matters

The incident happened. Without its postmortem the next one looks like the first.

## Example

```text
before:  postmortems/2026-03-04-pool.md   status: reviewed
now:     (no such file)
```

## Use instead

```text
before:  postmortems/2026-03-04-pool.md        status: reviewed
now:     postmortems/2026/2026-03-04-pool.md   status: reviewed
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import FILE_START, Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "deleted-postmortem"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The file, if it is gone and was more than a draft."""
    if context.deleted(document) and not context.eased(document):
        status = document.frontmatter.get("status")
        help = "Bring it back. Set `visibility: internal` where it must not be published."
        yield Finding(FILE_START, f"This postmortem was {status} and is gone", help)
