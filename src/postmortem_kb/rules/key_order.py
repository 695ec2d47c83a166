"""The keys of the frontmatter stand in another order than in every other postmortem.

## What it does

Compares the order of the first level's keys with that of the schema. Keys of your own (`x-`) may stand anywhere.

## Why it matters

Whoever reviews the tenth postmortem of the month knows where severity and timestamps stand.

## Example

```markdown postmortems/checkout.md
---
id: checkout
severity: P3
title: Checkout was down
status: draft
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Use instead

```markdown postmortems/checkout.md
---
id: checkout
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
```

## Options

`check --fix` moves the keys, each with the comments above it. A check reports it where `[rules.key-order] severity` is set, or with `--select`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_kb.contract import key_order
from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document

NAME = "key-order"
SEVERITY = Severity.ADVICE
SCOPE = Scope.TIDY
_COMMENTS = re.compile(r"(?:^#.*\n)+\Z", re.MULTILINE)


def check(document: Document, context: Context) -> Iterator[Finding]:
    """The first key that stands too late."""
    order = key_order()
    keys = [key for key in document.frontmatter.data if key in order]
    ranks = [order.index(key) for key in keys]
    late = next((i for i in range(1, len(ranks)) if ranks[i] < ranks[i - 1]), None)
    if late is not None:
        span = document.frontmatter.at_key(keys[late])
        message = f"`{keys[late]}` stands below `{keys[late - 1]}`"
        yield Finding(span, message, "`check --fix` sorts the keys.", keys[late], fix=_sorted(document))


def _sorted(document: Document) -> Fix | None:
    """The blocks of the keys in their order; None where they are not plain lines below each other."""
    frontmatter, string, order = document.frontmatter, document.text.string, key_order()
    starts = [frontmatter.start + frontmatter.places[(key,)].key_start for key in frontmatter.data]
    if any(start and string[start - 1] not in "\r\n" for start in starts) or starts != sorted(starts):
        return None
    # The comments right above a key go with it.
    above = [_COMMENTS.search(string, frontmatter.start, start) for start in starts]
    begins = [found.start() if found else start for found, start in zip(above, starts, strict=True)]
    ends = [*begins[1:], frontmatter.end]
    blocks = dict(zip(frontmatter.data, (string[a:b] for a, b in zip(begins, ends, strict=True)), strict=True))
    ranks = {key: order.index(key) if key in order else len(order) for key in blocks}
    span = document.text.exact_span(begins[0], frontmatter.end)
    return Fix((Edit(span, "".join(blocks[key] for key in sorted(blocks, key=lambda key: ranks[key]))),))
