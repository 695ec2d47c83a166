"""What the rules find in many files: on all cores, and only in those that are not as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, partial
from itertools import islice

from postmortem_kb.catalog import Question
from postmortem_kb.diagnostic import Edit, Finding, Fix, Severity, Span
from postmortem_kb.memory import Answers, Memory
from postmortem_kb.rules.rule import Context, Rule, Scope
from postmortem_kb.source.document import Document, read_document
from postmortem_kb.workers import on_all_cores

Found = tuple[str, Finding]
"""A rule's name and what it found."""
Row = tuple[str, Answers, str]
"""Of one file: the digest of its content, what the rules asked, and what they found, packed."""

_MOST = 1_000
"""Findings of one rule in one file; the next check shows those behind them."""


def examine(document: Document, context: Context, rules: Sequence[Rule]) -> Iterator[Found]:
    """What the rules find in one document, in the order of the rules, without what it suppresses."""
    for rule in rules:
        syntax = rule.SCOPE is Scope.SYNTAX
        if syntax or document.readable:
            for finding in islice(rule.check(document, context), _MOST):
                if syntax or not document.suppresses(rule.NAME, finding.key):
                    yield rule.NAME, finding


def examine_all(
    paths: Sequence[str], context: Context, rules: Sequence[Rule], memory: Memory | None
) -> Iterator[tuple[str, list[Found]]]:
    """The findings of each path, in no order; what is remembered is not looked at again."""
    known = memory.read() if memory else {}
    fresh: dict[str, Row] = {}
    open_paths = []
    for path in paths:
        found = _remembered(path, known[path], context) if path in known else None
        if found is None:
            open_paths.append(path)
        else:
            yield path, found
    for path, row in _rows(open_paths, context, rules, remember=memory is not None):
        fresh[path] = row
        yield path, unpack(row[2])
    gone = known.keys() - set(paths)
    if memory and (fresh or gone):
        memory.write(fresh, gone)


def _remembered(path: str, row: Row, context: Context) -> list[Found] | None:
    """What was found, if the file reads as it did, and so does everything that its findings depend on."""
    try:
        return unpack(row[2]) if _holds(path, row, context) else None
    except (TypeError, ValueError):
        return None


def _holds(path: str, row: Row, context: Context) -> bool:
    return context.catalog.digest(path) == row[0] != "" and all(
        _answer((kind, name), context) == answer for (kind, name), answer in row[1]
    )


def _answer(question: Question, context: Context) -> str:
    return context.day.isoformat() if question[0] == "day" else context.catalog.answer(question)


def _rows(
    paths: Sequence[str], context: Context, rules: Sequence[Rule], *, remember: bool
) -> Iterator[tuple[str, Row]]:
    work = partial(_examined, context, tuple(rule.NAME for rule in rules), remember)
    return on_all_cores(work, paths, portable=True)


def _examined(context: Context, names: tuple[str, ...], remember: bool, path: str) -> tuple[str, Row]:
    catalog = context.catalog
    catalog.questions.clear()
    # Before the file is read: if it changes in between, it is looked at again the next time.
    mark = catalog.digest(path) if remember else ""
    document = read_document(catalog.root, path, catalog.limits)
    found = list(examine(document, context, _rules(names)))
    context.forget(document)
    answers = [(question, _answer(question, context)) for question in sorted(catalog.questions)] if remember else []
    return path, (mark, answers, pack(found))


@cache
def _rules(names: tuple[str, ...]) -> list[Rule]:
    """Rules by their names, as which they are sent to another process."""
    from postmortem_kb.rules import RULES

    return [rule for rule in RULES if rule.NAME in names]


def pack(found: Sequence[Found]) -> str:
    """Findings as text."""
    return json.dumps([[name, *_packed(finding)] for name, finding in found]) if found else "[]"


def _packed(finding: Finding) -> list[object]:
    edits = [[_flat(edit.span), edit.text] for edit in finding.fix.edits] if finding.fix else None
    return [_flat(finding.span), finding.message, finding.help, finding.key, finding.severity, edits, finding.hidden]


def _flat(span: Span) -> list[int]:
    return [span.line, span.column, span.end_line, span.end_column]


def unpack(text: str) -> list[Found]:
    """Findings from their text."""
    return [] if text == "[]" else [(name, _unpacked(*values)) for name, *values in json.loads(text)]


def _unpacked(
    span: list[int],
    message: str,
    help: str,
    key: str,
    severity: str | None,
    edits: list[tuple[list[int], str]] | None,
    hidden: bool,
) -> Finding:
    fix = Fix(tuple(Edit(Span(*place), text) for place, text in edits)) if edits is not None else None
    return Finding(Span(*span), message, help, key, Severity(severity) if severity else None, fix, hidden)
