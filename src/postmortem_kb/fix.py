"""Applies what has one right answer, proves it, and only then writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from postmortem_kb.check import check_change, diagnose
from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.edit import apply
from postmortem_kb.examination import examine
from postmortem_kb.rules.rule import Context, Rule, Scope
from postmortem_kb.source.document import Document, parse_document, read_document
from postmortem_kb.words import CLOSED

_ROUNDS = 8
"""One fix may bring another to light; more than these in a row go in circles."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A file before and after."""

    path: str
    before: bytes
    after: bytes
    count: int
    """How many findings were mended."""


def fix_all(paths: Iterable[str], context: Context, rules: Sequence[Rule]) -> Iterator[Fixed]:
    """Each file that could be mended."""
    for path in paths:
        # What is no file, or cannot be read, has no text.
        if read_document(context.catalog.root, path, context.catalog.limits).text.string:
            fixed = fix_document(path, context, rules)
            if fixed:
                yield fixed


def fix_document(path: str, context: Context, rules: Sequence[Rule]) -> Fixed | None:
    """A file with everything mended that has one right answer; None where there is nothing, or nothing can be proven.

    Each round of edits is kept only if what could be read can be read, and fewer errors are left than before; or as many, and
    fewer warnings; or as many of both, and less advice. What could not be read hid other errors: where it can be, those count that
    stand where something was mended. A misspelt key that is mended may show that its value is wrong, too:
    the next round mends that, or the check that follows reports it. What the life cycle refuses is no better, where it is known what was
    before; where it is not, a closed postmortem is not tidied.
    """
    content = original = (context.catalog.root / path).read_bytes()
    count = 0
    for _ in range(_ROUNDS):
        document = parse_document(path, content, context.catalog.limits)
        found = _diagnostics(document, context, rules)
        mended = _mend(document, content, found, partial(_better, document, found, context, rules))
        if mended is None:
            break
        content = mended[0]
        count += mended[1]
    return Fixed(path, original, content, count) if content != original else None


def _diagnostics(document: Document, context: Context, rules: Sequence[Rule]) -> list[Diagnostic]:
    known = {rule.NAME: rule for rule in rules}
    changes, path = context.changes, document.path
    changed = changes and (path in changes.before or path in changes.added)
    closed = not changed and document.frontmatter.get("status") == CLOSED
    left_out = (Scope.CHANGE, Scope.TIDY) if closed else (Scope.CHANGE,)
    still = [rule for rule in rules if rule.SCOPE not in left_out]
    found = [diagnose(path, known[n], f, context.policy) for n, f in examine(document, context, still)]
    if changes and path in changes.before:
        found += check_change(document, context, rules)
    context.forget(document)
    return found


def _mend(
    document: Document, content: bytes, found: Sequence[Diagnostic], proves: Callable[[bytes, set[int]], bool]
) -> tuple[bytes, int] | None:
    """All fixes at once, else one by one: the first content that is proven, and how many fixes are in it."""
    fixes = [diagnostic.fix.edits for diagnostic in found if diagnostic.fix]
    mark = _BOM if content.startswith(_BOM.encode()) else ""
    for chosen in (fixes, *([edits] for edits in fixes)):
        new = (mark + apply(document.text, (edit for edits in chosen for edit in edits))).encode()
        if new != content and proves(new, {edit.span.line for edits in chosen for edit in edits}):
            return new, len(chosen)
    return None


def _better(
    before: Document, found: Sequence[Diagnostic], context: Context, rules: Sequence[Rule], new: bytes, lines: set[int]
) -> bool:
    document = parse_document(before.path, new, context.catalog.limits)
    if not document.readable:
        return False
    left = _diagnostics(document, context, rules)
    if not before.readable and not any(d.severity is Severity.ERROR and d.span.line in lines for d in left):
        return True
    # A status that can be read may bring warnings with it, but only where an error is gone.
    return _weight(left) < _weight(found)


def _weight(diagnostics: Sequence[Diagnostic]) -> tuple[int, ...]:
    return tuple(sum(d.severity is severity for d in diagnostics) for severity in Severity)
