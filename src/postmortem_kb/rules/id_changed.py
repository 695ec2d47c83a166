"""The id of a postmortem has changed.

## What it does

With `check --since REF`, reports a file whose `id` was another one at REF, also when it was renamed.

## Why it matters

Relations, links, tickets and bookmarks go by the id. They are all broken by a better name.

## Example

```text
before:  postmortems/2026-03-04-pool.md       id: 2026-03-04-pool
now:     postmortems/2026-03-04-pool-full.md  id: 2026-03-04-pool-full
```

## Use instead

```text
before:  postmortems/2026-03-04-pool.md       title: Pool
now:     postmortems/2026-03-04-pool.md       title: The pool was full
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "id-changed"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The id, where it was another."""
    earlier = context.before(document)
    if earlier is not None and earlier.id != document.id:
        span = document.frontmatter.at_key("id")
        message = f"The id was `{earlier.id}` and is `{document.id}` now"
        yield Finding(span, message, f"Keep the file's name and `id: {earlier.id}`; the title is free.", "id")
