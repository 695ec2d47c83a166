"""What a reader does with the site, in a real browser."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.sections import computed

pytestmark = pytest.mark.browser


def lonely_word(knowledge: Knowledge) -> tuple[str, str]:
    """A plain word that stands in one incident only, and that incident's id."""
    found: dict[str, set[str]] = {}
    for postmortem in knowledge.postmortems:
        for word in re.findall(r"[a-z]{5,}", postmortem.document.text.string.casefold()):
            found.setdefault(word, set()).add(postmortem.id)
    # A search stems words, so one that begins like another would find both.
    stems = Counter(word[:5] for word in found)
    word = next(word for word, ids in sorted(found.items()) if len(ids) == 1 and stems[word[:5]] == 1 and len(word) > 8)
    return word, next(iter(found[word]))


def test_a_word_of_one_incident_is_searched_and_leads_to_it(page: Page, site: str, knowledge: Knowledge) -> None:
    word, id = lonely_word(knowledge)
    page.goto(site)
    page.get_by_role("searchbox", name="Search").click()
    page.keyboard.type(word)
    result = page.locator(".md-search .pm-result").first
    expect(result).to_contain_text(knowledge.by_id[id].title)
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


def test_the_page_of_results_narrows_by_facets_and_its_address_remembers_them(
    page: Page, site: str, knowledge: Knowledge
) -> None:
    found = Counter(p.severity for p in knowledge.postmortems if "database" in p.document.text.string.casefold())
    severity = min(found, key=found.__getitem__)
    page.goto(f"{site}search/?q=database")
    results = page.locator(".pm-search-page .pm-result")
    expect(results.first).to_be_visible()
    page.locator(".pm-search-page").get_by_label("Severity").select_option(severity)
    expect(page).to_have_url(re.compile(rf"severity={severity}"))
    expect(results.locator(".pm-severity").filter(has_not_text=severity)).to_have_count(0)
    page.reload()
    expect(results.first).to_be_visible()
    assert set(results.locator(".pm-severity").all_text_contents()) == {severity}
    # The section that matched, and the way to it.
    assert any("#" in (link.get_attribute("href") or "") for link in results.all())


def test_the_handbook_is_searched_where_incidents_do_not_fill_the_page_or_by_its_name(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    results = page.locator(".pm-search-page .pm-result")
    page.goto(f"{site}search/?q=servers")
    expect(results.nth(5)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.startswith("search/data/manual/")]
    # Nor is counted what nobody is about to choose.
    severities = page.locator(".pm-search-page").get_by_label("Severity")
    assert not [url for url in asked if "/filter/" in url]
    expect(severities.locator("option").filter(has_text="P1")).to_have_text("P1")
    severities.focus()
    expect(severities.locator("option").filter(has_text="P1")).to_have_text(re.compile(r"P1 \(\d+\)"))
    page.locator(".pm-search-page").get_by_label("Part").select_option("Handbook")
    expect(results.first).to_contain_text("Handbook")
    assert [url for url in asked if url.startswith("search/data/manual/")]
    page.goto(f"{site}search/?q=blameless")
    expect(results.filter(has_text="Handbook").first).to_be_visible()


def test_a_search_finds_what_holds_its_words_and_says_what_nobody_holds(
    page: Page, site: str, knowledge: Knowledge
) -> None:
    word, id = lonely_word(knowledge)
    results, told = page.locator(".pm-search-page .pm-result"), page.locator(".pm-search-page output")
    page.goto(f"{site}search/?q={word}")
    expect(told).to_contain_text("1 result")
    expect(results.first).to_contain_text(knowledge.by_id[id].title)
    # An ending that is not typed yet.
    page.goto(f"{site}search/?q={word[:-2]}")
    expect(results.first).to_contain_text(knowledge.by_id[id].title)
    # No beginning of it counts, such as "or" of "orxxxxx".
    page.goto(f"{site}search/?q=orxxxxx")
    expect(told).to_have_text("Nothing holds “orxxxxx”.")
    expect(results).to_have_count(0)
    page.goto(f"{site}search/?q=orxxxxx+{word}")
    expect(told).to_contain_text("Nothing holds “orxxxxx”. 1 result")
    page.goto(f"{site}search/?q=orxxxxx+oryyyyy")
    expect(told).to_have_text("Nothing was found. Fewer words find more.")


def test_a_sentence_finds_what_holds_many_of_its_words(page: Page, site: str) -> None:
    results = page.locator(".pm-search-page .pm-result")
    page.goto(f"{site}search/?q={quote('Replica lag, then stale reads after a failover between the coasts!')}")
    expect(page.locator(".pm-search-page output")).to_contain_text("No incident has all of these words")
    expect(results.filter(has_text="split GitHub's databases")).to_be_visible()
    page.goto(f"{site}search/?q={quote('Replica lag and failover, optical')}")
    expect(page.locator(".pm-results__group").first).to_have_text("Incidents with some of the words")
    # As it stands, where it is quoted.
    page.goto(f"{site}search/?q={quote(chr(34) + 'stale reads after a failover' + chr(34))}")
    expect(results.filter(has_text="GitHub")).to_have_count(0)


def test_a_search_or_a_list_that_cannot_be_loaded_says_so(page: Page, site: str) -> None:
    page.route(re.compile(r"guide\.json|/data/incidents\.json"), lambda route: route.abort())
    page.goto(f"{site}search/?q=database")
    expect(page.locator(".pm-search-page output")).to_contain_text("could not be loaded")
    page.get_by_role("searchbox", name="Search").click()
    page.keyboard.type("database")
    expect(page.locator(".pm-search__state")).to_contain_text("could not be loaded")


def test_a_slash_leads_to_the_search_and_arrows_to_its_results(page: Page, site: str) -> None:
    page.goto(f"{site}incidents/")
    page.keyboard.press("/")
    page.keyboard.type("dns")
    results = page.locator(".md-search .pm-result")
    expect(results.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(results.first).not_to_be_visible()


def test_a_computed_relation_says_why_and_is_followed(page: Page, site: str, knowledge: Knowledge) -> None:
    id, similar = next((p.id, found) for p in knowledge.postmortems if (found := computed(p, knowledge)))
    page.goto(f"{site}incidents/{id}/#similar-incidents")
    card = page.locator(".pm-similar").first
    expect(card.locator(".pm-reasons > li")).to_have_text(list(similar[0].reasons))
    expect(page.get_by_text("nobody has confirmed it")).to_be_visible()
    for action in similar[0].open_actions[:2]:
        expect(card).to_contain_text(action.action)
    card.get_by_role("link", name=similar[0].postmortem.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(similar[0].postmortem.title)


def test_an_open_action_is_found_under_its_owner(page: Page, site: str, knowledge: Knowledge) -> None:
    entry = next(entry for entry in knowledge.actions if entry.action.open)
    page.goto(site)
    page.get_by_role("link", name="Actions", exact=True).first.click()
    page.get_by_role("link", name=entry.action.owner, exact=True).first.click()
    action = page.locator(".pm-action").filter(has_text=entry.action.action)
    expect(action).to_be_visible()
    action.get_by_role("link", name=entry.postmortem.title).click()
    expect(page.locator(f"#action-{entry.action.id.lower()}")).to_contain_text(entry.action.action)


def test_the_action_index_is_filtered_by_state_and_owner(page: Page, site: str, knowledge: Knowledge) -> None:
    owner = Counter(entry.action.owner for entry in knowledge.actions if entry.action.open).most_common(1)[0][0]
    expected = sum(entry.action.open and entry.action.owner == owner for entry in knowledge.actions)
    page.goto(f"{site}actions/?state=open&owner={quote(owner.upper())}")
    rows = page.locator("[data-pm-rows] > .pm-action")
    expect(rows).to_have_count(expected)
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(min(100, len(knowledge.actions)))
    expect(page).to_have_url(f"{site}actions/")


def test_the_incident_list_is_filtered_by_a_service_in_any_spelling(
    page: Page, site: str, knowledge: Knowledge
) -> None:
    service, expected = Counter(name for p in knowledge.postmortems for name in set(p.services)).most_common(1)[0]
    for asked in (service, service.upper(), service.title()):
        page.goto(f"{site}incidents/?service={quote(asked)}")
        expect(page.locator("[data-pm-rows] > *")).to_have_count(expected)
        expect(page.locator("select[name=service] option:checked")).to_have_text(f"{service} ({expected})")


def test_the_incident_list_is_sorted_by_a_click(page: Page, site: str, knowledge: Knowledge) -> None:
    slowest = max((p for p in knowledge.postmortems if p.times.ttr), key=lambda p: p.times.ttr)
    page.goto(f"{site}incidents/")
    page.get_by_role("button", name="TTR").click()
    first = page.locator(".pm-table--incidents tbody tr").first
    expect(first).to_contain_text(slowest.title)
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile(r"sort=-ttr"))


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
    page.get_by_label("Search in this list").fill("no incident says this")
    page.get_by_role("button", name="Clear filters").click()
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


@pytest.mark.parametrize("path", ["", "incidents/", "actions/", "services/", "search/", "reference/rules/"])
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
    expect(page.locator(".pm-page .pm-action")).not_to_have_count(0)
    page.goto(f"{site}search/")
    expect(page.get_by_role("link", name="list of all incidents")).to_be_visible()
    context.close()
