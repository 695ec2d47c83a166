"""A password, key or token stands in the file.

## What it does

Looks through frontmatter, text and code for the shapes of keys and tokens, for passwords in addresses and for values that are
assigned to a name such as `password`. The report names the kind and the place, never the secret. It is a best effort: a secret that
looks like any other word is not seen. Of 25 lines that were kept apart while the rule was made, it found 16.

## Why it matters

Postmortems are full of pasted commands and logs, and they are read by many. What was committed once stays in the history of
every clone: a secret that was found here has to be revoked, not only deleted.

## Example

```markdown
## Appendix

    psql postgres://orders:c0rrect-h0rse@db.example.net/orders
```

## Use instead

```markdown
## Appendix

    psql postgres://orders:$PASSWORD@db.example.net/orders
```

## Options

Beside a value that is made up, `pragma: allowlist secret` on the same line lets it stand. Or, for a section or a dotted key:

```yaml
suppress:
  - rule: secret
    key: Appendix
    reason: The key in the log is the documented example of the vendor.
```

## Sources

- [detect-secrets](https://github.com/Yelp/detect-secrets), whose detectors are used but for those that go by entropy
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.secrets import hints_in, secrets_in
from postmortem_kb.source.document import Document

NAME = "secret"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_LAST = "\U0010ffff"
"""Sorts behind every name at the same offset."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each secret, without its text."""
    hints = hints_in(document.text.string)
    places: list[tuple[int, str]] = []
    for number in range(1, len(document.text.starts) + 1 if hints else 1):
        line = document.text.line(number)
        small = line.lower()
        for secret in secrets_in(line) if any(hint in small for hint in hints) else ():
            places = places or _places(document)
            span = Span(number, secret.start + 1, number, secret.end + 1)
            key = places[bisect_right(places, (document.text.offset(number, secret.start + 1), _LAST)) - 1][1]
            # A name goes into a baseline, so one that is a secret itself is none.
            key = "" if any(secrets_in(key)) else key
            instead = (
                "`***` in place of the whole block, down to its `END` line"
                if "private" in secret.kind
                else "`$NAME` or `***` here"
            )
            help = f"Revoke it, for the history keeps it; then write {instead}."
            yield Finding(span, f"This looks like {secret.kind}", help, key, hidden=True)


def _places(document: Document) -> list[tuple[int, str]]:
    """Where each key of the frontmatter and each section begins, in order, with its name."""
    frontmatter, starts = document.frontmatter, document.text.starts
    keys = [
        (frontmatter.start + place.key_start, ".".join(step for step in path if isinstance(step, str)))
        for path, place in frontmatter.places.items()
        if path
    ]
    sections = [(starts[section.span.line - 1], section.title) for section in document.body.sections]
    return sorted([(0, ""), *keys, (document.body_start, ""), *sections])
