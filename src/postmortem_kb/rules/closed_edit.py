"""A closed postmortem was changed.

## What it does

With `check --since REF`, reports changes of a file that was closed at REF, except to `action_items`, `related`, `links`, `tags`, `visibility`,
`suppress`, and the `accepted_risk` of a cause. These are no changes either:

- a relative link that leads where it led, written anew because the file or the other postmortem moved to another folder;
- `***` or `$NAME` in place of what the rule `secret` finds;
- the new name of a severity that `[severities]` renames.

## Why it matters

Others refer to what a closed postmortem says. New knowledge is a new postmortem, or a relation to one; the old text tells what
was known then. What other rules may ask for later stays possible: to decide anew on a risk, to mend a link, to take out a secret.

## Example

```text
before:  status: closed, summary: The pool was full.
now:     status: closed, summary: The disk was full.
```

## Use instead

```text
before:  status: closed, related: []
now:     status: closed, related: [{id: 2026-05-02-disk-full, relation: same-cause}]
```

Where something else has to change, such as the name of a customer or the old name of a service, say why:

```text
suppress:
  - rule: closed-edit
    key: summary
    reason: The name of a customer stood in the summary.
```

`key` is the key that changed, or `body`.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.comparison import Comparison
from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import CLOSED

NAME = "closed-edit"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE
_FREE = ("action_items", "related", "links", "tags", "visibility", "suppress")
_CAUSES = ("root_causes", "contributing_factors")
_HELP = "Take the change back. What was learned later belongs into a new postmortem that relates to this one."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each key that changed, and the first line of the text that did."""
    earlier = context.before(document)
    # That the status or the id changed is said by rules of their own.
    if earlier is None or earlier.frontmatter.get("status") != CLOSED:
        return
    comparison = Comparison(earlier, document)
    before, now = earlier.frontmatter.data, document.frontmatter.data
    for key in dict.fromkeys((*now, *before)):
        if key not in (*_FREE, "id", "status") and not _same(key, before.get(key), now.get(key), comparison, context):
            span = document.frontmatter.at_key(key)
            yield Finding(span, f"`{key}` of a closed postmortem has changed", _HELP, key)
    if line := comparison.difference():
        yield Finding(line, "The text of a closed postmortem has changed", _HELP, "body")


def _same(key: str, before: object, now: object, comparison: Comparison, context: Context) -> bool:
    if key in _CAUSES:
        before, now = _without_risks(before), _without_risks(now)
    if key == "severity" and isinstance(before, str) and now == context.policy.severity_names.get(before):
        return True
    return comparison.same(before, now)


def _without_risks(causes: object) -> object:
    if not isinstance(causes, list):
        return causes
    return [
        {key: value for key, value in cause.items() if key != "accepted_risk"} if isinstance(cause, dict) else cause
        for cause in causes
    ]
