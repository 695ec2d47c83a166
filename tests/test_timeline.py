"""What a timeline proposes for a row behind midnight is the right day, and writing it makes the finding go away."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from postmortem_kb.cli import main
from postmortem_kb.render.words import local_time

FILE = """\
---
id: a
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: {started}
timezone: {zone}
roles:
  author: "@maria"
---

## Timeline

| Time | Event |
| --- | --- |
| {first} | Failover began |
| {second} | Failover ended |
"""


def findings(root: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    main(
        ["--root", str(root), "check", "--format", "json", "--select", "timeline-order", "--select", "timeline-format"]
    )
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)["diagnostics"]
    return found


@pytest.mark.parametrize(
    ("zone", "started", "first", "second", "proposed"),
    [
        ("UTC", "2026-03-04T23:50:00Z", "23:50", "00:10", "2026-03-05 00:10"),
        ("Asia/Tokyo", "2026-11-20T23:50:00+09:00", "23:50", "00:10", "2026-11-21 00:10"),
        ("Asia/Tokyo", "2026-11-20T23:50:00+09:00", "23:50", "09:30", "2026-11-21 09:30"),
        ("Europe/Berlin", "2025-12-31T23:50:00+01:00", "23:50", "00:10", "2026-01-01 00:10"),
        ("America/Los_Angeles", "2026-03-04T23:50:00-08:00", "23:50", "00:10", "2026-03-05 00:10"),
        ("America/Los_Angeles", "2026-03-04T15:50:00-08:00", "15:50", "00:10", "2026-03-05 00:10"),
        ("Pacific/Auckland", "2026-03-04T10:50:00Z", "23:50", "00:10", "2026-03-05 00:10"),
        # The clocks go forward in the night to 29 March 2026, and back in that to 25 October.
        ("Europe/Berlin", "2026-03-28T23:50:00+01:00", "23:50", "01:10", "2026-03-29 01:10"),
        ("Europe/Berlin", "2026-03-28T23:50:00+01:00", "23:50", "03:10", "2026-03-29 03:10"),
        ("Europe/Berlin", "2026-03-28T23:50:00+01:00", "23:50", "02:10", "2026-03-29T02:10+01:00"),
        ("Europe/Berlin", "2026-10-24T23:50:00+02:00", "23:50", "02:10", "2026-10-25T02:10+02:00"),
        ("Europe/Berlin", "2026-10-24T23:50:00+02:00", "23:50", "03:10", "2026-10-25 03:10"),
    ],
)
def test_the_proposed_day_is_that_of_the_zone_and_mends_the_row(
    zone: str, started: str, first: str, second: str, proposed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "postmortems" / "a.md"
    file.parent.mkdir()
    file.write_text(FILE.format(zone=zone, started=started, first=first, second=second), encoding="utf-8")
    (found,) = findings(tmp_path, capsys)
    assert found["rule"] == "timeline-order"
    assert found["help"] == f"If it is the next day, write `{proposed}`."
    file.write_text(FILE.format(zone=zone, started=started, first=first, second=proposed), encoding="utf-8")
    assert findings(tmp_path, capsys) == []


def test_the_last_day_of_the_calendar_has_no_next_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "postmortems" / "a.md"
    file.parent.mkdir()
    text = FILE.format(zone="UTC", started="9999-12-31T23:50:00Z", first="23:50", second="00:10")
    file.write_text(text, encoding="utf-8")
    (found,) = findings(tmp_path, capsys)
    assert found["help"] == "The row above is 9999-12-31 23:50 UTC: mend the time, or move the row."


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-03-04T22:30:00+00:00", "23:30"),
        ("2026-03-04T23:30:00+00:00", "00:30, 5 Mar"),
        ("2026-06-30T22:30:00+00:00", "00:30, 1 Jul"),
    ],
)
def test_a_local_time_of_another_day_says_which(moment: str, told: str) -> None:
    assert local_time(dt.datetime.fromisoformat(moment), ZoneInfo("Europe/Berlin")) == told
