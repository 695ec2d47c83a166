"""A section that this postmortem needs is not there.

## What it does

Reports each level-2 heading that the file's status and severity ask for and that it does not have. In a draft it is a
warning: a list of what is still to come. A heading that differs in capitals alone is mended by `check --fix`.

## Why it matters

Reviewers and readers find the same thing in the same place. Less severe incidents need only the minimum: what happened
when, why, and what was learned.

## Example

```yaml
status: reviewed
severity: P3
```

```markdown
## Timeline

## What Happened

## Lessons learned
```

## Use instead

```yaml
status: reviewed
severity: P3
```

```markdown
## Timeline

## What Happened

## Root Cause

## Lessons Learned
```

## Options

`[requires.NAME] sections` in `postmortem.toml`. In one file, with a reason:

```yaml
suppress:
  - rule: missing-section
    key: Where We Got Lucky
    reason: Nothing in this incident was better than it had to be.
```
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.body import plain
from postmortem_kb.source.document import Document
from postmortem_kb.words import DRAFT, REVIEWED, nearest

NAME = "missing-section"
SEVERITY = Severity.ERROR
SCOPE = Scope.DOCUMENT


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each required section that has no heading."""
    status, level = document.frontmatter.get("status"), document.frontmatter.get("severity")
    draft = status == DRAFT
    requirements = context.policy.required(REVIEWED if draft else status, level)
    wanted = {title for requirement in requirements for title in requirement.sections}
    order = context.policy.section_order
    present = [section.title for section in document.body.sections]
    # A heading that is another section but for its capitals was not meant to be this one.
    named = {
        title.casefold() for title in (*order, *context.policy.optional_sections, *context.policy.derived_sections)
    }
    strangers = [title for title in present if title.casefold() not in named]
    for title in (title for title in order if title in wanted and title not in present):
        written = next((other for other in present if other.casefold() == title.casefold()), None)
        off = None if written else _off_level(document, title)
        misspelt = written or (None if off else nearest(title, strangers))
        span = document.text.line_span(off) if off else _place(document, title, misspelt, order)
        yield Finding(
            span,
            f"The section `{title}` is missing",
            _help(title, misspelt, document.text.line(off).strip() if off else ""),
            title,
            Severity.WARNING if draft else None,
            fix=_spelt(document, span, written, title) if written else None,
        )


def _help(title: str, misspelt: str | None, off: str) -> str:
    if off:
        return f"`{off[:80]}` stands there, on another level: write `## {title}`."
    return f"Is it `## {misspelt}`? Spell it `## {title}`." if misspelt else f"Add a heading `## {title}`."


def _off_level(document: Document, title: str) -> int | None:
    """The line of a heading with these words that is not of the second level; one inside a quote or a list is not meant."""
    body = document.body
    headings = (
        (token, plain(inline))
        for token, inline in pairwise(body.tokens)
        if token.type == "heading_open" and token.tag != "h2" and token.level == 0
    )
    return next((body.line_of(token) for token, words in headings if words.casefold() == title.casefold()), None)


def _spelt(document: Document, span: Span, written: str, title: str) -> Fix | None:
    """The heading with the right capitals; None where it holds more than words."""
    line = document.text.line(span.line)
    at = line.find(written)
    spot = Span(span.line, at + 1, span.line, at + len(written) + 1)
    return Fix((Edit(spot, title),)) if at >= 0 and line.startswith("##") else None


def _place(document: Document, title: str, misspelt: str | None, order: tuple[str, ...]) -> Span:
    """The misspelt heading, else the heading before which the section belongs, else the file's last line."""
    if misspelt and (section := document.body.section(misspelt)):
        return section.span
    later = order[order.index(title) + 1 :]
    for section in document.body.sections:
        if section.title in later:
            return section.span
    return document.text.line_span(max(1, document.text.string.rstrip().count("\n") + 1))
