"""What the scripts of the site do where something is late, lost or overtaken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.browser

INCIDENTS = 110
"""So many that the list does not hold them all."""
INCIDENT = """\
---
id: incident-{number:03}
title: Outage {number}
status: draft
severity: P{severity}
services: [web]
timestamps: {{started: 2025-{month:02}-{day:02}T10:00:00Z}}
roles: {{author: "@maria"}}
action_items: [{actions}]
---

## What Happened

{body}
"""
ACTION = "{id: A1, action: Wake it, type: prevent, owner: '@maria', priority: P1, status: todo, due: 2025-12-10}"

DIAGRAM = "\n\n```mermaid\nflowchart LR\n  A --> B\n```"
DRAWN = 50
"""The number of the incident with a diagram."""


class Gate:
    """Holds what a page asks for, until it is opened."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._open = False
        self._held: list[Route] = []
        page.route(pattern, self._meet)

    def _meet(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        """Let through what is held, and all that follows."""
        self._open = True
        while self._held:
            self._held.pop().continue_()

    def lose(self) -> None:
        """Break off what is held."""
        while self._held:
            self._held.pop().abort()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("catalog")


@pytest.fixture(scope="module")
def catalog(publish: Callable[[Path, Path], str], root: Path) -> str:
    """The address of a site with a handbook; the later an incident has its number, the later it began."""
    (root / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (root / "postmortems").mkdir()
    (root / "docs").mkdir()
    (root / "docs" / "runbook.md").write_text("# Runbook\n\n## Phone\n\nCall the walrus.\n", "utf-8")
    for number in range(INCIDENTS):
        body = "The quokka slept." if number < 3 else "The pool was empty."
        body += DIAGRAM if number == DRAWN else ""
        month, day = divmod(number, 28)
        text = INCIDENT.format(
            number=number,
            severity=1 + number % 2,
            month=1 + month,
            day=1 + day,
            body=body,
            actions="" if number else ACTION,
        )
        (root / "postmortems" / f"incident-{number:03}.md").write_text(text, "utf-8")
    return publish(root, root / "site")


def ask(page: Page, catalog: str, query: str) -> None:
    page.goto(f"{catalog}search/?{query}")
    expect(page.locator(".pm-search-page output")).not_to_have_text(re.compile("^(Searching…)?$"))


def test_a_search_that_overtakes_another_waits_for_the_same_handbook(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=pool")
    words = reader.locator(".pm-search-page input")
    told = reader.locator(".pm-search-page output")
    late = "**/manual/filter/*"
    gate = Gate(reader, late)
    with reader.expect_request(late):
        words.fill("quokka")
    words.fill("walrus")
    # So long that it would be over, if it did not wait.
    reader.wait_for_timeout(1_000)
    expect(told).to_have_text("Searching…")
    gate.open()
    expect(told).to_have_text("1 in the handbook")
    expect(reader.locator(".pm-search-page .pm-results__group")).to_have_text("In the handbook")


def test_dates_that_were_lost_once_are_asked_for_again(reader: Page, catalog: str) -> None:
    lost = "**/dates.json"
    reader.route(lost, lambda route: route.abort())
    ask(reader, catalog, "q=outage&sort=newest")
    told = reader.locator(".pm-search-page output")
    expect(told).to_contain_text("could not be loaded")
    reader.unroute(lost)
    reader.locator(".pm-search-page").get_by_label("Order").select_option("oldest")
    expect(told).to_have_text(f"{INCIDENTS} results")
    expect(reader.locator(".pm-search-page .pm-result__title").first).to_have_text("Outage 0")


def results(page: Page) -> Locator:
    """What is found on the page of results."""
    return page.locator(".pm-search-page .pm-result")


def test_more_of_one_search_is_not_shown_below_the_next(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=pool")
    expect(results(reader)).to_have_count(6)
    late = "**/fragment/*"
    gate = Gate(reader, late)
    with reader.expect_request(late):
        reader.locator(".pm-search-page").evaluate(
            """(page) => {
                const words = page.querySelector("input");
                words.value = "quokka";
                words.dispatchEvent(new Event("input", { bubbles: true }));
                page.querySelector(".pm-more button").click();
            }"""
        )
    reader.route(late, lambda route: route.continue_())
    expect(results(reader)).to_have_count(3)
    gate.open()
    reader.wait_for_timeout(500)
    expect(results(reader)).to_have_count(3)


def test_numbers_of_a_facet_leave_the_results_as_they_are(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=outage")
    reader.locator(".pm-search-page .pm-more button").press("Enter")
    expect(results(reader)).to_have_count(12)
    expect(results(reader).nth(6)).to_be_focused()
    severity = reader.locator(".pm-search-page").get_by_label("Severity")
    severity.hover()
    expect(severity.locator("option")).to_have_text(["All", "P1 (55)", "P2 (55)"])
    expect(results(reader)).to_have_count(12)
    expect(results(reader).nth(6)).to_be_focused()


def test_numbers_of_a_facet_that_are_lost_take_nothing_along(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=outage")
    lost = "**/filter/*"
    reader.route(lost, lambda route: route.abort())
    severity = reader.locator(".pm-search-page").get_by_label("Severity")
    with reader.expect_request(lost):
        severity.focus()
    reader.wait_for_timeout(500)
    expect(results(reader)).to_have_count(6)
    expect(reader.locator(".pm-search-page output")).to_have_text(f"{INCIDENTS} results")
    reader.unroute(lost)
    severity.blur()
    severity.focus()
    expect(severity.locator("option")).to_have_text(["All", "P1 (55)", "P2 (55)"])


def test_more_results_that_were_lost_once_are_asked_for_again(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=outage")
    told = reader.locator(".pm-search-page output")
    more = reader.locator(".pm-search-page .pm-more button")
    lost = "**/fragment/*"
    reader.route(lost, lambda route: route.abort())
    more.click()
    expect(told).to_contain_text("could not be loaded")
    expect(results(reader)).to_have_count(6)
    reader.unroute(lost)
    more.click()
    expect(told).to_have_text(f"{INCIDENTS} results")
    expect(results(reader)).to_have_count(12)


@pytest.mark.parametrize(("place", "field"), [("search/", ".pm-search-page"), ("incidents/", ".md-search")])
def test_a_search_that_failed_shows_no_results_of_another(reader: Page, catalog: str, place: str, field: str) -> None:
    reader.goto(catalog + place)
    words = reader.locator(f"{field} input")
    words.fill("outage")
    expect(reader.locator(f"{field} .pm-result").first).to_be_visible()
    reader.route("**/data/**", lambda route: route.abort())
    words.fill("quokka")
    expect(reader.locator(f"{field} output, {field} [role=status]")).to_contain_text("could not be loaded")
    expect(reader.locator(f"{field} .pm-result")).to_have_count(0)
    expect(reader.locator(".pm-search-page .pm-more")).not_to_be_visible()


def test_who_takes_the_words_back_waits_for_no_index(reader: Page, catalog: str) -> None:
    gate = Gate(reader, "**/guide.json")
    reader.goto(f"{catalog}search/?q=outage")
    told = reader.locator(".pm-search-page output")
    expect(told).to_have_text("Searching…")
    reader.locator(".pm-search-page input").fill("")
    expect(told).to_have_text("Type to search in all postmortems.")
    gate.open()
    reader.wait_for_timeout(500)
    expect(told).to_have_text("Type to search in all postmortems.")


def test_the_focus_among_the_results_of_the_box_is_not_lost_to_others(reader: Page, catalog: str) -> None:
    reader.goto(f"{catalog}incidents/")
    words = reader.locator(".md-search input")
    found = reader.locator(".md-search .pm-result")
    state = reader.locator(".pm-search__state")
    words.fill("outage")
    expect(found).to_have_count(5)
    for key in ("ArrowDown", "ArrowUp", "ArrowDown"):
        reader.keyboard.press(key)
    reader.wait_for_timeout(500)
    expect(found.first).to_be_focused()
    reader.keyboard.press("ArrowUp")
    gate = Gate(reader, "**/fragment/*")
    words.fill("quokka")
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_be_focused()
    gate.open()
    expect(state).to_have_text("3 results")
    expect(found.nth(1)).to_be_focused()


@pytest.mark.parametrize("place", ["search/", "incidents/"])
def test_who_types_before_the_search_is_loaded_is_heard(reader: Page, catalog: str, place: str) -> None:
    gate = Gate(reader, "**/postmortems/search.js")
    reader.goto(catalog + place, wait_until="commit")
    words = reader.locator(".md-search input")
    words.click()
    reader.keyboard.type("quo")
    gate.open()
    expect(reader.locator(".md-search .pm-result").first).to_be_visible()
    reader.keyboard.type("kka")
    expect(words).to_have_value("quokka")
    expect(reader.locator(".md-search .pm-result")).to_have_count(3)


def test_the_button_that_clears_the_search_leaves_the_focus_in_the_form(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=outage&severity=P1")
    expect(reader.locator(".pm-search-page output")).to_have_text("55 results")
    reader.locator(".pm-search-page").get_by_role("button", name="Clear filters").press("Enter")
    expect(reader.locator(".pm-search-page output")).to_have_text(f"{INCIDENTS} results")
    expect(reader.locator(".pm-search-page input")).to_be_focused()


# What WebKit does after 100 of them in a few seconds, and Firefox after 200.
REFUSE = """
    const change = history.replaceState.bind(history);
    let changes = 0;
    history.replaceState = (...asked) => {
        if (++changes > 20) throw new DOMException("The operation is insecure.", "SecurityError");
        change(...asked);
    };
"""


@pytest.mark.parametrize(
    ("place", "field", "told"),
    [
        ("search/", ".pm-search-page [name=q]", "3 results"),
        ("incidents/", ".pm-page [name=text]", f"0 of {INCIDENTS} incidents"),
    ],
)
def test_many_letters_do_not_change_the_address_each(
    reader: Page, catalog: str, place: str, field: str, told: str
) -> None:
    reader.add_init_script(REFUSE)
    reader.goto(catalog + place)
    words = reader.locator(field)
    for _ in range(5):
        words.press_sequentially("quokka", delay=10)
        words.fill("")
    words.fill("quokka")
    expect(reader.locator(".pm-page output")).to_have_text(told)
    expect(reader).to_have_url(re.compile("=quokka$"))


def test_rows_that_do_not_come_are_no_matter_once_the_filter_is_gone(reader: Page, catalog: str) -> None:
    reader.goto(f"{catalog}incidents/")
    told = reader.locator("output.pm-filter__count")
    late = "**/data/incidents*.json"
    gate = Gate(reader, late)
    with reader.expect_request(late):
        reader.get_by_label("Search in this list").fill("outage 7")
    expect(told).to_have_text("Loading…")
    reader.get_by_label("Search in this list").fill("")
    expect(told).to_have_text(f"{INCIDENTS} incidents")
    with reader.expect_event("requestfailed"):
        gate.lose()
    reader.wait_for_timeout(300)
    expect(told).to_have_text(f"{INCIDENTS} incidents")


def test_a_filter_that_failed_is_cleared_or_asked_again(reader: Page, catalog: str) -> None:
    lost = "**/data/incidents*.json"
    reader.route(lost, lambda route: route.abort())
    reader.goto(f"{catalog}incidents/?text=outage+7")
    told = reader.locator("output.pm-filter__count")
    expect(told).to_contain_text("could not be loaded")
    reader.get_by_role("button", name="Clear filters").click()
    expect(told).to_have_text(f"{INCIDENTS} incidents")
    reader.unroute(lost)
    reader.get_by_label("Search in this list").fill("outage 7")
    expect(told).to_have_text(f"20 of {INCIDENTS} incidents")


def test_a_count_is_told_once_for_a_word(reader: Page, catalog: str) -> None:
    reader.goto(f"{catalog}incidents/?text=outage")
    told = reader.locator("output.pm-filter__count")
    expect(told).to_have_text(f"{INCIDENTS} incidents")
    told.evaluate(
        """(told) => {
            window.heard = [];
            const hear = () => told.ariaBusy === "true" || window.heard.push(told.textContent);
            new MutationObserver(hear).observe(told, { childList: true, attributeFilter: ["aria-busy"] });
        }"""
    )
    reader.get_by_label("Search in this list").press("End")
    reader.keyboard.type(" 105", delay=20)
    expect(told).to_have_text(f"1 of {INCIDENTS} incidents")
    expect(told).not_to_have_attribute("aria-busy", "true")
    assert reader.evaluate("window.heard") == [f"1 of {INCIDENTS} incidents"]


@pytest.mark.parametrize("script", ["list", "postmortems"])
def test_a_list_without_its_script_shows_its_rows(reader: Page, catalog: str, script: str) -> None:
    reader.route(f"**/postmortems/{script}.js", lambda route: route.abort())
    reader.goto(f"{catalog}incidents/?text=outage+7")
    expect(reader.locator("[data-pm-rows] > tr")).to_have_count(100)
    if script == "list":
        expect(reader.get_by_role("alert")).to_contain_text("The filters could not be loaded")


def test_a_search_without_its_script_says_so(reader: Page, catalog: str) -> None:
    reader.route("**/postmortems/search.js", lambda route: route.abort())
    reader.goto(f"{catalog}search/?q=outage")
    told = reader.get_by_text("The search is not loaded yet")
    expect(told).not_to_be_visible()
    expect(told).to_be_visible(timeout=10_000)
    reader.unroute("**/postmortems/search.js")
    reader.reload()
    expect(results(reader)).to_have_count(6)
    expect(told).to_have_count(0)


def test_a_page_that_is_open_at_midnight_tells_the_next_day(reader: Page, catalog: str) -> None:
    reader.clock.install(time=datetime(2025, 12, 10, 23, 58, tzinfo=UTC))
    reader.goto(f"{catalog}actions/?state=overdue")
    actions = reader.locator("[data-pm-rows] > li")
    expect(reader.get_by_text("No action fits these filters.")).to_be_visible()
    reader.clock.run_for(180_000)
    expect(actions).to_have_count(1)
    expect(actions.locator(".pm-due")).to_have_text("Overdue since 10 Dec 2025")
    reader.goto(f"{catalog}incidents/incident-000/")
    expect(reader.locator("[data-due]").first).to_have_class(re.compile("overdue"))


@pytest.mark.parametrize("script", ["mermaid.min.js", "frame.js"])
def test_diagrams_are_drawn_once_their_library_is_there_again(
    reader: Page, catalog: str, root: Path, script: str
) -> None:
    there = root / "site" / "assets" / "postmortems" / "mermaid" / script
    there.rename(there.with_suffix(".gone"))
    try:
        reader.goto(f"{catalog}incidents/incident-{DRAWN:03}/")
        fault = reader.get_by_text("This diagram cannot be drawn: The library could not be loaded.")
        expect(fault).to_be_visible()
    finally:
        there.with_suffix(".gone").rename(there)
    reader.locator("label[title='Switch to the dark theme']").click()
    expect(reader.locator(".pm-diagram__picture svg")).to_be_visible()
    expect(fault).to_have_count(0)


def test_a_diagram_waits_for_a_slow_line(reader: Page, catalog: str) -> None:
    reader.clock.install()
    late = "**/mermaid/frame.js"
    gate = Gate(reader, late)
    with reader.expect_request(late):
        reader.goto(f"{catalog}incidents/incident-{DRAWN:03}/", wait_until="commit")
    reader.clock.run_for(60_000)
    gate.open()
    expect(reader.locator(".pm-diagram__picture svg")).to_be_visible()
    expect(reader.locator(".pm-diagram__fault")).to_have_count(0)


@pytest.mark.parametrize(
    ("place", "counted"), [("incidents/", ".pm-page output"), ("search/", ".pm-search-page output")]
)
def test_what_is_shown_follows_the_address_past_a_place_of_the_page(
    reader: Page, catalog: str, place: str, counted: str
) -> None:
    reader.goto(f"{catalog}{place}?severity=P1#place")
    few = reader.locator(counted).filter(has_text=re.compile("^55 "))
    expect(few).to_be_visible()
    expect(reader).to_have_url(re.compile(r"\?severity=P1#place$"))
    reader.evaluate("location.hash = 'other'")
    reader.get_by_role("button", name="Clear filters").click()
    expect(few).not_to_be_visible()
    reader.go_back()
    expect(few).to_be_visible()
    expect(reader.locator(".pm-page").get_by_label("Severity")).to_have_value("P1")
