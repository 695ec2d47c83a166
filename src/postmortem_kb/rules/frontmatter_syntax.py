"""The frontmatter is not YAML that every reader understands alike.

## What it does

Reports YAML that cannot be read, a key that stands twice, anchors, aliases, merge keys, tags, and nesting that
no postmortem needs. And text that YAML would leave off without a word: in a value without quotes, ` #12` begins a comment. A comment of
yours has a space behind its `#`.

## Why it matters

A site generator drops frontmatter that it cannot read without a word, and of two equal keys most readers keep the
last. The postmortem would be published with other facts than its author wrote. Aliases and tags can also make a
reader hang or build objects, so they are refused before any value is built. Of `Fix issue #12 for good`, every page would show
`Fix issue`.

## Example

```yaml
roles:
  author: @maria
```

## Use instead

```yaml
roles:
  author: "@maria"
```

## Options

`check --fix` puts a value in quotes that holds a number such as ` #12`. Other text behind ` #` may be a remark, so you decide.
No file can suppress it, and no policy weighs it otherwise: what cannot be read says nothing yet.

## Sources

- [YAML 1.2.2](https://yaml.org/spec/1.2.2/), section 10.3: the core schema
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "frontmatter-syntax"
SEVERITY = Severity.ERROR
SCOPE = Scope.SYNTAX


def check(document: Document, context: Context) -> Iterator[Finding]:
    """What the reader of the frontmatter could not read."""
    yield from document.problems.get(NAME, ())
