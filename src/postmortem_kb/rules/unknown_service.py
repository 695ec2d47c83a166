"""A service is not in the service catalog.

## What it does

Reports a name under `services` that `[services] names` in `postmortem.toml` does not list. Without such a list names are free.

## Why it matters

`checkout`, `check-out` and `shop/checkout` are three pages and three histories of one service.

## Example

```toml
[services]
names = ["checkout", "billing"]
```

```yaml
services: [check-out]
```

## Use instead

```yaml
services: [checkout]
```

## Options

`[services] names`.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import nearest

NAME = "unknown-service"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each service of an unknown name."""
    known = context.policy.services
    names = document.frontmatter.get("services")
    for index, name in enumerate(names if known and isinstance(names, list) else ()):
        if isinstance(name, str) and name not in known:
            guess = nearest(name, known)
            help = f"Did you mean `{guess}`?" if guess else "Add it to `[services] names` in postmortem.toml."
            yield Finding(document.frontmatter.at("services", index), f"There is no service `{name}`", help, "services")
