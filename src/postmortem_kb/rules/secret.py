"""A password, key or token stands in the file.

## What it does

Looks through frontmatter, text and code for the shapes of keys and tokens, for passwords in addresses and for values that are
assigned to a name such as `password`. The report names the kind and the place, never the secret. It is a best effort: a secret that
looks like any other word is not seen. Of 13 lines that were kept apart while the rule was made, it found 9.

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

Beside a value that is made up, `pragma: allowlist secret` on the same line lets it stand. Or, for a section or a key:

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

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.secrets import hints_in, secrets_in
from postmortem_kb.source.document import Document

NAME = "secret"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each secret, without its text."""
    hints = hints_in(document.text.string)
    for number in range(1, len(document.text.starts) + 1 if hints else 1):
        line = document.text.line(number)
        small = line.lower()
        for secret in secrets_in(line) if any(hint in small for hint in hints) else ():
            span = Span(number, secret.start + 1, number, secret.end + 1)
            help = "Revoke it, for the history keeps it; then write `$NAME` or `***` here."
            yield Finding(span, f"This looks like {secret.kind}", help, _place(document, number), hidden=True)


def _place(document: Document, number: int) -> str:
    """The section or the key on a line."""
    if number > document.body.offset:
        above = [section.title for section in document.body.sections if section.span.line <= number]
        return above[-1] if above else ""
    keys = [key for key in document.frontmatter.data if document.frontmatter.at_key(key).line <= number]
    return max(keys, key=lambda key: document.frontmatter.at_key(key).line, default="")
