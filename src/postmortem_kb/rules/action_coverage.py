"""A type of action that this postmortem needs is missing.

## What it does

Reports each type that the policy asks for at the file's status and severity and that no action has; cancelled ones do not count.
By default a reviewed P1 or P2 needs `prevent`, `detect`, `mitigate` and `process`.

## Why it matters

Preventing this very incident is the obvious half. The next one differs: it has to be seen sooner, hurt less, and be handled better.

## Example

```yaml
status: reviewed
severity: P1
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P1
    status: todo
    due: 2026-03-20
```

## Use instead

```yaml
status: reviewed
severity: P1
action_items:
  - {id: A1, action: Size the pool by its load, type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-03-20}
  - {id: A2, action: Alert when it is 80 % full, type: detect, owner: "@maria", priority: P1, status: todo, due: 2026-03-20}
  - {id: A3, action: Shed load when it is full, type: mitigate, owner: "@org/shop", priority: P2, status: todo, due: 2026-04-20}
  - {id: A4, action: Review sizes each quarter, type: process, owner: "@org/shop", priority: P2, status: todo, due: 2026-04-20}
```

## Options

`[requires.NAME] action_types` in `postmortem.toml`. In one file, with a reason:

```yaml
suppress:
  - rule: action-coverage
    key: mitigate
    reason: Nothing could be shed, for every order had already failed.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "action-coverage"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each required type without an action."""
    frontmatter = document.frontmatter
    items = [item for _, item in frontmatter.mappings("action_items")]
    # A broken file may hold anything for a type.
    cancelled = {str(item.get("type")): item.get("id") for item in items if item.get("status") == "cancelled"}
    items = [item for item in items if item.get("status") != "cancelled"]
    present = [item.get("type") for item in items]
    required = context.policy.required(frontmatter.get("status"), frontmatter.get("severity"))
    # Without any action, the schema says that they are missing.
    for word in dict.fromkeys(word for requirement in required for word in requirement.action_types) if items else ():
        if word not in present:
            severity, status = frontmatter.get("severity"), frontmatter.get("status")
            none = f"`{cancelled[word]}` is cancelled, and no other action" if word in cancelled else "No action"
            message = f"{none} is of the type `{word}`: a {status} {severity} postmortem needs one"
            yield Finding(frontmatter.at_key("action_items"), message, _HELP.get(word, "Add one."), word)


_HELP = {
    "prevent": "Add an action that keeps it from happening again.",
    "detect": "Add an action by which it is noticed sooner.",
    "mitigate": "Add an action by which it hurts less or ends sooner.",
    "process": "Add an action on how people work.",
}
