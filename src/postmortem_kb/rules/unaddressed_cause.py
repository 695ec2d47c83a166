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
    answers: dict[str, list[str]] = {}
    cancelled: dict[str, list[str]] = {}
    for index, item in frontmatter.mappings("action_items"):
        addresses = item.get("addresses")
        named = cancelled if item.get("status") == "cancelled" else answers
        for id in addresses if isinstance(addresses, list) else ():
            named.setdefault(str(id), []).append(f"`{item.get('id', index + 1)}`")
    for key in ("root_causes", "contributing_factors"):
        for index, cause in frontmatter.mappings(key):
            id = cause.get("id")
            if isinstance(id, str) and id not in answers and not cause.get("accepted_risk"):
                message, help = _told(id, cancelled.get(id, []))
                yield Finding(frontmatter.at(key, index, "id"), message, help, id, context.eased(document))


def _told(id: str, cancelled: list[str]) -> tuple[str, str]:
    risk = "or add `accepted_risk` with `reason`, `by` and `until`."
    if not cancelled:
        return f"No action answers `{id}`", f"Add `{id}` to the `addresses` of an action, {risk}"
    names, verb = " and ".join(cancelled), "is" if len(cancelled) == 1 else "are"
    message = f"{names} {verb} cancelled, and no other action answers `{id}`"
    return message, f"Add `{id}` to the `addresses` of an action that is not cancelled, {risk}"
