"""Nobody but the author has signed off.

## What it does

Reports a reviewed or closed postmortem whose `sign_offs` are all by its author, and a sign-off on a day that is still to come, or before the incident
began.

## Why it matters

A review is a second pair of eyes. The author alone cannot see what is missing.

## Example

```yaml
status: reviewed
roles:
  author: "@maria"
sign_offs:
  - by: "@maria"
    role: author
    on: 2026-03-10
```

## Use instead

```yaml
status: reviewed
roles:
  author: "@maria"
sign_offs:
  - by: "@kim"
    role: service owner
    on: 2026-03-10
```
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope, too_early
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_day

NAME = "sign-off"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Sign-offs that sign nothing off."""
    frontmatter = document.frontmatter
    signed = list(frontmatter.mappings("sign_offs"))
    author = str(frontmatter.get("roles", "author")).casefold()
    others = [item for _, item in signed if str(item.get("by")).casefold() != author]
    if signed and not others and not context.eased(document):
        help = "Ask somebody else to sign off, or correct `roles.author`."
        yield Finding(frontmatter.at_key("sign_offs"), "Nobody but the author has signed off", help, "sign_offs.by")
    for index, item in signed:
        day = read_day(item.get("on"))
        if day and context.to_come(day):
            span = frontmatter.at("sign_offs", index, "on")
            yield Finding(span, "This sign-off lies in the future", "Mend the date.", "sign_offs.on")
        elif day and (help := too_early(day, document, "started")):
            span = frontmatter.at("sign_offs", index, "on")
            yield Finding(span, "This sign-off is before the incident began", help, "sign_offs.on")
