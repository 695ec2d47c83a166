"""What a body tells, line by line, without code, logs, rules of tables and the headings of the template.

A pass over the raw lines: the Markdown parser takes ten times as long, and what it adds, words do not need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_ADDRESS = re.compile(r"\]\([^)\s]*\)|https?://\S+|<!--.*?-->")
_LOG = re.compile(
    r"[^a-zA-Z|]*\d\d:\d\d:\d\d|[^a-z|]{0,60}\b(?:ERROR|WARN|WARNING|INFO|DEBUG|FATAL|TRACE|CRITICAL)\b"
    r"|\s+at [\w.$<>]+\(|Traceback \(|\s+File \""
)
_LONG_LINE = 20_000
"""Characters of a line that are looked at."""


def told(body: str) -> Iterator[tuple[str, str]]:
    """The lines that somebody wrote, each with the level-2 heading above it."""
    section, fence, blank = "", "", True
    for line in body.splitlines():
        if fence:
            fence = (
                ""
                if line.strip(" ") == line.strip(" ")[:1] * len(line.strip()) and line.lstrip().startswith(fence)
                else fence
            )
            continue
        if opening := _FENCE.match(line):
            fence = opening[1]
            continue
        if heading := _HEADING.match(line):
            if len(heading[1]) == 2:
                section = heading[2].strip()
            elif len(heading[1]) > 2:
                yield section, heading[2]
            continue
        code = blank and line.startswith(("    ", "\t"))
        blank = not line.strip()
        if not (blank or code or _is_log(line)):
            yield section, _ADDRESS.sub(" ", line[:_LONG_LINE])


def _is_log(line: str) -> bool:
    """Whether a program wrote it: it begins with a clock to the second, or has fewer letters than other signs."""
    if _LOG.match(line):
        return True
    # Prose has a space every few letters; only what has none is counted.
    if len(line) < 40 or 12 * line.count(" ") > len(line):
        return False
    return 2 * sum(map(str.isalpha, line)) < len(line)
