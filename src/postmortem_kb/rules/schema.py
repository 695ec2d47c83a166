"""The frontmatter does not follow the JSON Schema.

## What it does

Reports a key that is missing for the file's status and severity, a value of another type than the key's, a word that
is not on its list, a handle, date or time in another form, and a text or list that is too long.

## Why it matters

The schema is what the site, the figures and every other program rely on. It asks little of a draft and more of what is
reviewed and severe, so a postmortem can begin small.

## Example

```yaml
severity: SEV2
timestamps:
  started: 10:30
```

## Use instead

```yaml
severity: P2
timestamps:
  started: 2026-03-04T10:30:00Z
```

## Options

`[words]` in `postmortem.toml` adds words to a list, `[severities]` renames severities, and `[requires.NAME]` changes
what a status and a severity need. One file may keep a finding with a reason:

```yaml
suppress:
  - rule: schema
    key: impact.financial
    reason: The cost is not known outside the finance department.
```

## Sources

- [JSON Schema, draft 2020-12](https://json-schema.org/draft/2020-12)
- [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339): dates and times
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.contract import is_id
from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity
from postmortem_kb.example import line
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.violation import Violation

NAME = "schema"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each departure from the schema but unknown keys."""
    for violation in context.violations(document):
        if violation.keyword == "additionalProperties":
            continue
        span = violation.span(document.frontmatter)
        fix = Fix((Edit(span, violation.remedy),)) if violation.remedy else None
        yield Finding(span, violation.message, _help(violation, document), violation.dotted, fix=fix)


def _help(violation: Violation, document: Document) -> str:
    """What to write; for an id that is missing, the name of the file."""
    if violation.dotted == "id" and not document.frontmatter.get("id") and is_id(document.stem):
        return f"Write `{line('id', document.stem)}`: the name of the file without `.md`."
    return violation.help
