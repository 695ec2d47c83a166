"""A section that this postmortem needs is not there.

## What it does

Reports each level-2 heading that the file's status and severity ask for and that it does not have. In a draft it is a
warning: a list of what is still to come.

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

from postmortem_kb.diagnostic import Finding, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
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
    strangers = [title for title in present if title not in order]
    for title in (title for title in order if title in wanted and title not in present):
        misspelt = nearest(title, strangers)
        help = f"Is it `## {misspelt}`? Spell it `## {title}`." if misspelt else f"Add a heading `## {title}`."
        yield Finding(
            _place(document, title, misspelt, order),
            f"The section `{title}` is missing",
            help,
            title,
            Severity.WARNING if draft else None,
        )


def _place(document: Document, title: str, misspelt: str | None, order: tuple[str, ...]) -> Span:
    """The misspelt heading, else the heading before which the section belongs, else the file's last line."""
    if misspelt and (section := document.body.section(misspelt)):
        return section.span
    later = order[order.index(title) + 1 :]
    for section in document.body.sections:
        if section.title in later:
            return section.span
    return document.text.line_span(max(1, document.text.string.rstrip().count("\n") + 1))
