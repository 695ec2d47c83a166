"""For GitLab's merge requests: a Code Quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.report.report import Run

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
                "description": diagnostic.sentences,
                "check_name": diagnostic.rule,
                "fingerprint": fingerprint(f"{meaning}\0{seen[meaning]}"),
                "severity": _SEVERITIES[diagnostic.severity],
                "location": {
                    "path": diagnostic.path,
                    "lines": {"begin": diagnostic.span.line, "end": diagnostic.span.end_line},
                },
            }
        )
    yield json.dumps(issues, indent=2)


def identity(diagnostic: Diagnostic) -> str:
    """What stays of a finding when its line moves."""
    return f"{diagnostic.path}\0{diagnostic.rule}\0{diagnostic.key}\0{diagnostic.meaning}"


def fingerprint(text: str) -> str:
    """A text as a short name."""
    # Imported here: it brings OpenSSL along, and most reports need none.
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
