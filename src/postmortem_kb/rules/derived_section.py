"""A section is written by hand that is made from the frontmatter.

## What it does

Reports a level-2 heading `Action Items` or `Related Incidents`.

## Why it matters

One fact has one home. An action that stands in the frontmatter and in a table has two due dates as soon as one of them
moves, and the index shows only one.

## Example

```markdown
## Action Items

| Action | Owner | Due |
| --- | --- | --- |
| Alert on replication lag | maria | next week |
```

## Use instead

```yaml
action_items:
  - id: A1
    action: Alert on replication lag above 60 seconds
    type: detect
    owner: "@maria"
    priority: P1
    status: todo
    due: 2026-03-20
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "derived-section"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_AROUND = re.compile(r"\A[0-9.)\s]+|[\s:.]+\Z")
"""A number before a heading, and what ends it."""
_KEYS = {"action items": "action_items", "related incidents": "related"}


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each heading whose content the site makes itself."""
    derived = {title.casefold(): title for title in context.policy.derived_sections}
    for section in document.body.sections:
        title = derived.get(_AROUND.sub("", section.title).casefold())
        if title:
            key = _KEYS.get(title.casefold(), "frontmatter")
            yield Finding(
                section.span,
                f"`{title}` is made from the frontmatter and must not be written by hand",
                f"Move its content to `{key}` and delete the section.",
                title,
            )
