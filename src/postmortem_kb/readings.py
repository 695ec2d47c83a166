"""All documents of a catalog, each with what keeps it from being shown; those that an earlier build read are not read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from postmortem_kb.catalog import Catalog
from postmortem_kb.contract import Contract
from postmortem_kb.shelf import Shelf
from postmortem_kb.source.document import Document, parse_document, read_document
from postmortem_kb.source.frontmatter import Frontmatter
from postmortem_kb.source.text import Text, digest
from postmortem_kb.violation import Violation

_KIND = "reading"


def read_all(catalog: Catalog, contract: Contract, shelf: Shelf | None) -> Iterator[tuple[Document, str]]:
    """Every document and the first reason why it cannot be shown, which is empty for most."""
    known = shelf.all(_KIND) if shelf else {}
    fresh: dict[str, bytes] = {}
    used = set()
    for path in catalog.paths:
        content = catalog.content(path)
        whole = 0 < len(content) < catalog.limits.file_bytes
        mark = digest(content) if shelf and whole else ""
        used.add(mark)
        document = _remembered(catalog, path, content, known.get(mark))
        if document is not None:
            yield document, ""
            continue
        document = (
            parse_document(path, content, catalog.limits)
            if whole
            else read_document(catalog.root, path, catalog.limits)
        )
        reason = _reason(document, contract)
        if mark and not reason:
            fresh[mark] = json.dumps((document.body_start, document.frontmatter.data)).encode()
        yield document if reason else _without_places(document), reason
    if shelf and fresh:
        shelf.put(_KIND, fresh)
    if shelf and known.keys() - used:
        shelf.keep(_KIND, used)


def _without_places(document: Document) -> Document:
    """Without the places of its values, which pages do not ask for and which are most of what it weighs."""
    return replace(document, frontmatter=Frontmatter(document.frontmatter.data, document.text))


def _remembered(catalog: Catalog, path: str, content: bytes, row: bytes | None) -> Document | None:
    """A document whose frontmatter is known: it has the values, not where each of them stands."""
    if row is None:
        return None
    try:
        body_start, data = json.loads(row)
        text = Text.of(content.decode("utf-8").removeprefix("\ufeff"))
    except ValueError:
        return None
    return Document(path, text, Frontmatter(data, text), body_start, rows=catalog.limits.items)


def _reason(document: Document, contract: Contract) -> str:
    fault = next((findings[0].message for findings in document.problems.values()), "")
    return fault or next((v.message for v in contract.violations(document.frontmatter.data) if _shapeless(v)), "")


def _shapeless(violation: Violation) -> bool:
    """Whether values cannot be built; what is only unfinished, unknown or too long is shown."""
    return not violation.policy and violation.keyword in ("type", "required", "pattern", "format")
