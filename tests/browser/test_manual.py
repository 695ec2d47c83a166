"""How a reader finds what may be written, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_key_is_found_through_the_handbook_and_has_an_address(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="Handbook", exact=True).first.click()
    expect(page).to_have_url(f"{site}handbook/")
    page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Frontmatter").click()
    expect(page.get_by_role("navigation", name="Tabs").locator(".md-tabs__item--active")).to_have_text(
        re.compile("Handbook")
    )
    page.get_by_role("article").get_by_role("link", name="due", exact=True).click()
    expect(page).to_have_url(f"{site}reference/frontmatter/#action_items.due")
    expect(page.locator("[id='action_items.due']")).to_be_in_viewport()
    expect(page.locator("[id='action_items.due']")).to_contain_text("Required while the action is open.")


def test_a_rule_leads_back_to_all_of_the_manual(page: Page, site: str) -> None:
    page.goto(f"{site}reference/configuration/#rules")
    page.get_by_role("article").get_by_role("link", name="timeline-range").click()
    expect(page).to_have_url(f"{site}reference/rules/timeline-range/")
    page.get_by_role("link", name="Reference", exact=True).last.click()
    expect(page).to_have_url(f"{site}reference/")
    page.get_by_role("article").get_by_role("link", name="Commands").click()
    expect(page.get_by_role("heading", name="postmortem check")).to_be_visible()


def test_a_page_of_the_handbook_is_found_under_its_plain_title(page: Page, site: str) -> None:
    page.goto(f"{site}search/?q=Feeds and data")
    results = page.locator(".pm-search-page .pm-result")
    expect(results.filter(has_text="Feeds and data").first).to_be_visible()
    expect(results.filter(has_text="¶")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path", ["handbook/writing/", "handbook/adopting/", "reference/frontmatter/", "reference/configuration/", "reference/commands/"]
)  # fmt: skip
def test_no_page_of_the_manual_is_wider_than_the_screen(page: Page, site: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
