"""An important action is called done, and nothing shows it.

## What it does

Reports a done action of priority P0 or P1 without `evidence`.

## Why it matters

"Done" in a spreadsheet is what the second incident of a kind finds. A link to the change lets anybody look.

## Example

```yaml
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P0
    status: done
    completed: 2026-03-20
```

## Use instead

```yaml
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P0
    status: done
    completed: 2026-03-20
    evidence: ["https://git.example.com/shop/pull/1234"]
```

## Options

`[rules.action-evidence] priorities`: of which priorities evidence is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "action-evidence"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each done action of such a priority that shows nothing."""
    for index, item in document.frontmatter.mappings("action_items"):
        wanted = item.get("priority") in context.option(NAME, "priorities")
        if wanted and item.get("status") == "done" and not item.get("evidence"):
            yield Finding(
                document.frontmatter.at_key("action_items", index, "status"),
                f"`{item.get('id', index + 1)}` is a done {item['priority']} without evidence",
                "Add `evidence:` with links or repository paths that show the change.",
                "action_items.evidence",
            )
