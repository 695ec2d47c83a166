"""Generated postmortems that pass the check: prose with the statistics of this repository's own incidents."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORDS = 1_200
"""In a body, as postmortems of a team have them."""
_SERVICES = [f"{area}-{part}" for area in ("orders", "billing", "search", "users", "ads", "mail", "maps", "etl", "auth", "feed")
             for part in ("api", "db", "queue", "cache", "jobs", "web", "stream", "index")]  # fmt: skip
_CATEGORIES = (
    "code-bug",
    "configuration-error",
    "infrastructure-failure",
    "dependency-failure",
    "capacity",
    "process-gap",
)
_SECTIONS = (
    "What Happened",
    "Root Cause",
    "What Went Well",
    "What Went Wrong",
    "Where We Got Lucky",
    "Lessons Learned",
)


@cache
def _followers() -> dict[tuple[str, str], list[str]]:
    """Which words follow each pair of words in the repository's own postmortems."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in sorted((ROOT / "postmortems").rglob("[0-9]*.md")):
        body = file.read_text(encoding="utf-8").split("\n---\n", 1)[1]
        words = re.findall(r"[A-Za-z][\w'-]*[,.]?", re.sub(r"(?m)^[|#>].*$", "", body))
        for first, second, third in zip(words, words[1:], words[2:], strict=False):
            found.setdefault((first, second), []).append(third)
    return found


@cache
def _starts() -> list[tuple[str, str]]:
    return sorted(pair for pair in _followers() if pair[0][0].isupper())


def prose(chance: random.Random, words: int) -> str:
    """Paragraphs of a number of words."""
    followers, starts = _followers(), _starts()
    pair = chance.choice(starts)
    text = list(pair)
    while len(text) < words:
        following = followers.get(pair)
        pair = (pair[1], chance.choice(following)) if following else chance.choice(starts)
        text.append(pair[1])
    paragraphs = [" ".join(text[i : i + 90]) for i in range(0, len(text), 90)]
    return "\n\n".join(f"{paragraph.rstrip(',.')}." for paragraph in paragraphs)


def postmortem(number: int, ids: Sequence[str]) -> str:
    """The file of a number; it may relate to earlier ids."""
    chance = random.Random(number)
    started = datetime(2015, 1, 1, 8, tzinfo=UTC) + timedelta(hours=number * 7 % 90_000, minutes=chance.randrange(60))

    def moment(minutes: int) -> str:
        return f"{started + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:00Z}"

    def day(days: int) -> str:
        return f"{started + timedelta(days=days):%Y-%m-%d}"

    def line(words: int) -> str:
        return prose(chance, words).replace("\n\n", " ").rstrip(".").replace(": ", ", ")

    rows = "\n".join(f"| {started + timedelta(minutes=9 * i):%Y-%m-%d %H:%M} | {line(12)} |" for i in range(12))
    actions = "\n".join(
        f'  - id: A{i + 1}\n    action: {line(9)}\n    type: {kind}\n    owner: "@team-{chance.randrange(20)}"\n'
        f"    priority: P{chance.randrange(3)}\n    status: todo\n    due: {day(30 * (i + 1))}\n"
        f"    ticket: OPS-{number * 4 + i}\n    addresses: [{('RC1', 'RC2', 'CF1', 'CF2')[i]}]"
        for i, kind in enumerate(("prevent", "detect", "mitigate", "process"))
    )
    related = f"related:\n  - id: {chance.choice(ids)}\n    relation: similar\n" if ids and number % 5 == 0 else ""
    sections = "\n\n".join(f"## {title}\n\n{prose(chance, (WORDS - 150) // len(_SECTIONS))}" for title in _SECTIONS[1:])
    return f"""---
id: {identifier(number)}
title: {line(8)}
status: reviewed
severity: {chance.choice(("P2", "P3", "P3", "P4"))}
kind: {chance.choice(("outage", "degradation", "data-loss", "data-delay"))}
summary: >-
  {line(45)}.
services: [{", ".join(chance.sample(_SERVICES, 2))}]
tags: [{", ".join(chance.sample(("deploy", "dns", "disk", "failover", "cache", "schema", "retry", "quota"), 3))}]
timestamps:
  started: {moment(0)}
  detected: {moment(chance.randrange(1, 20))}
  mitigated: {moment(60)}
  resolved: {moment(120)}
detection:
  source: alert
  alert: {line(3)}
roles:
  author: "@author-{chance.randrange(30)}"
  facilitator: "@kim"
sign_offs:
  - by: "@reviewer"
    role: service owner
    on: {day(5)}
published: {day(6)}
impact:
  customers: {line(14)}
root_causes:
  - id: RC1
    category: {chance.choice(_CATEGORIES)}
    statement: {line(14)}
    evidence: ["https://dash.example.com/{number}"]
  - id: RC2
    category: {chance.choice(_CATEGORIES)}
    statement: {line(14)}
contributing_factors:
  - id: CF1
    kind: technical
    latent: true
    statement: {line(14)}
  - id: CF2
    kind: process
    statement: {line(14)}
action_items:
{actions}
{related}links:
  - title: Dashboard
    url: https://dash.example.com/{number}
    kind: dashboard
---

## Timeline

| Time | Event |
| --- | --- |
{rows}

## What Happened

{prose(chance, 150)}

```text
{started:%H:%M:%S} ERROR pool exhausted size={number % 50} waiting={number % 7}
{started:%H:%M:%S} WARN retry in 200 ms
```

{sections.split("## What Went Well")[0].rstrip()}

## 5 Whys Analysis

| # | Question | Answer |
| --- | --- | --- |
| 1 | Why did it fail? | {line(10)} |
| 2 | Why was that possible? | {line(10)} |
| 3 | Why did nobody see it? | {line(10)} |

## What Went Well{sections.split("## What Went Well")[1]}
"""


def identifier(number: int) -> str:
    """The id of a number."""
    return f"incident-{number:06}"


def generate(folder: Path, count: int) -> Iterator[Path]:
    """Write a number of postmortems, 1,000 a folder; gives their paths."""
    ids: list[str] = []
    for number in range(count):
        file = folder / "postmortems" / f"{number // 1_000:03}" / f"{identifier(number)}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(postmortem(number, ids[-50:]), encoding="utf-8")
        ids.append(identifier(number))
        yield file


if __name__ == "__main__":
    for _ in generate(Path(sys.argv[1]), int(sys.argv[2])):
        pass
