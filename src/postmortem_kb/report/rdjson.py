"""For reviewdog: findings with what `check --fix` would write as suggestions.

Source: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from postmortem_kb.diagnostic import Diagnostic, Severity, Span
from postmortem_kb.paths import path_text
from postmortem_kb.report.report import Run

FROM_TOP = True
_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.ADVICE: "INFO"}


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One JSON document."""
    found = [_diagnostic(diagnostic, run) for diagnostic in run.diagnostics]
    yield json.dumps({"source": {"name": "postmortem-kb"}, "diagnostics": found}, indent=2)


def _diagnostic(diagnostic: Diagnostic, run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message": path_text(diagnostic.sentences),
        "location": {"path": path_text(diagnostic.path), "range": _range(diagnostic.path, diagnostic.span, run)},
        "severity": _SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.rule, **({"url": diagnostic.url} if diagnostic.url else {})},
    }
    if diagnostic.fix:
        found["suggestions"] = [
            {"range": _range(diagnostic.path, edit.span, run), "text": edit.text} for edit in diagnostic.fix.edits
        ]
    return found


def _range(path: str, span: Span, run: Run) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.line, "column": _bytes(run.lines.get((path, span.line)), span.column)},
        "end": {"line": span.end_line, "column": _bytes(run.lines.get((path, span.end_line)), span.end_column)},
    }


def _bytes(line: str | None, column: int) -> int:
    """A column counted in bytes of UTF-8, as this format wants it."""
    return column if line is None else len(line[: column - 1].encode("utf-8", "surrogatepass")) + 1
