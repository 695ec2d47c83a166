"""A new postmortem is clearly similar to an earlier one with the same cause.

## What it does

With `check --since REF`, compares each new or changed postmortem with all others. Where the similarity is clear, a category of root cause is the
same, and neither file relates to the other, it names the earlier incident. The hooks and a plain `check` do not compare: that
takes the words of the whole catalog.

## Why it matters

What came back was not fixed the last time. Written down, the two incidents show on each other's page, count as a recurrence, and
`known-unfixed` asks about the actions that were left open.

## Example

```text
services: [checkout]
root_causes: [{id: RC1, category: capacity, statement: The pool of connections was sized by hand.}]
# 2026-01-10-pool-full tells the same, and nothing relates the two.
```

## Use instead

```text
related: [{id: 2026-01-10-pool-full, relation: recurrence-of}]
# or, where it is something else:
suppress: [{rule: possible-recurrence, key: 2026-01-10-pool-full, reason: Another pool, of another team.}]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "possible-recurrence"
SEVERITY = Severity.ADVICE
SCOPE = Scope.CHANGE


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each earlier incident that this one may repeat."""
    causes = _categories(document)
    # Without a cause there is nothing to agree on, and nothing has to be compared.
    if context.alike is None or not causes or context.deleted(document):
        return
    related = [item.get("id") for _, item in document.frontmatter.mappings("related")]
    for alike in context.alike(document):
        other = context.catalog.named(alike.id)
        if other is None or alike.id in related or not causes & _categories(other):
            continue
        if any(item.get("id") == document.id for _, item in other.frontmatter.mappings("related")):
            continue
        yield Finding(
            document.frontmatter.at_key("root_causes"),
            f"This may be `{alike.id}` again: {alike.reasons}",
            f"Add it to `related` as `recurrence-of` or `same-cause`; `suppress` this with the key `{alike.id}` where it is something else.",
            alike.id,
        )


def _categories(document: Document) -> set[str]:
    found = (cause.get("category") for _, cause in document.frontmatter.mappings("root_causes"))
    return {category for category in found if isinstance(category, str)}
