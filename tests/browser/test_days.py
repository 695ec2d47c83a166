"""A site that is older than its reader's day: what has passed since then is told all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

BUILT = datetime(2026, 3, 1, tzinfo=UTC)
FILE = """\
---
id: {id}
title: Incident {id}
status: reviewed
severity: P3
services: [{service}]
timestamps:
  started: 2026-02-01T09:00:00Z
roles:
  author: "@maria"
root_causes:
  - {{id: RC1, category: capacity, statement: Full, accepted_risk: {{reason: It goes, by: "@kim", until: 2026-03-31}}}}
action_items:
{actions}---
"""
ACTION = '  - {{id: A{0}, action: Work {0}, type: prevent, owner: "{2}", priority: P1, status: todo, due: {1}}}\n'


@pytest.fixture(scope="module")
def old(publish: Callable[[Path, Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site built on the first of March: one action is late then, two are due at its end, and one a month later."""
    root = tmp_path_factory.mktemp("old")
    (root / "postmortems").mkdir()
    (root / "docs").mkdir()
    (root / "mkdocs.yml").write_text("site_name: X\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    days = ("2026-02-20", "2026-03-31", "2026-03-31", "2026-04-30")
    actions = "".join(ACTION.format(number, day, "@kim") for number, day in enumerate(days, 1))
    (root / "postmortems" / "a.md").write_text(FILE.format(id="a", service="api", actions=actions), "utf-8")
    draft = FILE.replace("09:00:00Z\n", "09:00:00Z\n  resolved: 2026-02-26T10:00:00Z\n").replace("reviewed", "draft")
    (root / "postmortems" / "c.md").write_text(
        draft.format(id="c", service="api", actions="").replace("action_items:\n", ""), "utf-8"
    )
    actions = ACTION.format(1, "2026-03-31", "@lee")
    (root / "postmortems" / "b.md").write_text(FILE.format(id="b", service="db", actions=actions), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(BUILT.timestamp())))
        return publish(root, root / "site")


@pytest.fixture(
    params=[(BUILT, 1, 1, 0), (datetime(2026, 4, 1, tzinfo=UTC), 4, 3, 1)], ids=["at once", "a month later"]
)
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Page, int, int, int]]:
    """A page on a day, with how many actions are late then: all, those of @kim and those of @lee."""
    day, *late = request.param
    page = browser.new_page()
    page.clock.set_fixed_time(day)
    yield page, *late
    page.close()


def test_what_is_late_is_counted_on_the_day_of_the_reader(reader: tuple[Page, int, int, int], old: str) -> None:
    page, late, of_kim, of_lee = reader
    page.goto(old)
    expect(page.locator(".pm-tile .pm-late")).to_have_text(f"{late} overdue")
    page.goto(f"{old}actions/")
    expect(page.locator(".pm-lead .pm-late__told")).to_have_text(f"{late} overdue")
    expect(page.locator("option[value=overdue]")).to_have_text(f"Overdue ({late})")
    owners = page.get_by_role("region", name="Actions by owner").locator("[data-label=Overdue]")
    assert [cell.inner_text() for cell in owners.all()] == [str(of_kim), str(of_lee)]
    for places in (("services/api/", "services/db/"), ("owners/kim/", "owners/lee/"), ("incidents/a/", "incidents/b/")):
        for place, number in zip(places, (of_kim, of_lee), strict=True):
            page.goto(old + place)
            told = page.locator(".pm-lead, .pm-figures").first.inner_text()
            assert (f"{number} overdue" in told) == bool(number), place
            assert ("overdue" in told) == bool(number), place
    page.goto(f"{old}services/")
    listed = page.locator("[data-label='Open actions']")
    assert [" ".join(cell.inner_text().split()) for cell in listed.all()] == [
        f"4 {of_kim} overdue",
        f"1 {of_lee} overdue" if of_lee else "1",
    ]


def test_a_review_becomes_late_on_the_day_of_the_reader(reader: tuple[Page, int, int, int], old: str) -> None:
    page, _, _, of_lee = reader
    page.goto(f"{old}incidents/c/")
    told = "was due 3 Mar 2026" if of_lee else "due 3 Mar 2026"
    expect(page.locator(".pm-facts div").filter(has_text="Review").locator("dd")).to_have_text(told)
    page.goto(old)
    expect(page.locator(".pm-feed li").filter(has_text="review").last).to_contain_text(f"review {told}")


def test_a_risk_runs_out_on_the_day_of_the_reader(reader: tuple[Page, int, int, int], old: str) -> None:
    page, _, _, of_lee = reader
    page.goto(f"{old}incidents/a/")
    told = "ran out on 31 Mar 2026" if of_lee else "until 31 Mar 2026"
    expect(page.locator("#rc1")).to_contain_text(f"Risk accepted by @kim ({told})")
