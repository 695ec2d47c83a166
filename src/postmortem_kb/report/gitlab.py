"""For GitLab's merge requests: a Code Quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from postmortem_kb.diagnostic import Severity
from postmortem_kb.paths import path_text
from postmortem_kb.report.report import Run, fingerprint, identity

FROM_TOP = True
_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One JSON document."""
    seen: Counter[str] = Counter()
    issues = []
    for diagnostic in run.diagnostics:
        meaning = identity(diagnostic)
        # Of equal fingerprints GitLab shows the first only.
        seen[meaning] += 1
        issues.append(
            {
                "description": path_text(diagnostic.sentences),
                "check_name": diagnostic.rule,
                "fingerprint": fingerprint(f"{meaning}\0{seen[meaning]}"),
                "severity": _SEVERITIES[diagnostic.severity],
                "location": {
                    "path": path_text(diagnostic.path),
                    "lines": {"begin": diagnostic.span.line, "end": diagnostic.span.end_line},
                },
            }
        )
    yield json.dumps(issues, indent=2)
