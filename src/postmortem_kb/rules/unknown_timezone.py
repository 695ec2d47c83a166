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

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import zone_names
from postmortem_kb.words import nearest

NAME = "unknown-timezone"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_OFFSET = re.compile(r"(?:UTC|GMT|Z)[+-][0-9]{1,2}(?::?[0-9]{2})?", re.IGNORECASE)


def check(document: Document, context: Context) -> Iterator[Finding]:
    """A zone that nobody knows."""
    name = document.frontmatter.get("timezone")
    if not isinstance(name, str) or name == "UTC" or name in zone_names():
        return
    # What is not of the form of a name breaks the schema, which says so.
    if not any(violation.path == ("timezone",) for violation in context.violations(document)):
        yield Finding(document.frontmatter.at("timezone"), f"There is no time zone `{name[:60]}`", _help(name), NAME)


def _help(name: str) -> str:
    if _OFFSET.fullmatch(name):
        # The nearest names, `UTC` and `Etc/GMT+1`, are hours away from it.
        return "Write the name of a place, such as `Europe/Berlin`, or leave it out and write times with their offset."
    # Between abbreviations a letter makes hours: `PST` is near `EST`. Places are spelt longer.
    guess = nearest(
        name, [zone for zone in zone_names() if zone == "UTC" or ("/" in zone and not zone.startswith("Etc/"))]
    )
    return f"Did you mean `{guess}`?" if guess else "Write an IANA name such as `Europe/Berlin`."
