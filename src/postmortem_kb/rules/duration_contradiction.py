"""A duration in the text is not the one that the timestamps give.

## What it does

Looks for `TTD`, `TTA`, `TTM`, `TTR`, `time to detect` and their like with a duration behind them, and compares it with
the key timestamps. What was rounded to the unit that it is written in passes.

## Why it matters

A typed duration is not corrected with the timestamps. The page shows both, and readers trust neither.

## Example

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:05:00Z
```

```markdown
## What Happened

The time to detect was 25 minutes.
```

## Use instead

```yaml
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:05:00Z
```

```markdown
## What Happened

The time to detect was 5 minutes.
```

## Sources

The definitions of the durations are those of the handbook: TTD, TTM and TTR count from `started`, TTA from `detected`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.rules.rule import Context, Scope
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_moment

NAME = "duration-contradiction"
SEVERITY = Severity.ADVICE
SCOPE = Scope.DOCUMENT
_ENDS = {
    "detect": ("started", "detected"),
    "acknowledge": ("detected", "acknowledged"),
    "mitigate": ("started", "mitigated"),
    "resolve": ("started", "resolved"),
}
_LETTERS = {"D": "detect", "A": "acknowledge", "M": "mitigate", "R": "resolve"}
_PART = r"[0-9]{1,5} ?(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])\b"
_TYPED = rf"(?i)\b(?:M?TT([DAMR])|time to (detect|acknowledge|mitigate|resolve))(?: was| is| of|:|=)? ({_PART}(?:,? (?:and )?{_PART}){{0,3}})"
_SUSPICIOUS = re.compile(r"TT[DAMR]\b|time to (?:detect|acknowledge|mitigate|resolve)", re.IGNORECASE)
_NUMBER = r"(?i)([0-9]+) ?([dhms])"
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def check(document: Document, context: Context) -> Iterator[Finding]:
    """Each typed duration that differs by more than its last unit."""
    if not _SUSPICIOUS.search(document.text.string):
        return
    for run in document.body.prose():
        for match in re.finditer(_TYPED, run.text):
            name = _LETTERS[match[1].upper()] if match[1] else match[2].lower()
            first, last = (read_moment(document.frontmatter.get("timestamps", end)) for end in _ENDS[name])
            # Where they run backwards, `timestamp-order` says so, and no text could agree with them.
            if first is None or last is None or last < first:
                continue
            parts = [(int(number), _SECONDS[unit.lower()]) for number, unit in re.findall(_NUMBER, match[3])]
            typed = sum(number * seconds for number, seconds in parts)
            if abs((last - first).total_seconds() - typed) >= min(seconds for _, seconds in parts):
                yield Finding(
                    run.span(*match.span(3)),
                    f"The text says {match[3]}, the timestamps say {_said(last - first)} from `{_ENDS[name][0]}` to `{_ENDS[name][1]}`",
                    "Leave the duration out: the page computes it. Or mend the timestamp.",
                    f"timestamps.{_ENDS[name][1]}",
                )


def _said(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
