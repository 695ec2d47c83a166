"""The status takes a step that the life cycle does not have.

## What it does

With `check --since REF`, reports a change of `status` other than `draft` to `reviewed`, `reviewed` to `closed`, and `reviewed` back to
`draft`; and a new postmortem that begins as `closed`. A status that `[words]` adds stands beside these steps: a draft and a reviewed
postmortem may take it and leave it again, and a closed one stays closed.

## Why it matters

Each step is a promise to readers: reviewed means that others agree, closed that nothing is owed. A step left out is a promise
that nobody gave.

## Example

```text
before:  status: draft
now:     status: closed
```

## Use instead

```text
before:  status: draft
now:     status: reviewed
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import CLOSED, DRAFT, LIFE_CYCLE, REVIEWED

NAME = "status-transition"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE
_STEPS = {DRAFT: (REVIEWED,), REVIEWED: (CLOSED, DRAFT), CLOSED: ()}


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The step, where it is none."""
    if context.deleted(document):
        return
    now, earlier = document.frontmatter.get("status"), context.before(document)
    if earlier is None:
        if now == CLOSED and context.changes and document.path in context.changes.added:
            span = document.frontmatter.at("status")
            yield Finding(span, f"A new postmortem begins as `{now}`", f"Begin with `{DRAFT}`.", "status")
        return
    statuses = context.policy.words["status"]
    then = earlier.frontmatter.get("status")
    if now == then or now not in statuses or then not in statuses or _allowed(then, now):
        return
    ways = _STEPS.get(then, (DRAFT, REVIEWED))
    help = f"From `{then}` it goes to {' or '.join(f'`{way}`' for way in ways)}." if ways else f"`{then}` is the end."
    yield Finding(document.frontmatter.at("status"), f"The status goes from `{then}` to `{now}`", help, "status")


def _allowed(then: str, now: str) -> bool:
    """Whether a step is one; those to and from a status that a policy added are free, past the promises of `closed`."""
    if then in LIFE_CYCLE and now in LIFE_CYCLE:
        return now in _STEPS[then]
    return CLOSED not in (then, now)
