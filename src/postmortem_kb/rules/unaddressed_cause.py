"""Nobody acts on a cause, and nobody has accepted the risk.

## What it does

Reports a root cause or contributing factor that no action names in `addresses` (cancelled actions do not count) and that has no
`accepted_risk`. In a draft it is a warning.

## Why it matters

The analysis is the dear part of a postmortem. A cause that leads to nothing is either not worth an action, and then somebody says so
and until when, or it is forgotten.

## Example

```yaml
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand
```

## Use instead

```yaml
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand
    accepted_risk:
      reason: The service is switched off in June.
      by: "@maria"
      until: 2026-06-30
```

or an action with `addresses: [RC1]`. In one file, with a reason:

```text
suppress:
  - rule: unaddressed-cause
    key: CF2
    reason: The report names no action for it.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "unaddressed-cause"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each cause or factor without an answer."""
    frontmatter = document.frontmatter
    answered = set()
    for _, item in frontmatter.mappings("action_items"):
        addresses = item.get("addresses")
        if item.get("status") != "cancelled" and isinstance(addresses, list):
            answered |= {id for id in addresses if isinstance(id, str)}
    for key in ("root_causes", "contributing_factors"):
        for index, cause in frontmatter.mappings(key):
            id = cause.get("id")
            if isinstance(id, str) and id not in answered and not cause.get("accepted_risk"):
                yield Finding(
                    frontmatter.at(key, index, "id"),
                    f"No action answers `{id}`",
                    f"Add `{id}` to the `addresses` of an action, or add `accepted_risk` with `reason`, `by` and `until`.",
                    id,
                    context.eased(document),
                )
