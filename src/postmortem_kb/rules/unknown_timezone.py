"""The time zone does not exist.

## What it does

Reports a `timezone` that is not in the IANA time zone database.

## Why it matters

Bare times of the timeline would silently be read as UTC, hours away from what was meant.

## Example

```yaml
timezone: Europe/Berln
```

## Use instead

```yaml
timezone: Europe/Berlin
```

## Sources

- [IANA time zone database](https://www.iana.org/time-zones)
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import zone_names
from postmortem_kb.words import nearest

NAME = "unknown-timezone"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """A zone that nobody knows."""
    name = document.frontmatter.get("timezone")
    # What is no text breaks the schema.
    if isinstance(name, str) and name != "UTC" and name not in zone_names():
        guess = nearest(name, zone_names())
        help = f"Did you mean `{guess}`?" if guess else "Write an IANA name such as `Europe/Berlin`."
        yield Finding(document.frontmatter.at("timezone"), f"There is no time zone `{name[:60]}`", help, NAME)
