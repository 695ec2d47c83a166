"""An action answers a cause that does not exist.

## What it does

Reports an entry of an action's `addresses` that is the id of no root cause and no contributing factor of the file.

## Why it matters

The link from a cause to the action that answers it is what shows a cause that nobody answers. A wrong id hides one.

## Example

```yaml
root_causes:
  - id: RC1
    category: capacity
    statement: The connection pool was half the size of the peak.
action_items:
  - id: A1
    addresses: [RC2]
```

## Use instead

```yaml
    addresses: [RC1]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "action-addresses"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each address that leads nowhere."""
    front = document.frontmatter
    causes = [item.get("id") for key in ("root_causes", "contributing_factors") for _, item in front.mappings(key)]
    known = [cause for cause in causes if isinstance(cause, str)]
    for index, item in front.mappings("action_items"):
        addresses = item.get("addresses")
        for position, address in enumerate(addresses if isinstance(addresses, list) else ()):
            if isinstance(address, str) and address not in known:
                yield Finding(
                    front.at("action_items", index, "addresses", position),
                    f"`{address}` is no root cause and no contributing factor of this file",
                    f"Known here: {', '.join(known)}." if known else "Add it to `root_causes` first.",
                    "action_items.addresses",
                )
