"""The status takes a step that the life cycle does not have.

## What it does

With `check --since REF`, reports a change of `status` other than `draft` to `reviewed`, `reviewed` to `closed`, and `reviewed` back to
`draft`; and a new postmortem that begins as `closed`.

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

NAME = "status-transition"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The step, where it is none."""
    if context.deleted(document):
        return
    statuses = context.policy.words["status"]
    now, earlier = document.frontmatter.get("status"), context.before(document)
    if earlier is None:
        if now == statuses[-1] and context.changes and document.path in context.changes.added:
            span = document.frontmatter.at("status")
            yield Finding(span, f"A new postmortem begins as `{now}`", f"Begin with `{statuses[0]}`.", "status")
        return
    then = earlier.frontmatter.get("status")
    if now == then or now not in statuses or then not in statuses:
        return
    before, after = statuses.index(then), statuses.index(now)
    if after == before + 1 or (after == before - 1 and now == statuses[0]):
        return
    ways = [statuses[before + 1]] if then != statuses[-1] else []
    ways += [statuses[0]] if before == 1 else []
    help = f"From `{then}` it goes to {' or '.join(f'`{way}`' for way in ways)}." if ways else f"`{then}` is the end."
    yield Finding(document.frontmatter.at("status"), f"The status goes from `{then}` to `{now}`", help, "status")
