"""A link would run a script or open what is no page.

## What it does

Reports links, pictures and references, in the text and in the frontmatter, whose address begins with anything but `http:`, `https:` or `mailto:`, such as `javascript:`, `data:`
or `file:`.

## Why it matters

Such a link runs in the reader's browser or leads to a file on the writer's machine. The site does not follow it, so it is a dead end.

## Example

```markdown
## Appendix

[The log](file:///home/maria/orders.log)
```

## Use instead

```markdown
## Appendix

[The log](https://logs.example.com/orders?from=2026-03-04)
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.links import scheme, targets

NAME = "unsafe-link"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_SAFE = ("", "http", "https", "mailto")
# The parser leaves the worst ones as text.
_REFUSED = r"(?i)(?:\]\(|\]: ?|^<)[ <]{0,2}((?:javascript|vbscript|data|file):[^\s)>]{0,200})"
_SUSPICIOUS = re.compile(r"(?:javascript|vbscript|data|file):", re.IGNORECASE)
_KEYS = ("url", "evidence")
_HELP = "Link a page with `https://`, or a file beside the postmortem; put literal text in backticks."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each address that no reader should follow."""
    for span, address, key in _addresses(document):
        if scheme(address) not in _SAFE:
            yield Finding(span, f"A link must not begin with `{scheme(address)}:`", _HELP, key)
    for target in targets(document.body):
        if scheme(target.address) not in _SAFE:
            section = document.section_at(target.span.line)
            yield Finding(target.span, f"A link must not begin with `{scheme(target.address)}:`", _HELP, section)
    if not _SUSPICIOUS.search(document.text.string):
        return
    for run in document.body.prose():
        for match in re.finditer(_REFUSED, run.text):
            message = f"A link must not begin with `{match[1].partition(':')[0].lower()}:`"
            yield Finding(run.span(*match.span(1)), message, _HELP, document.section_at(run.line))


def _addresses(document: Document) -> Iterator[tuple[Span, str, str]]:
    """Those of the frontmatter, each with its place and its key."""
    frontmatter = document.frontmatter
    for path in frontmatter.places:
        value = frontmatter.get(*path)
        if isinstance(value, str) and ":" in value and any(step in _KEYS for step in path[-2:]):
            yield frontmatter.at(*path), value, ".".join(step for step in path if isinstance(step, str))
