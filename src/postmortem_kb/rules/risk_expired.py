"""The time for which a risk was accepted is over.

## What it does

Reports an `accepted_risk` whose `until` has passed.

## Why it matters

A risk is accepted for a while: until a migration, until the next quarter. Then somebody decides again, with what has been learned since.

It is a warning: the day passes without a change of the file, and would stop people who changed another one. A closed postmortem may change
its `accepted_risk`, too.

## Example

```yaml
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand
    accepted_risk:
      reason: The service is switched off in June.
      by: "@maria"
      until: 2020-06-30
```

## Use instead

```yaml
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand
    accepted_risk:
      reason: The service is switched off with the last customer of the old contract.
      by: "@maria"
      until: 2999-12-31
```

or, in place of `accepted_risk`, an action with `addresses: [RC1]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_day

NAME = "risk-expired"
SEVERITY = Severity.WARNING
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each accepted risk that has run out."""
    for key in ("root_causes", "contributing_factors"):
        for index, cause in document.frontmatter.mappings(key):
            until = document.frontmatter.get(key, index, "accepted_risk", "until")
            day = read_day(until)
            if day and day < context.today:
                yield Finding(
                    document.frontmatter.at(key, index, "accepted_risk", "until"),
                    f"The risk of `{cause.get('id', index + 1)}` was accepted until {until}",
                    "Decide again: a new `until` with its reason, or in its place an action that `addresses` the cause.",
                    f"{key}.accepted_risk",
                )
