"""The file's name is not its id.

## What it does

Reports a postmortem whose `id` is not the name of its file without `.md`, and anything named `*.md` that is no file of
this repository: a folder, a pipe, a link that leads out of it.

## Why it matters

Links, pages and relations use the id, people and editors use the file's name. One incident has one name.

## Example

```markdown postmortems/2026/checkout.md
---
id: 2026-03-04-checkout-down
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Use instead

```markdown postmortems/2026/2026-03-04-checkout-down.md
---
id: 2026-03-04-checkout-down
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Options

No file can suppress it, and no policy weighs it otherwise: everything else goes by the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.contract import is_id
from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity
from postmortem_kb.example import line
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "filename"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*|[0-9]{4}-[0-9]{2}-[A-Za-z0-9._-]+")
"""What needs no quotes in YAML and is surely text."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Where the name and the id part."""
    yield from document.problems.get(NAME, ())
    value = document.frontmatter.get("id")
    if isinstance(value, str) and value and value != document.stem:
        span = document.frontmatter.at("id")
        # Nobody refers to a draft yet; later on it may be the name of the file that is wrong.
        fix = Fix((Edit(span, document.stem),)) if context.eased(document) and _NAME.fullmatch(document.stem) else None
        yield Finding(
            span,
            f"The id is `{value}`, the file is named `{document.stem}.md`",
            _help(document, value, context),
            "id",
            fix=fix,
        )


def _help(document: Document, value: str, context: Context) -> str:
    """The ways out after which nothing else is wrong."""
    stem, ways = document.stem, []
    if is_id(value) and not context.catalog.others(value, document.path):
        ways.append(f"rename the file to `{value}.md`")
    if is_id(stem):
        ways.append(f"write `{line('id', stem)}`")
    if not ways:
        name = "-".join(re.findall(r"[A-Za-z0-9._]+", stem))[:100].lstrip("._-") or "checkout-down"
        ways = [f"rename the file to `{name}.md` and write `id: {name}`; an id has letters, digits, `.`, `_` and `-`"]
    text = ", or ".join(ways)
    more = " Once it is merged, the id that it had stays." if len(ways) > 1 else ""
    return f"{text[0].upper()}{text[1:]}.{more}"
