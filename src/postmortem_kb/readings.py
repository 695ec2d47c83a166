"""What a build reads of a catalog and its history: what an earlier one read is not read again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from postmortem_kb.action_history import ActionHistory, Promise, Turn, read_action_history
from postmortem_kb.catalog import Catalog
from postmortem_kb.contract import Contract
from postmortem_kb.history import head
from postmortem_kb.shelf import Shelf
from postmortem_kb.source.document import Document, parse_document, read_document
from postmortem_kb.source.frontmatter import Frontmatter
from postmortem_kb.source.text import Text, digest
from postmortem_kb.violation import Violation
from postmortem_kb.workers import on_all_cores

_KIND = "reading"
_ACTIONS = "actions of git"


def read_all(catalog: Catalog, contract: Contract, shelf: Shelf | None) -> Iterator[tuple[Document, str]]:
    """Every document and the first reason why it cannot be shown, which is empty for most."""
    known = shelf.all(_KIND) if shelf else {}
    found: dict[str, Document | None] = dict.fromkeys(catalog.paths)
    used = set()
    for path in found if known else ():
        content = catalog.content(path)
        mark = digest(content)
        used.add(mark)
        found[path] = _remembered(catalog, path, content, mark, known.get(mark))
    unknown = [path for path, document in found.items() if document is None]
    fresh: dict[str, bytes] = {}
    reasons: dict[str, str] = {}
    read = on_all_cores(partial(_read, catalog, contract), unknown)
    for path, (document, reason, row) in zip(unknown, read, strict=True):
        found[path], reasons[path] = document, reason
        if row:
            fresh[document.mark] = row
    if shelf and fresh:
        shelf.put(_KIND, fresh)
    if shelf and known.keys() - used:
        shelf.keep(_KIND, used)
    yield from ((document, reasons.get(path, "")) for path, document in found.items() if document)


def _read(catalog: Catalog, contract: Contract, path: str) -> tuple[Document, str, bytes]:
    """A document, the reason why it cannot be shown, and how it is remembered, if it is."""
    content = catalog.content(path)
    if not 0 < len(content) < catalog.limits.file_bytes:
        document = read_document(catalog.root, path, catalog.limits)
        return document, _reason(document, contract), b""
    document = parse_document(path, content, catalog.limits)
    reason = _reason(document, contract)
    if reason:
        return document, reason, b""
    row = json.dumps((document.body_start, document.frontmatter.data)).encode()
    return _without_places(document), "", row


def remembered_actions(root: Path, paths: Sequence[str], shelf: Shelf | None) -> ActionHistory:
    """What git remembers of the actions in some files; asked once for a commit."""
    mark = digest(repr((head(root), sorted(paths))).encode("utf-8", "surrogatepass"))
    packed = dict(shelf.some(_ACTIONS, [mark])).get(mark) if shelf else None
    try:
        return _unpacked(json.loads(packed or b""))
    except (ValueError, TypeError, KeyError):
        found = read_action_history(root, paths)
    if shelf:
        rows = [[path, id, [_packed(turn) for turn in turns]] for (path, id), turns in found.items()]
        shelf.put(_ACTIONS, {mark: json.dumps(rows).encode()})
        shelf.keep(_ACTIONS, [mark])
    return found


def _packed(turn: Turn) -> list[object]:
    return [str(turn.on), *((p.status, p.due and str(p.due)) for p in (turn.before, turn.after))]


def _unpacked(rows: list[tuple[str, str, list[Any]]]) -> ActionHistory:
    def promise(status: str, due: str | None) -> Promise:
        return Promise(status, date.fromisoformat(due) if due else None)

    return {
        (path, id): tuple(Turn(date.fromisoformat(on), promise(*old), promise(*new)) for on, old, new in turns)
        for path, id, turns in rows
    }


def _without_places(document: Document) -> Document:
    """Without the places of its values, which pages do not ask for and which are most of what it weighs."""
    return replace(document, frontmatter=Frontmatter(document.frontmatter.data, document.text))


def _remembered(catalog: Catalog, path: str, content: bytes, mark: str, row: bytes | None) -> Document | None:
    """A document whose frontmatter is known: it has the values, not where each of them stands."""
    if row is None:
        return None
    try:
        body_start, data = json.loads(row)
        text = Text.of(content.decode("utf-8").removeprefix("\ufeff"))
    except ValueError:
        return None
    return Document(path, text, Frontmatter(data, text), body_start, rows=catalog.limits.items, mark=mark)


def _reason(document: Document, contract: Contract) -> str:
    problems = ((finding.span, finding.message) for findings in document.problems.values() for finding in findings)
    matter = document.frontmatter
    shapeless = ((v.span(matter), v.message) for v in contract.violations(matter.data) if _shapeless(v))
    for span, message in chain(problems, shapeless):
        # On the first line stands what is wrong with a whole file.
        return f"{message} (line {span.line})" if span.line > 1 else message
    return ""


def _shapeless(violation: Violation) -> bool:
    """Whether values cannot be built; what is only unfinished, unknown or too long is shown."""
    return not violation.policy and violation.keyword in ("type", "required", "pattern", "format")
