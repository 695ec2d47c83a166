"""What a reader does with the site, in a real browser."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.clock import today
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.policy import read_policy

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return read_knowledge(ROOT, read_policy(ROOT), today())


def lonely_word(knowledge: Knowledge) -> tuple[str, str]:
    """A plain word that stands in one incident only, and that incident's id."""
    found: dict[str, set[str]] = {}
    for postmortem in knowledge.postmortems:
        for word in re.findall(r"\b[a-z]{9,}\b", postmortem.document.text.string):
            found.setdefault(word, set()).add(postmortem.id)
    # A search stems words, so one that begins like another would find both.
    stems = Counter(word[:6] for word in found)
    word = next(word for word, ids in sorted(found.items()) if len(ids) == 1 and stems[word[:6]] == 1)
    return word, next(iter(found[word]))


def test_a_word_of_one_incident_is_searched_and_leads_to_it(page: Page, site: str, knowledge: Knowledge) -> None:
    word, id = lonely_word(knowledge)
    page.goto(site)
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type(word)
    result = page.locator(".md-search-result__link").first
    expect(result).to_be_visible()
    result.click()
    expect(page).to_have_url(re.compile(rf"/incidents/{re.escape(id)}/"))
    expect(page.get_by_role("article").get_by_role("heading", level=1)).to_have_text(knowledge.by_id[id].title)


def test_a_related_incident_is_opened_and_leads_back(page: Page, site: str, knowledge: Knowledge) -> None:
    id, related = next((id, related) for id, related in knowledge.relations.items() if related)
    page.goto(f"{site}incidents/{id}/")
    page.locator(".pm-related").get_by_role("link").first.click()
    expect(page).to_have_url(f"{site}incidents/{related[0].postmortem.id}/")
    back = page.locator(".pm-related").get_by_role("link", name=knowledge.by_id[id].title)
    expect(back).to_be_visible()


def test_an_open_action_is_found_under_its_owner(page: Page, site: str, knowledge: Knowledge) -> None:
    entry = next(entry for entry in knowledge.actions if entry.action.open)
    page.goto(site)
    page.get_by_role("link", name="Actions", exact=True).first.click()
    owner = page.locator(".pm-owners > .pm-card").filter(has=page.get_by_role("heading", name=entry.action.owner))
    action = owner.locator(".pm-action").filter(has_text=entry.action.action)
    expect(action).to_be_visible()
    action.get_by_role("link", name=entry.postmortem.title).click()
    expect(page.locator(f"#action-{entry.action.id.lower()}")).to_contain_text(entry.action.action)


def test_the_incident_list_is_filtered_and_the_address_remembers_it(
    page: Page, site: str, knowledge: Knowledge
) -> None:
    severity = knowledge.postmortems[0].severity
    page.goto(f"{site}incidents/")
    page.get_by_label("Severity").select_option(severity)
    rows = page.locator(".pm-table--incidents tbody tr:visible")
    expected = sum(postmortem.severity == severity for postmortem in knowledge.postmortems)
    expect(rows).to_have_count(expected)
    page.reload()
    expect(rows).to_have_count(expected)
    page.get_by_label("Filter").fill("no incident says this")
    page.get_by_role("button", name="Clear them").click()
    expect(rows).to_have_count(len(knowledge.postmortems))


def test_an_action_becomes_overdue_in_the_browser_without_a_new_build(
    page: Page, site: str, knowledge: Knowledge
) -> None:
    if not any(entry.action.open and entry.action.due for entry in knowledge.actions):
        pytest.skip("no open action of the catalog has a date")
    page.clock.set_fixed_time(datetime(2999, 1, 1, tzinfo=UTC))
    page.goto(f"{site}actions/")
    dues = page.locator("[data-due]")
    assert dues.count() > 0
    assert set(dues.locator(".pm-due__word").all_text_contents()) == {"Overdue since"}


@pytest.mark.parametrize("path", ["", "incidents/", "actions/", "services/", "reference/rules/"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(page: Page, site: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_incident_fits_a_phone(page: Page, site: str, knowledge: Knowledge) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for postmortem in knowledge.postmortems:
        page.goto(f"{site}incidents/{postmortem.id}/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, postmortem.id


def test_pages_are_complete_without_javascript(browser: Browser, site: str, knowledge: Knowledge) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}incidents/")
    expect(page.locator(".pm-table--incidents tbody tr:visible")).to_have_count(len(knowledge.postmortems))
    page.goto(f"{site}actions/")
    expect(page.locator(".pm-page > section .pm-action")).not_to_have_count(0)
    context.close()
