"""For GitHub Actions: annotations on the lines of a pull request.

A step shows ten errors and ten warnings, so errors come first; `summary` gives all of them for the step's summary page.
The escapes are those of GitHub's own toolkit: text from a file can neither end an annotation nor begin another command.
"""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.paths import path_text
from postmortem_kb.report.report import Run, count

FROM_TOP = True
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}
_ROWS = 500


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One workflow command a diagnostic, the errors first, then a line of figures."""
    for diagnostic in sorted(run.diagnostics, key=lambda d: (list(_COMMANDS).index(d.severity), d.order)):
        yield _annotation(diagnostic)
    summary = run.summary
    yield f"{count(summary.files, 'postmortem')} checked: {count(summary.errors, 'error')}, {count(summary.warnings, 'warning')}"


def summary(run: Run) -> Iterator[str]:
    """The same as Markdown, for the file that `GITHUB_STEP_SUMMARY` names."""
    figures = run.summary
    yield "## Postmortems"
    yield ""
    if not run.diagnostics:
        yield f"{figures.files} checked, nothing found."
        return
    yield f"{figures.files} checked: **{count(figures.errors, 'error')}**, {count(figures.warnings, 'warning')}."
    yield ""
    yield "| | Place | What is wrong | What to write instead |"
    yield "| --- | --- | --- | --- |"
    for diagnostic in run.diagnostics[:_ROWS]:
        place = f"{diagnostic.path}:{diagnostic.span.line}"
        rule = cell(diagnostic.rule)
        name = f"[{rule}]({diagnostic.url})" if diagnostic.url else rule
        yield f"| {diagnostic.severity}: {name} | {cell(place)} | {cell(diagnostic.message)} | {cell(diagnostic.help)} |"
    if len(run.diagnostics) > _ROWS:
        yield ""
        yield f"{len(run.diagnostics) - _ROWS} more are in the log of the step."


def _annotation(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    properties = {
        "file": path_text(diagnostic.path),
        "line": str(span.line),
        "endLine": str(span.end_line),
        "title": f"[{diagnostic.rule}]",
    }
    if span.line == span.end_line:
        properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    text = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {text}::{_data(path_text(diagnostic.sentences))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def cell(text: str) -> str:
    """Text inside a table of Markdown: nothing of it is read as markup, save code in backticks."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("[", "\\[").replace("@", "@\N{ZERO WIDTH JOINER}")
