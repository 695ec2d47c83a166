"""For people: one block a file, the line quoted, a mark under the place, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click

from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.report.report import Run, count

FROM_TOP = False
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
_WIDTH = 110


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """`path:line:column: severity [rule] message`, which editors and terminals turn into a link."""
    for _, group in groupby(run.diagnostics, key=lambda diagnostic: diagnostic.path):
        for diagnostic in group:
            yield from _diagnostic(diagnostic, run.lines.get((diagnostic.path, diagnostic.span.line), ""), colour)
        yield ""
    yield _summary(run, colour)


def _diagnostic(diagnostic: Diagnostic, line: str, colour: bool) -> Iterator[str]:
    span = diagnostic.span
    severity = _paint(diagnostic.severity, colour, fg=_COLOURS[diagnostic.severity], bold=True)
    rule = _paint(f"[{diagnostic.rule}]", colour, dim=True)
    place = _paint(f"{printable(diagnostic.path)}:{span.line}:{span.column}", colour, bold=True)
    yield f"{place}: {severity} {rule} {printable(diagnostic.message)}"
    if line.strip():
        shown, column = _window(line, span.column)
        width = max(1, min((span.end_column if span.end_line == span.line else len(line) + 1) - span.column, _WIDTH))
        width = min(width, max(1, len(shown) - column + 1))
        yield f"  {_paint(f'{span.line:>5} |', colour, dim=True)} {shown}"
        yield f"  {' ' * 5} {_paint('|', colour, dim=True)} {' ' * (column - 1)}" + _paint(
            "^" * width, colour, fg=_COLOURS[diagnostic.severity]
        )
    if diagnostic.help:
        yield f"  {_paint('help:', colour, fg='green')} {printable(diagnostic.help)}"


def _window(line: str, column: int) -> tuple[str, int]:
    """A part of a line that fits on a terminal, and where the column is in it."""
    start = 0 if column <= _WIDTH - 20 else column - 40
    return printable(line[start : start + _WIDTH]), column - start


def _summary(run: Run, colour: bool) -> str:
    summary = run.summary
    files = count(summary.files, "postmortem")
    advice = sum(diagnostic.severity is Severity.ADVICE for diagnostic in run.diagnostics)
    also = f" {count(advice, 'piece')} of advice." if advice else ""
    if not summary.files and not run.diagnostics:
        return f"{files} checked."
    if not summary.errors and not summary.warnings:
        return _paint(f"{files} checked: all good.", colour, fg="green") + also
    found = f"{files} checked: {count(summary.errors, 'error')}, {count(summary.warnings, 'warning')}.{also}"
    if not summary.errors:
        return f"{found} Warnings do not fail the check."
    mended = sum(diagnostic.fix is not None for diagnostic in run.diagnostics)
    fix = f" `postmortem check --fix` mends {mended} of them." if mended else ""
    return f"{found}{fix} `postmortem explain RULE` shows why a rule exists and how to satisfy it."


def _paint(text: str, colour: bool, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
    return click.style(text, fg=fg, bold=bold or None, dim=dim or None) if colour else text


def printable(text: str) -> str:
    """Text that cannot move the cursor, change a colour or turn the direction of writing."""
    return "".join(c if c.isprintable() else " " if c in "\t\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
