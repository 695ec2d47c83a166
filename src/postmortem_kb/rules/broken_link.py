"""A relative link or picture leads nowhere.

## What it does

Reports relative addresses in the body, and repository paths under `evidence`, that are no file, or that lead out of the repository.
Addresses of other hosts are not asked, for a check works offline.

## Why it matters

The picture is missing exactly when somebody reads the postmortem during the next incident.

## Example

```markdown
## What Happened

![The pool](pool.pgn)
```

## Use instead

```markdown
## What Happened

The pool was full, as [the dashboard](https://dash.example.com/pool) shows.
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from postmortem_kb.catalog import Catalog
from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.links import below_root, targets
from postmortem_kb.words import nearest

NAME = "broken-link"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_HOST = ("http://", "https://")


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each address without a file behind it."""
    for target in targets(document.body):
        if target.relative and target.address:
            path = below_root(document.path, target.address)
            yield from _broken(context.catalog, target.span, target.address, path)
    frontmatter = document.frontmatter
    for key in ("root_causes", "contributing_factors", "action_items"):
        for index, item in frontmatter.mappings(key):
            evidence = item.get("evidence")
            for position, address in enumerate(evidence if isinstance(evidence, list) else ()):
                if isinstance(address, str) and not address.startswith(_HOST):
                    span = frontmatter.at(key, index, "evidence", position)
                    yield from _broken(context.catalog, span, address, posixpath.normpath(address), f"{key}.evidence")


def _broken(catalog: Catalog, span: Span, address: str, path: str, key: str = "") -> Iterator[Finding]:
    shown = address[:80]
    if path.startswith(("..", "/")):
        yield Finding(span, f"`{shown}` leads out of the repository", "Put the file beside the postmortem.", key)
    elif not catalog.is_file(path):
        guess = _neighbour(catalog.root, path)
        yield Finding(
            span, f"`{shown}` leads to no file", f"Did you mean `{guess}`?" if guess else "Add the file.", key
        )


def _neighbour(root: Path, path: str) -> str | None:
    """The file in the same folder whose name is nearest."""
    folder, name = posixpath.split(path)
    try:
        names = [entry.name for entry in (root / folder).iterdir() if entry.is_file()]
    except (OSError, ValueError):
        return None
    return nearest(name, names)
