"""What axe-core finds on the pages, and what a keyboard reaches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

INCIDENT = "incidents/2025-11-18-cloudflare-bot-feature-file/"
PAGES = ["", "incidents/", INCIDENT, "actions/", "services/", "services/aws-dynamodb/", "owners/", "reference/rules/"]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def still(browser: Browser, scheme: str) -> Iterator[Page]:
    """A page in one of the themes, on which nothing moves."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(path: str, still: Page, site: str) -> None:
    found = []
    for width in (1280, 390):
        still.set_viewport_size({"width": width, "height": 900})
        still.goto(site + path)
        if path == INCIDENT:
            still.locator(".pm-diagram__picture svg").first.wait_for()
        for violation in Axe().run(still).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found += [(width, violation["id"], node["html"]) for node in violation["nodes"]]
    assert found == []


@pytest.mark.parametrize("path", ["", "incidents/", INCIDENT, "reference/rules/"])
def test_the_first_tab_skips_the_navigation(path: str, page: Page, site: str) -> None:
    page.goto(site + path)
    page.locator(".md-skip").wait_for(state="attached")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('md-skip')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.md-content') !== null")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["", "incidents/", INCIDENT])
def test_every_stop_of_the_keyboard_is_seen(path: str, width: int, page: Page, site: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)
    unseen, stops = [], 0
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate("""() => {
            const at = document.activeElement;
            if (!at || at === document.body) return null;
            const shown = at.matches('.md-option') ? at.nextElementSibling : at;
            const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
            const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
            const inside = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
            const header = document.querySelector('.md-header');
            const behind = !header.contains(at) && !at.closest('[data-md-component=skip]') && box.bottom <= header.getBoundingClientRect().bottom;
            return {seen: drawn && box.width > 0 && box.height > 0 && inside && !behind, html: at.outerHTML.slice(0, 120)};
        }""")
        if stop is None:
            break
        stops += 1
        if not stop["seen"]:
            unseen.append(stop["html"])
    assert stops > 20
    assert unseen == []


def test_a_table_is_a_stop_of_the_keyboard_where_it_scrolls(page: Page, site: str) -> None:
    page.goto(f"{site}reference/policy/")
    table = page.locator(".pm-scroll")
    for width, stop in ((1280, -1), (390, 0), (1280, -1)):
        page.set_viewport_size({"width": width, "height": 800})
        expect(table).to_have_js_property("tabIndex", stop)
        assert table.evaluate("part => part.scrollWidth > part.clientWidth") == (stop == 0)
    page.goto(f"{site}handbook/review/")
    expect(page.locator(".md-typeset__scrollwrap").first).to_be_visible()
    expect(page.locator(".md-typeset__scrollwrap[tabindex]")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_keyboard_opens_the_menu_of_a_narrow_screen_and_escape_closes_it(key: str, page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(site)
    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    page.keyboard.press(key)
    expect(menu).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.closest('.md-sidebar--primary') !== null")
    link = page.locator(".md-sidebar--primary").get_by_role("link", name="Incidents", exact=True)
    expect(link).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(link).to_be_hidden()


def test_in_a_part_of_the_menu_only_what_is_seen_has_the_focus_and_its_title_leads_back(page: Page, site: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}handbook/site/")
    page.get_by_role("button", name="Menu").press("Enter")
    covered = """() => {
        const at = document.activeElement, box = at.getBoundingClientRect();
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return at.contains(top) || top.contains(at) ? '' : at.outerHTML.slice(0, 120);
    }"""
    names = []
    while page.evaluate("document.activeElement.closest('.md-sidebar--primary') !== null"):
        assert page.evaluate(covered) == ""
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")
    assert names[0] == "Writing a postmortem"
    assert "Dashboard" not in names
    page.locator(".md-sidebar--primary label.md-nav__title", has_text="Handbook").press("Enter")
    expect(page.locator(".md-sidebar--primary").get_by_role("link", name="Dashboard")).to_be_visible()


def test_the_focus_stays_when_a_list_changes(page: Page, site: str) -> None:
    page.goto(f"{site}actions/")
    page.get_by_label("State").focus()
    page.keyboard.press("d")
    expect(page.get_by_label("State")).to_be_focused()
    page.get_by_role("button", name="Clear filters").press("Enter")
    expect(page.get_by_label("Search in this list")).to_be_focused()
    page.get_by_label("Order").select_option("priority")
    page.get_by_role("button", name="Show more").press("Enter")
    focused = page.locator("[data-pm-rows] > :nth-child(101) a").first
    expect(focused).to_be_focused()
    expect(focused).to_be_in_viewport()


@pytest.mark.parametrize("path", PAGES)
def test_no_level_of_headings_is_left_out(path: str, page: Page, site: str) -> None:
    page.goto(site + path)
    levels = page.locator(".md-content :is(h1, h2, h3, h4, h5, h6)").evaluate_all("all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
