"""The figures, against cases that were computed by hand."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import incident
from postmortem_kb.policy import read_policy

FILE = """---
id: {id}
title: Checkout was down
status: draft
severity: {severity}
services: [{services}]
timestamps: {{started: {started}{timestamps}}}
{more}roles:
  author: "@maria"
---
"""
TODAY = "1775001600"  # 2026-04-01
Stats = Callable[..., dict[str, Any]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    (tmp_path / "postmortems").mkdir()

    def one(
        id: str,
        *,
        started: str = "2026-03-04T09:00:00Z",
        severity: str = "P3",
        services: str = "checkout",
        more: str = "",
        **moments: str,
    ) -> None:
        timestamps = "".join(f", {name}: {moment}" for name, moment in moments.items())
        text = FILE.format(
            id=id, severity=severity, services=services, started=started, timestamps=timestamps, more=more
        )
        (tmp_path / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")

    return one


@pytest.fixture
def stats(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Stats:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TODAY)

    def ask(*options: str) -> dict[str, Any]:
        capsys.readouterr()
        assert main(["--root", str(tmp_path), "stats", "--format", "json", *options]) == 0
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return report

    return ask


def action(id: str, status: str, more: str = "") -> str:
    return f'  - {{id: {id}, action: Do it, type: prevent, owner: "@kim", priority: P1, status: {status}{more}}}\n'


def test_four_incidents_are_points_and_five_have_percentiles(write: Callable[..., None], stats: Stats) -> None:
    for number, minutes in enumerate((30, 10, 59, 20)):
        write(f"a{number}", detected=f"2026-03-04T09:{minutes}:00Z")
    assert stats()["all"]["times"]["ttd_minutes"] == {"count": 4, "points": [10, 20, 30, 59]}
    write("a4", detected="2026-03-04T09:00:00Z")
    # 0, 10, 20, 30, 59: the 90th percentile lies six tenths of the way from the fourth to the fifth.
    found = stats()["all"]["times"]["ttd_minutes"]
    assert found == {"count": 5, "median": 20, "p90": 47.4, "mean": 23.8}


def test_an_even_number_has_the_middle_of_the_two_in_the_middle(write: Callable[..., None], stats: Stats) -> None:
    for number, minutes in enumerate((1, 2, 3, 5, 8, 13)):
        write(f"a{number}", detected=f"2026-03-04T09:{minutes:02}:00Z")
    found = stats()["all"]["times"]["ttd_minutes"]
    assert (found["median"], found["p90"], found["count"]) == (4, 10.5, 6)


def test_each_duration_runs_between_its_own_moments(write: Callable[..., None], stats: Stats) -> None:
    write(
        "a",
        detected="2026-03-04T09:07:00Z",
        acknowledged="2026-03-04T09:09:00Z",
        mitigated="2026-03-04T12:00:00+02:00",
        resolved="2026-03-05T10:00:00Z",
        more="published: 2026-03-09\n",
    )
    times = stats()["all"]["times"]
    assert {name: found["points"] for name, found in times.items()} == {
        "ttd_minutes": [7],
        "tta_minutes": [2],
        "ttm_minutes": [60],
        "ttr_minutes": [1500],
        "downtime_minutes": [1500],
        "publish_days": [4],
    }


def test_a_missing_moment_leaves_an_incident_out_of_that_duration_only(
    write: Callable[..., None], stats: Stats
) -> None:
    write("a", resolved="2026-03-04T10:00:00Z")
    write("b", acknowledged="2026-03-04T10:00:00Z")
    times = stats()["all"]["times"]
    assert {name: found["count"] for name, found in times.items() if found["count"]} == {
        "ttr_minutes": 1,
        "downtime_minutes": 1,
    }


def test_the_file_may_say_how_long_the_service_was_down(write: Callable[..., None], stats: Stats) -> None:
    write("a", resolved="2026-03-04T10:00:00Z", more="impact: {downtime_minutes: 12}\n")
    write("b", resolved="2026-03-04T10:00:00Z", more="impact: {downtime_minutes: 0}\n")
    write("c", more="impact: {downtime_minutes: 7.5}\n")
    write("d", resolved="2026-03-04T10:00:00Z")
    times = stats()["all"]["times"]
    assert times["downtime_minutes"]["points"] == [0, 7.5, 12, 60]
    assert times["ttr_minutes"]["points"] == [60, 60, 60]


def test_a_time_that_ends_before_it_begins_does_not_count(write: Callable[..., None], stats: Stats) -> None:
    write("a", detected="2026-03-04T08:00:00Z", resolved="2026-03-04T09:00:00Z", more="published: 2026-03-01\n")
    times = stats()["all"]["times"]
    assert times["ttd_minutes"]["count"] == times["publish_days"]["count"] == 0
    assert times["ttr_minutes"]["points"] == [0]


def test_such_a_time_stands_neither_in_the_data_nor_on_the_page(write: Callable[..., None], tmp_path: Path) -> None:
    write("a", detected="2026-03-04T08:00:00Z", resolved="2026-03-04T10:00:00Z", more="published: 2026-03-01\n")
    out = tmp_path / "out"
    assert main(["--root", str(tmp_path), "export", str(out)]) == 0
    (found,) = json.loads((out / "incidents.json").read_text("utf-8"))["incidents"]
    assert found["times"] == {"ttr_minutes": 60.0, "downtime_minutes": 60.0}
    shutil.rmtree(out)
    assert main(["--root", str(tmp_path), "export", "--format", "csv", str(out)]) == 0
    assert ",,,,60.0,60.0,," in (out / "incidents.csv").read_text("utf-8")
    (page,) = incident.pages(read_knowledge(tmp_path, read_policy(tmp_path), dt.date(2026, 4, 1)))
    assert re.findall(r">(TT.|Downtime)<", page.make().html) == ["TTR"]


def test_cancelled_actions_count_neither_as_done_nor_as_owed(write: Callable[..., None], stats: Stats) -> None:
    items = (
        action("A1", "done", ", completed: 2026-03-11")
        + action("A2", "done", ", completed: 2026-03-01")
        + action("A3", "cancelled", ", due: 2026-03-10, reason: The service is gone")
        + action("A4", "todo", ", due: 2026-03-31")
        + action("A5", "in-progress", ", due: 2026-04-01")
        + action("A6", "todo")
    )
    write("a", resolved="2026-03-05T01:00:00Z", more=f"action_items:\n{items}")
    found = stats()["all"]["actions"]
    assert found == {
        "done": 2,
        "counted": 5,
        "completion_rate": 0.4,
        "cancelled": 1,
        "open": 3,
        "overdue": 1,
        "open_age_days": {"count": 3, "points": [27, 27, 27]},
        # What was done before the incident was over took no time.
        "time_to_done_days": {"count": 2, "points": [0, 6]},
        "lateness_days": {"count": 1, "points": [1]},
    }


def test_a_category_counts_an_incident_once_and_the_actions_that_answer_it(
    write: Callable[..., None], stats: Stats
) -> None:
    causes = (
        "root_causes:\n"
        "  - {id: RC1, category: capacity, statement: Full}\n"
        "  - {id: RC2, category: capacity, statement: Full again}\n"
        "  - {id: RC3, category: code-bug, statement: Wrong}\n"
    )
    items = action("A1", "todo", ", addresses: [RC1, RC2]") + action("A2", "done", ", addresses: [RC3]")
    write("a", more=f"{causes}action_items:\n{items}related:\n  - {{id: b, relation: recurrence-of}}\n")
    write("b", more="root_causes:\n  - {id: RC1, category: capacity, statement: Full}\n")
    found = {part["name"]: part for part in stats("--by", "category")["by"]["category"]}
    assert list(found) == ["capacity", "code-bug"]
    assert found["capacity"]["recurrence"] == {"recurring": 1, "incidents": 2, "rate": 0.5}
    assert found["code-bug"]["recurrence"] == {"recurring": 1, "incidents": 1, "rate": 1}
    assert [found[name]["actions"]["done"] for name in found] == [0, 1]
    assert [found[name]["actions"]["open"] for name in found] == [1, 0]


def test_a_service_is_one_however_it_is_spelt_in_capitals(
    write: Callable[..., None], stats: Stats, tmp_path: Path
) -> None:
    cause = "root_causes:\n  - {id: RC1, category: capacity, statement: Full}\n"
    write("a", services="checkout", more=cause)
    write("b", services="Checkout, CHECKOUT", started="2026-03-05T09:00:00Z", more=cause)
    assert [part["incidents"] for part in stats("--by", "service")["by"]["service"]] == [2]
    knowledge = read_knowledge(tmp_path, read_policy(tmp_path), dt.date(2026, 4, 1))
    (line,) = knowledge.neighbours["b"]
    assert line.before is not None
    assert (line.services, line.before.id) == (("Checkout",), "a")
    (repeat,) = knowledge.patterns.repeats
    assert (repeat.services, len(repeat.postmortems)) == (("Checkout",), 2)


def test_a_quarter_is_that_of_the_start_in_utc(write: Callable[..., None], stats: Stats) -> None:
    write("a", started="2026-01-01T00:30:00+01:00")
    write("b", started="2026-03-31T23:59:59Z")
    write("c", started="2026-04-01T00:00:00Z")
    parts = stats("--by", "quarter")["by"]["quarter"]
    assert [(part["name"], part["incidents"]) for part in parts] == [("2026-Q2", 1), ("2026-Q1", 1), ("2025-Q4", 1)]


@pytest.mark.parametrize(
    ("days", "word"), [(0, "0 d"), (99, "99 d"), (100, "3 months"), (729, "24 months"), (730, "2.0 years")]
)
def test_days_are_told_in_the_unit_that_is_easiest_to_grasp(
    days: int, word: str, write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = dt.date(2026, 3, 4) + dt.timedelta(days=days)
    write("a", resolved="2026-03-04T10:00:00Z", more=f"published: {published}\n")
    assert main(["--root", str(tmp_path), "stats"]) == 0
    assert re.search(rf"^time to publish +{re.escape(word)} +1$", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("until", "word"),
    [
        ("2026-03-04T09:00:45Z", "45 s"),
        ("2026-03-04T09:02:30Z", "3 min"),
        ("2026-03-04T09:59:30Z", "1 h"),
        ("2026-03-05T08:59:29Z", "23 h 59 min"),
        ("2026-03-05T08:59:30Z", "1 d"),
        ("2026-03-06T12:29:59Z", "2 d 3 h"),
        ("2026-03-06T12:30:00Z", "2 d 4 h"),
        ("2026-03-07T08:30:00Z", "3 d"),
    ],
)
def test_a_length_of_time_is_rounded_to_the_unit_that_is_shown(
    until: str, word: str, write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a", resolved=until)
    assert main(["--root", str(tmp_path), "stats"]) == 0
    assert re.search(rf"^time to resolve +{word} +1$", capsys.readouterr().out, re.MULTILINE)


def test_a_median_between_two_days_is_rounded_up_whether_even_or_odd(
    write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for shift, word in ((0, "5 d"), (1, "6 d")):
        for number, days in enumerate((0, 1, 4, 5, 9, 9)):
            day = dt.date(2026, 3, 4) + dt.timedelta(days=days + shift)
            write(f"a{number}", resolved="2026-03-04T10:00:00Z", more=f"published: {day}\n")
        assert main(["--root", str(tmp_path), "stats"]) == 0
        assert re.search(rf"^time to publish +{word} ", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("done", "told"), [(0, "0 %"), (1, "1 %"), (25, "13 %"), (75, "38 %"), (100, "50 %"), (199, "99 %"), (200, "100 %")]
)
def test_all_is_done_only_where_nothing_is_missing(
    done: int, told: str, write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = "".join(action(f"A{number}", "done" if number <= done else "todo") for number in range(1, 201))
    write("a", more=f"action_items:\n{items}")
    assert main(["--root", str(tmp_path), "stats"]) == 0
    assert f"{done} of 200 actions done ({told})" in capsys.readouterr().out


def test_of_cancelled_actions_alone_none_is_called_done_or_late(
    write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a", more=f"action_items:\n{action('A1', 'cancelled')}")
    assert main(["--root", str(tmp_path), "stats"]) == 0
    assert capsys.readouterr().out.startswith("1 incident, 1 action cancelled; 0 recurrences (0 %).")


def test_thousands_are_parted_in_tables_as_in_sentences(
    write: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for id in "ab":
        items = "".join(action(f"A{number}", "done", ", completed: 2026-03-05") for number in range(1, 601))
        write(id, more=f"action_items:\n{items}")
    assert main(["--root", str(tmp_path), "stats", "--by", "severity"]) == 0
    printed = capsys.readouterr().out
    assert "1,200 of 1,200 actions done" in printed
    assert re.search("^time to done .* 1,200$", printed, re.MULTILINE)
    assert re.search("^P3 .* 1,200 of 1,200 ", printed, re.MULTILINE)
    assert main(["--root", str(tmp_path), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    assert "1,200 of 1,200 done" in (tmp_path / "out" / "docs" / "index.md").read_text("utf-8")


def test_nothing_is_no_error_and_no_rate(write: Callable[..., None], stats: Stats) -> None:
    report = stats("--by", "severity,service,category,quarter")
    assert report["by"] == {"severity": [], "service": [], "category": [], "quarter": []}
    assert report["all"]["incidents"] == 0
    assert report["all"]["recurrence"]["rate"] is None
    assert report["all"]["actions"]["completion_rate"] is None
    assert report["all"]["times"]["ttr_minutes"] == {"count": 0, "points": []}
