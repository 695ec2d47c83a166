"""The formats in which diagnostics are reported, by name."""

from __future__ import annotations

from postmortem_kb.report import github, gitlab, json, junit, rdjson, sarif, text
from postmortem_kb.report.report import Format

FORMATS: dict[str, Format] = {
    "text": text,
    "json": json,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
    "junit": junit,
    "rdjson": rdjson,
}
