"""A closed postmortem was changed.

## What it does

With `check --since REF`, reports changes of a file that was closed at REF, except to `action_items`, `related`, `links`, `tags`, `visibility`
and `suppress`.

## Why it matters

Others refer to what a closed postmortem says. New knowledge is a new postmortem, or a relation to one; the old text tells what
was known then.

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
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.words import CLOSED

NAME = "closed-edit"
SEVERITY = Severity.ERROR
SCOPE = Scope.CHANGE
_FREE = ("action_items", "related", "links", "tags", "visibility", "suppress")
_HELP = "Take the change back. What was learned later belongs into a new postmortem that relates to this one."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each key that changed, and the first line of the text that did."""
    earlier = context.before(document)
    # That the status or the id changed is said by rules of their own.
    if earlier is None or earlier.frontmatter.get("status") != CLOSED:
        return
    before, now = earlier.frontmatter.data, document.frontmatter.data
    for key in dict.fromkeys((*now, *before)):
        if key not in (*_FREE, "id", "status") and before.get(key) != now.get(key):
            span = document.frontmatter.at_key(key)
            yield Finding(span, f"`{key}` of a closed postmortem has changed", _HELP, key)
    line = _first_difference(earlier, document)
    if line:
        yield Finding(line, "The text of a closed postmortem has changed", _HELP, "body")


def _first_difference(earlier: Document, document: Document) -> Span | None:
    before = earlier.text.string[earlier.body_start :].rstrip().splitlines()
    now = document.text.string[document.body_start :].rstrip().splitlines()
    if before == now:
        return None
    same = 0
    while same < min(len(before), len(now)) and before[same] == now[same]:
        same += 1
    while same + 1 < len(now) and not now[same].strip():
        same += 1
    line = document.text.position(document.body_start)[0] + same
    return document.text.line_span(min(line, len(document.text.starts)))
