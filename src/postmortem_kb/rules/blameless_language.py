"""The wording looks for somebody to blame.

## What it does

Reports phrases in the text and in the frontmatter that make a person the cause, judge them, or say what they should have done, and
"human error" where the analysis ends. Systems may fail and alerts should have fired. Quotes (`>`) and code are left alone.

## Why it matters

Whoever expects to be blamed tells less the next time, and the analysis stops at a name when the interesting part begins: why did it
look right, and why did nothing stand in its way?

## Example

```markdown
## Root Cause

The engineer forgot to size the pool. He should have known better.
```

## Use instead

```markdown
## Root Cause

The deployment does not size the pool, and nothing shows its size. The last change of it was made from memory.
```

## Options

The list is data, with its sources: `blameful.toml` in the package `postmortem_schema`. In one file, with a reason:

```yaml
suppress:
  - rule: blameless-language
    key: Root Cause
    reason: The words are those of the public report.
```

## Sources

- [Site Reliability Engineering, chapter 15](https://sre.google/sre-book/postmortem-culture/)
- [Blameless PostMortems and a Just Culture](https://www.etsy.com/codeascraft/blameless-postmortems/)
- Dekker, The Field Guide to Understanding Human Error, 3rd edition, 2014
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.blame import blame_in, phrases_in
from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.text import without_code

NAME = "blameless-language"
SEVERITY = Severity.WARNING
SCOPE = Scope.DOCUMENT
_TEXTS = ("title", "summary", "statement", "action", "note", "reason", "success_criteria", "how", "result", "customers",
          "data_affected", "data_loss", "data_correctness", "sla_breach", "executive", "operations", "customer")  # fmt: skip
_CAUSE = "Root Cause"
_LONGER = "\u0130"
"""The one letter that is longer when it is small, which would move all that follows it."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each phrase."""
    phrases = phrases_in(document.text.string)
    if not phrases:
        return
    for start, text, key, cause in (*_frontmatter(document), *_paragraphs(document)):
        # Emphasis parts no words.
        words = without_code(text).replace("*", " ").replace(_LONGER, "I")
        for blame in blame_in(words, phrases, cause=cause):
            said = " ".join(words[blame.start : blame.end].split())
            span = document.text.span(start + blame.start, start + blame.end)
            yield Finding(span, f"`{said}`: {blame.phrase.why}", blame.phrase.instead, key)


def _frontmatter(document: Document) -> Iterator[tuple[int, str, str, bool]]:
    for path in document.frontmatter.places:
        if path and path[-1] in _TEXTS and isinstance(document.frontmatter.get(*path), str):
            start, raw = document.frontmatter.raw(*path)
            yield start, raw, ".".join(step for step in path if isinstance(step, str)), path[0] == "root_causes"


def _paragraphs(document: Document) -> Iterator[tuple[int, str, str, bool]]:
    """The text between two blank lines, with the section in which it stands; quotes are left out."""
    body, starts = document.body, document.text.starts
    lines: dict[tuple[int, int], None] = {}
    quotes = 0
    for token in body.tokens:
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "inline" and token.map and not quotes:
            lines[token.map[0], token.map[1]] = None
    for first, last in lines:
        start = starts[body.offset + first]
        end = starts[body.offset + last] if body.offset + last < len(starts) else len(document.text.string)
        title = document.section_at(body.offset + first + 1)
        yield start, document.text.string[start:end], title, title == _CAUSE
