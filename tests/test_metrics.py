"""The page of figures: what it shows of few, of many, and of nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import home, metrics
from postmortem_kb.policy import read_policy

TODAY = dt.date(2024, 2, 29)
FILE = """---
id: {id}
title: Checkout was down
status: draft
severity: P2
services: [{service}]
timestamps:
  started: {day}T09:00:00Z
  resolved: {day}T{hour}:30:00Z
roles:
  author: "@maria"
---
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., None]:
    (tmp_path / "postmortems").mkdir()

    def one(id: str, *, day: str = "2024-02-29", service: str = "checkout", hour: int = 9) -> None:
        text = FILE.format(id=id, day=day, service=service, hour=f"{hour:02}")
        (tmp_path / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")

    return one


def html(base: Path) -> str:
    (page,) = metrics.pages(read_knowledge(base, read_policy(base), TODAY))
    assert re.findall(r'<h2 id="([^"]+)"', page.make().html) == [heading.id for heading in page.make().headings]
    return page.make().html


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{EN DASH}", "-").split())


def headings(base: Path) -> list[str]:
    return re.findall(r'<h2 id="([^"]+)"', html(base))


def test_no_heading_stands_over_nothing(write: Callable[..., None], tmp_path: Path) -> None:
    assert headings(tmp_path) == []
    write("a")
    assert headings(tmp_path) == ["by-quarter", "times", "by-severity", "by-service"]
    assert "Time to detect from the start" not in words(html(tmp_path))


def test_no_words_explain_a_picture_that_is_not_there(write: Callable[..., None], tmp_path: Path) -> None:
    write("a")
    shown = words(html(tmp_path))
    assert "the dot" not in shown
    assert "Each column" not in shown
    assert "Fewer than five incidents are shown as they are." in shown
    file = tmp_path / "postmortems" / "a.md"
    file.write_text(re.sub("  resolved: .*\n", "", file.read_text("utf-8")), "utf-8")
    assert headings(tmp_path) == ["by-quarter", "by-severity", "by-service"]
    assert "Rings" not in words(html(tmp_path))
    for number in range(5):
        write(f"b{number}")
    assert {"the dot", "Each column"} <= set(re.findall("the dot|Each column", words(html(tmp_path))))


def test_four_incidents_are_shown_as_they_are_and_the_fifth_makes_a_picture(
    write: Callable[..., None], tmp_path: Path
) -> None:
    for number, hour in enumerate((9, 10, 10, 23)):
        write(f"a{number}", hour=hour)
    shown = words(html(tmp_path))
    assert "Time to resolve from the start to the end 30 min 1 h 30 min 1 h 30 min 14 h 30 min" in shown
    assert "4 incidents: too few for a median." in shown
    write("a4", hour=11)
    shown = words(html(tmp_path))
    assert "Median 1 h 30 min 90th percentile 9 h 42 min" in shown
    assert "< 5 min 0 5-15 min 0 15-60 min 1 1-4 h 3 4-24 h 1 1-7 d 0 ≥ 7 d 0" in shown
    assert 'class="pm-chart__marked" style="--size: 1.000"' in html(tmp_path)


def test_every_service_is_in_the_table_though_only_the_first_ones_have_pictures(
    write: Callable[..., None], tmp_path: Path
) -> None:
    for number in range(64):
        write(f"a{number}", service=f"service-{number:02}")
    page = html(tmp_path)
    section = page[page.index('id="by-service"') :]
    assert set(re.findall(r"service-\d\d", words(section))) == {f"service-{number:02}" for number in range(64)}
    shown, folded, times = section.split("<details")
    assert "The other 54 services" in words(folded)
    assert shown.count("pm-range__dot") == 10
    assert "pm-range" not in folded + times


def test_the_picture_of_recurrences_tells_the_same_share_as_the_table(
    write: Callable[..., None], tmp_path: Path
) -> None:
    for id in "abc":
        write(id)
        file = tmp_path / "postmortems" / f"{id}.md"
        again = "related: [{id: a, relation: recurrence-of}]\n" if id != "a" else ""
        causes = "root_causes: [{id: RC1, category: capacity, statement: Full}]\n"
        file.write_text(file.read_text("utf-8").replace("roles:", f"{causes}{again}roles:"), "utf-8")
    shown = words(html(tmp_path))
    assert "Capacity 3" in shown
    assert "2 67 %" in shown
    assert "Capacity 2 of 3 (67 %)" in shown


def test_each_time_of_the_contract_is_told_by_quarter_severity_service_and_cause(
    write: Callable[..., None], tmp_path: Path
) -> None:
    write("a")
    file = tmp_path / "postmortems" / "a.md"
    text = file.read_text("utf-8").replace(
        "  resolved:", "  detected: 2024-02-29T09:02:00Z\n  acknowledged: 2024-02-29T09:05:00Z\n  resolved:"
    )
    causes = "impact: {downtime_minutes: 7}\nroot_causes: [{id: RC1, category: capacity, statement: Full}]\npublished: 2024-03-04\n"
    file.write_text(text.replace("roles:", f"{causes}roles:"), "utf-8")
    parts = re.split(r'<h2 id="([^"]+)"', html(tmp_path))
    for name in ("quarter", "severity", "service", "category"):
        shown = words(parts[parts.index(f"by-{name}") + 1].partition("<details")[2])
        assert re.search(r" 1 3.min 7.min 4.d$", shown), (name, shown)
    # What no file tells has no column.
    file.write_text(file.read_text("utf-8").replace("  acknowledged: 2024-02-29T09:05:00Z\n", ""), "utf-8")
    assert "Time to acknowledge" not in words(html(tmp_path))
    assert "Downtime, time to publish" in words(html(tmp_path))


def test_a_quarter_without_an_incident_has_its_place_in_the_picture(write: Callable[..., None], tmp_path: Path) -> None:
    write("a", day="2023-08-01")
    write("b", day="2024-01-01")
    chart = words(html(tmp_path))
    assert "Quarter Incidents Q3 2023 1 Q4 2023 0 Q1 2024 1" in chart


def test_a_year_is_compared_with_the_one_before_it(write: Callable[..., None], tmp_path: Path) -> None:
    write("now", day="2024-02-29")
    write("first", day="2023-03-01")
    assert "trend" not in headings(tmp_path)
    write("before", day="2023-02-28")
    shown = words(html(tmp_path))
    assert re.search(r"Last 12 months 2 .* The 12 before 1 ", shown)
    assert headings(tmp_path)[:3] == ["trend", "by-quarter", "times"]
    for id in ("now", "first"):
        (tmp_path / "postmortems" / f"{id}.md").unlink()
    assert re.search(r"Last 12 months 0 .* The 12 before 1 ", words(html(tmp_path)))


def test_the_dashboard_means_the_same_twelve_months_and_medians(write: Callable[..., None], tmp_path: Path) -> None:
    for number, day in enumerate(("2024-02-29", "2023-03-01", "2023-02-28", "2022-01-01", "2021-01-01")):
        write(f"a{number}", day=day, hour=9 + number)
    (page,) = home.pages(read_knowledge(tmp_path, read_policy(tmp_path), TODAY))
    shown = words(page.make().html)
    assert "2 in the last 12 months" in shown
    assert "2 h 30 min Time to resolve median, 5 incidents" in shown
    assert "Median 2 h 30 min" in words(html(tmp_path))


def test_the_dashboard_counts_an_incident_once_for_a_cause_that_it_has_twice(
    write: Callable[..., None], tmp_path: Path
) -> None:
    write("a")
    file = tmp_path / "postmortems" / "a.md"
    causes = "".join(f"  - {{id: RC{n}, category: capacity, statement: Full}}\n" for n in (1, 2))
    file.write_text(file.read_text("utf-8").replace("roles:", f"root_causes:\n{causes}roles:"), "utf-8")
    (page,) = home.pages(read_knowledge(tmp_path, read_policy(tmp_path), TODAY))
    assert "Root causes All Capacity 1" in words(page.make().html)
    assert "Capacity 1" in words(html(tmp_path))


def test_an_incident_that_an_open_action_would_have_met_counts_in_its_quarter(
    write: Callable[..., None], tmp_path: Path
) -> None:
    for id, day in (("a", "2023-05-02"), ("b", "2023-08-02"), ("c", "2023-08-09")):
        write(id, day=day, service=f"service-{id}")
    action = (
        'action_items:\n  - {id: A1, action: Size it, type: prevent, owner: "@kim", priority: P1, status: todo}\n---\n'
    )
    promised, came_back = tmp_path / "postmortems" / "a.md", tmp_path / "postmortems" / "b.md"
    promised.write_text(promised.read_text("utf-8").removesuffix("---\n") + action, "utf-8")
    relation = "related:\n  - {id: a, relation: recurrence-of}\n---\n"
    came_back.write_text(came_back.read_text("utf-8").removesuffix("---\n") + relation, "utf-8")
    shown = words(html(tmp_path).partition('id="known"')[2])
    assert "2023-Q3" in shown
    assert "2023-Q2" not in shown
    assert "2 of 2 (100 %)" in shown
    # As everywhere, to the nearest per cent.
    write("d", day="2023-09-02", service="mail")
    other = tmp_path / "postmortems" / "d.md"
    other.write_text(other.read_text("utf-8").replace("Checkout was down", "A certificate ran out"), "utf-8")
    assert "2 of 3 (67 %)" in words(html(tmp_path).partition('id="known"')[2])
    (tmp_path / "postmortem.toml").write_text("[rules.known-unfixed]\nseverity = 'off'\n", "utf-8")
    assert "known" not in headings(tmp_path)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ("", "1 open."),
        (", due: 2024-02-29", "1 open, none overdue on 29 Feb 2024"),
        (", due: 2024-02-28", "1 overdue on"),
    ],
)
def test_of_actions_without_dates_none_is_said_to_be_in_time(
    due: str, told: str, write: Callable[..., None], tmp_path: Path
) -> None:
    write("a")
    file = tmp_path / "postmortems" / "a.md"
    item = f"  - {{id: A1, action: Size it, type: prevent, owner: '@kim', priority: P1, status: todo{due}}}\n"
    file.write_text(file.read_text("utf-8").replace("roles:", f"action_items:\n{item}roles:"), "utf-8")
    shown = words(html(tmp_path)).partition("Action items ")[2]
    assert told in shown
    assert ("overdue" in shown) == bool(due)
