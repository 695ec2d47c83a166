"""For programs: the shape that `check.schema.json` describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from postmortem_kb.diagnostic import Diagnostic
from postmortem_kb.paths import path_text
from postmortem_kb.report.report import Run

FROM_TOP = False


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One JSON document."""
    yield json.dumps(
        {
            "version": 1,
            "summary": {
                "files": run.summary.files,
                "errors": run.summary.errors,
                "warnings": run.summary.warnings,
            },
            "diagnostics": [_diagnostic(diagnostic) for diagnostic in run.diagnostics],
        },
        indent=2,
    )


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "path": path_text(diagnostic.path),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "severity": str(diagnostic.severity),
        "rule": diagnostic.rule,
        "message": path_text(diagnostic.message),
        "help": path_text(diagnostic.help),
        "fixable": diagnostic.fix is not None,
        "url": diagnostic.url,
    }
