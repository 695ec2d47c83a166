"""A placeholder of the template was left in.

## What it does

Reports `{...}`, `TODO`, `TBD`, `XXX` and `??` in a postmortem that is no longer a draft, in the frontmatter and in the
body. Inside code they are text.

## Why it matters

A blank that was shipped looks like an answer. In a draft it is a useful reminder, so there it may stay.

## Example

```yaml
status: reviewed
```

```markdown
## Root Cause

TBD, ask the storage team.
```

## Use instead

```yaml
status: reviewed
```

```markdown
## Root Cause

The storage controller dropped its write cache when its battery failed.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.text import without_code
from postmortem_kb.words import DRAFT, PLACEHOLDER

NAME = "placeholder"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT
_LONGEST = 2_000
"""Characters of an address that are looked at."""
_HELP = "Write what is known, or set `status: draft`; put literal text in backticks."


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each placeholder outside a draft."""
    if document.frontmatter.get("status") == DRAFT:
        return
    if not PLACEHOLDER.search(document.text.string):
        return
    for path in document.frontmatter.places:
        if path and isinstance(document.frontmatter.get(*path), str):
            offset, raw = document.frontmatter.raw(*path)
            for match in _placeholders(without_code(raw)):
                span = document.text.span(offset + match.start(), offset + match.end())
                dotted = ".".join(step for step in path if isinstance(step, str))
                yield Finding(span, f"`{match[0]}` is a placeholder", _HELP, dotted)
    for run in document.body.prose():
        for match in _placeholders(run.text):
            section = document.section_at(run.line)
            yield Finding(run.span(*match.span()), f"`{match[0]}` is a placeholder", _HELP, section)


def _placeholders(text: str) -> Iterator[re.Match[str]]:
    """Those of a text; what looks like one within an address is a part of that."""
    for match in PLACEHOLDER.finditer(text):
        word = text.rfind(" ", 0, match.start()) + 1
        if "://" not in text[max(word, match.start() - _LONGEST) : match.start()]:
            yield match
