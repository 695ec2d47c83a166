"""For code scanning: SARIF 2.1.0.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from postmortem_kb.diagnostic import Diagnostic, Severity, Span
from postmortem_kb.report.report import Run, fingerprint, identity

FROM_TOP = True
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
_MOST = 25_000
"""Code scanning refuses a run with more results."""


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One JSON document with one run."""
    from importlib.metadata import version

    rules = {diagnostic.rule: diagnostic.url for diagnostic in run.diagnostics}
    driver = {
        "name": "postmortem-kb",
        "version": version("postmortem-kb"),
        "rules": [{"id": rule, **({"helpUri": url} if url else {})} for rule, url in rules.items()],
    }
    shown = run.diagnostics[:_MOST]
    seen: Counter[str] = Counter()
    results = [_result(diagnostic, list(rules).index(diagnostic.rule), seen) for diagnostic in shown]
    yield json.dumps(
        {
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {"driver": driver},
                    "columnKind": "unicodeCodePoints",
                    "invocations": [_invocation(len(run.diagnostics) - len(shown))],
                    "results": results,
                }
            ],
        },
        indent=2,
    )


def _invocation(left_out: int) -> dict[str, Any]:
    if not left_out:
        return {"executionSuccessful": True}
    text = f"{left_out:,} more findings are left out: a run holds {_MOST:,}"
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": text}}],
    }


def _result(diagnostic: Diagnostic, rule: int, seen: Counter[str]) -> dict[str, Any]:
    place = {"uri": quote(diagnostic.path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    meaning = identity(diagnostic)
    seen[meaning] += 1
    result: dict[str, Any] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _text(diagnostic.sentences)},
        "locations": [{"physicalLocation": {"artifactLocation": place, "region": _region(diagnostic.span)}}],
        "partialFingerprints": {"postmortemKb/v1": fingerprint(f"{meaning}\0{seen[meaning]}")},
    }
    if diagnostic.fix:
        replacements = [
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
            for edit in diagnostic.fix.edits
        ]
        result["fixes"] = [{"artifactChanges": [{"artifactLocation": place, "replacements": replacements}]}]
    return result


def _text(text: str) -> str:
    """Text of which nothing is read as a placeholder or as a link.

    Source: 3.11.5 and 3.11.6 of the standard, and the answer of its authors for text that only looks like a link,
    https://github.com/oasis-tcs/sarif-spec/pull/768
    """
    text = text.replace("{", "{{").replace("}", "}}")
    # Not everywhere: many viewers show the backslashes.
    return re.sub(r"[\\\[\]]", r"\\\g<0>", text) if "](" in text else text


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
