"""A relative link or picture leads nowhere.

## What it does

Reports relative addresses in the body, and repository paths under `evidence`, that are no file, or that lead out of the repository.
Addresses of other hosts are not asked, for a check works offline.
An address begins where the file lies: `/docs/pool.png` is at the root of whatever site shows the page. `check --fix` mends an address where one
file was surely meant: the same path from the root, or the only postmortem of that name, moved into another folder.

A picture of a kind that the site does not show, such as SVG, which may hold a script, is a warning.

## Why it matters

The picture is missing exactly when somebody reads the postmortem during the next incident.

## Example

```markdown
## What Happened

![The pool](pool.pgn)
```

## Use instead

```markdown
## What Happened

The pool was full, as [the dashboard](https://dash.example.com/pool) shows.
```
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from urllib.parse import quote

from postmortem_kb.catalog import Catalog
from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity, Span
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.source.links import PICTURES, Target, below_root, evidence, scheme, targets
from postmortem_kb.words import nearest

NAME = "broken-link"
SEVERITY = Severity.ERROR
SCOPE = Scope.CATALOG
_GUESSES = 20
"""So many names are guessed in a document: each is compared with a whole folder, and many dead links have one reason."""
_PAGE = re.compile(r"(?:[a-z0-9-]+\.){1,9}[a-z]{2,20}(?::[0-9]+)?/", re.IGNORECASE)
"""An address without its scheme: a host, and what stands behind it."""
_PLAIN = re.compile(r"[^\s#?%()<>\\`\ud800-\udfff]+")
"""A path that is an address as it is."""


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each address without a file behind it."""
    catalog, frontmatter, guesses = context.catalog, document.frontmatter, iter(range(_GUESSES))
    for target in targets(document.body):
        if target.relative and target.address:
            path = below_root(document.path, target.address)
            folder, section = posixpath.dirname(document.path), document.section_at(target.span.line)
            yield from _broken(catalog, document, guesses, target.span, target.address, path, folder, section)
            if target.picture and not path.lower().endswith(PICTURES) and catalog.is_file(path):
                yield _not_shown(target, section)
    for key in ("root_causes", "contributing_factors", "action_items"):
        for index, item in frontmatter.mappings(key):
            named = item.get("evidence")
            for position, address in enumerate(named if isinstance(named, list) else ()):
                if isinstance(address, str) and not scheme(address):
                    span = frontmatter.at(key, index, "evidence", position)
                    path, _ = evidence(address, catalog.is_file)
                    yield from _broken(catalog, document, guesses, span, address, path, "", f"{key}.evidence")


def _not_shown(target: Target, section: str) -> Finding:
    return Finding(
        target.span,
        f"`{target.address[:80]}` is no kind of picture that the site shows, only the words in its brackets",
        "Export it as PNG.",
        section,
        severity=Severity.WARNING,
    )


def _broken(
    catalog: Catalog,
    document: Document,
    guesses: Iterator[int],
    span: Span,
    address: str,
    path: str,
    folder: str,
    key: str,
) -> Iterator[Finding]:
    """The finding of an address that leads to a path.

    `folder` is where addresses of its kind begin, empty for those of the frontmatter; `guesses` are the names that may still be guessed.
    """
    if not path.startswith(("..", "/")) and catalog.is_file(path):
        return
    shown = address[:80]
    if found := _meant(catalog, address, path):
        better = posixpath.relpath(found, folder or ".")
        better = (_address(better) if not folder else quote(os.fsencode(better))) + _behind(address)
        at_root = path.startswith("/") and found == path.lstrip("/")
        why = "begins at the root of a site, which is not that of this repository" if at_root else "leads to no file"
        typed = document.text.line(span.line)[span.column - 1 : span.end_column - 1] == address
        fix = Fix((Edit(span, better),)) if typed else None
        yield Finding(span, f"`{shown}` {why}", f"Did you mean `{better}`?", key, fix=fix)
    elif path.startswith(".."):
        yield Finding(span, f"`{shown}` leads out of the repository", "Put the file beside the postmortem.", key)
    else:
        near = _neighbour(catalog, path.lstrip("/"), document.path) if next(guesses, None) is not None else None
        help = f"Did you mean `{_address(posixpath.relpath(near, folder or '.'))}`?" if near else _absent(address)
        yield Finding(span, f"`{shown}` leads to no file", help, key)


def _absent(address: str) -> str:
    """What to do about a file that is not there; what looks like a host was surely meant as one."""
    page = "/" in address and _PAGE.match(address)
    return f"Write `https://{address[:80]}` if it is a page, or add the file." if page else "Add the file."


def _meant(catalog: Catalog, address: str, path: str) -> str:
    """The one file that was surely meant, by its path below the root: the same way from there, or the only one of its name."""
    from_root = below_root("", address).lstrip("/")
    if not from_root.startswith("..") and catalog.is_file(from_root):
        return from_root
    name = posixpath.basename(path)
    stem = name.removesuffix(".md")
    named = [other for other in catalog.others(stem, "") if posixpath.basename(other) == name] if stem != name else []
    return named[0] if len(named) == 1 else ""


def _address(path: str) -> str:
    """A path as people write it in an address: encoded only where a mark in it would be read as another."""
    return path if _PLAIN.fullmatch(path) else quote(os.fsencode(path))


def _behind(address: str) -> str:
    """What stands behind the path of an address."""
    found = re.search("[?#]", address)
    return address[found.start() :] if found else ""


def _neighbour(catalog: Catalog, path: str, own: str) -> str | None:
    """The file in the same folder whose name is nearest, by its path below the root; the document itself is not meant."""
    folder, name = posixpath.split(path)
    guess = nearest(name, (other for other in catalog.names_in(folder) if posixpath.join(folder, other) != own))
    return posixpath.join(folder, guess) if guess else None
