"""What the next review has to look at: chains, causes without an answer, dates that move, anniversaries."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.audience import INTERNAL, PUBLIC
from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import home, incident, patterns
from postmortem_kb.policy import read_policy
from postmortem_kb.render import words as told_as

TODAY = dt.date(2026, 4, 1)
FILE = """---
id: {id}
title: Incident {id}
status: {status}
severity: {severity}
timestamps:
  started: {started}T09:00:00Z
  resolved: {started}T10:00:00Z
roles:
  author: "@maria"
{more}---
"""
Write = Callable[..., None]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    return tmp_path


@pytest.fixture
def write(base: Path) -> Write:
    def one(
        id: str,
        *,
        started: str = "2026-01-15",
        severity: str = "P3",
        status: str = "reviewed",
        recurs: str = "",
        relation: str = "recurrence-of",
        more: str = "",
        actions: str = "",
    ) -> None:
        links = "".join(
            f"  - {{id: {other}, relation: {relation}, note: Again like {other}}}\n" for other in recurs.split()
        )
        more += f"related:\n{links}" if links else ""
        more += f"action_items:\n{actions}" if actions else ""
        text = FILE.format(id=id, started=started, severity=severity, status=status, more=more)
        (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")

    return one


def action(id: str, status: str = "todo", more: str = "", priority: str = "P1") -> str:
    return (
        f'  - {{id: {id}, action: Work on {id}, type: prevent, owner: "@kim", priority: {priority}, '
        f"status: {status}{more}}}\n"
    )


def html(base: Path) -> str:
    (page,) = patterns.pages(read_knowledge(base, read_policy(base), TODAY))
    anchors = re.findall(r'<h2 id="([^"]+)"', page.make().html)
    assert anchors == [heading.id for heading in page.make().headings]
    return page.make().html


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def section(base: Path, id: str) -> str:
    """The words of a section; empty where there is none."""
    parts = re.split(r'<h2 id="([^"]+)"', html(base))
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return words(f"<h2{sections[id]}") if id in sections else ""


def sections(base: Path) -> list[str]:
    return re.findall(r'<h2 id="([^"]+)"', html(base))


def test_an_empty_catalog_says_how_to_begin(base: Path) -> None:
    assert "Write the first postmortem" in words(html(base))


def test_where_nothing_is_to_be_said_there_is_no_heading_but_a_friendly_sentence(base: Path, write: Write) -> None:
    write("a", actions=action("A1", more=", due: 2026-05-01"))
    assert sections(base) == []
    assert "Nothing to bring up" in words(html(base))


@pytest.mark.parametrize(
    "links",
    [{"b": "a", "c": "b"}, {"b": "a", "c": "a"}, {"a": "c", "b": "a", "c": "b"}, {"c": "a b"}],
    ids=["one after the other", "all to the first", "a circle", "the last to both"],
)
def test_recurrences_make_one_chain_with_the_oldest_first(links: dict[str, str], base: Path, write: Write) -> None:
    for id, started in (("c", "2025-06-30"), ("a", "2023-01-02"), ("b", "2024-01-02")):
        write(id, started=started, recurs=links.get(id, ""))
    shown = section(base, "recurrences")
    assert shown.count("times in") == 1
    assert "3 times in 2.5 years" in shown
    assert re.findall(r"Incident (\w)", shown) == ["a", "b", "c"]


def test_a_chain_tells_what_was_promised_the_last_time_and_what_of_it_was_done_by_then(
    base: Path, write: Write
) -> None:
    promised = (
        action("A1", "done", ", completed: 2026-01-31")
        + action("A2", "done", ", completed: 2026-02-02")
        + action("A3", "todo", ", due: 2026-03-31")
        + action("A4", "cancelled", ", reason: Gone")
    )
    write("a", started="2026-01-15", actions=promised)
    write("b", started="2026-02-01", recurs="a")
    shown = section(base, "recurrences")
    assert "1 of 3 promised actions done before it came back" in shown
    assert "Work on A3 · @kim · Overdue since 31 Mar 2026 Work on A1" in shown
    assert "Again like a" in shown
    assert 'data-due="2026-03-31"' in html(base)


def test_an_action_that_was_opened_again_is_not_done(base: Path, write: Write) -> None:
    """Its day of completion still stands there."""
    promised = action("A1", "todo", ", completed: 2026-01-20, due: 2026-05-01") + action(
        "A2", "done", ", completed: 2026-02-01"
    )
    write("a", started="2026-01-15", actions=promised)
    write("b", started="2026-02-01", recurs="a")
    assert "1 of 2 promised actions done before it came back" in section(base, "recurrences")


def test_a_link_to_nowhere_or_to_itself_is_no_chain(base: Path, write: Write) -> None:
    write("a", recurs="a gone")
    assert section(base, "recurrences") == ""


def test_shared_causes_are_written_ones_and_those_that_hit_a_service_again(base: Path, write: Write) -> None:
    causes = "services: [checkout, mail]\nroot_causes:\n  - {id: RC1, category: capacity, statement: Full}\n"
    answer = action("A1", more=", addresses: [RC1], due: 2026-05-01")
    write("a", started="2025-06-01", more=causes, actions=answer)
    write("b", more=causes, recurs="a", relation="same-cause", actions=answer)
    write("c", more=causes.replace("capacity", "code-bug"), actions=answer)
    shown = section(base, "shared")
    assert "2 incidents with the same cause" in shown
    assert "Capacity checkout mail Incident b" in shown
    assert "Code bug" not in shown


def test_a_cause_is_unanswered_without_an_action_that_is_not_cancelled_or_an_accepted_risk(
    base: Path, write: Write
) -> None:
    causes = (
        "root_causes:\n"
        "  - {id: RC1, category: capacity, statement: Answered}\n"
        "  - {id: RC2, category: capacity, statement: Only cancelled}\n"
        "  - {id: RC3, category: capacity, statement: Accepted, "
        'accepted_risk: {reason: Gone in June, by: "@kim", until: 2027-01-01}}\n'
        "contributing_factors:\n  - {id: CF1, kind: human, statement: Nobody}\n"
    )
    actions = action("A1", more=", addresses: [RC1], due: 2026-05-01") + action(
        "A2", "cancelled", ", addresses: [RC2], reason: Gone"
    )
    write("a", more=causes, actions=actions)
    write("b", severity="P1", more="root_causes:\n  - {id: RC1, category: code-bug, statement: Worse}\n")
    shown = section(base, "unanswered")
    statements = re.findall(r"Answered|Only cancelled|Accepted|Nobody|Worse", shown)
    assert statements == ["Worse", "Only cancelled", "Nobody"]


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2026-03-31", "Ran out on 31 Mar 2026"),
        ("2026-04-01", "Runs out on 1 Apr 2026"),
        ("2026-05-01", "Runs out on 1 May 2026"),
        ("2026-05-02", ""),
    ],
)
def test_an_accepted_risk_is_brought_up_from_a_month_before_it_runs_out(
    until: str, told: str, base: Path, write: Write
) -> None:
    risk = f'{{reason: The service goes, by: "@kim", until: {until}}}'
    write("a", more=f"root_causes:\n  - {{id: RC1, category: capacity, statement: Full, accepted_risk: {risk}}}\n")
    shown = section(base, "risks")
    assert told in shown
    assert bool(shown) == bool(told)
    assert ("Accepted risks that have run out" in section(base, "agenda")) == told.startswith("Ran")


def test_an_accepted_risk_is_told_with_the_state_of_its_actions(base: Path, write: Write) -> None:
    def cause(id: str, until: str) -> str:
        risk = f'{{reason: The service goes, by: "@kim", until: {until}}}'
        return f"  - {{id: {id}, category: capacity, statement: Full {id}, accepted_risk: {risk}}}\n"

    write(
        "a",
        more=f"root_causes:\n{cause('RC1', '2026-03-31')}{cause('RC2', '2026-04-20')}{cause('RC3', '2027-01-01')}",
        actions=action("A1", more=", due: 2026-05-01, addresses: [RC1]")
        + action("A2", "done", ", completed: 2026-03-01, addresses: [RC1]")
        + action("A3", "cancelled", ", reason: Gone, addresses: [RC2]"),
    )
    shown = section(base, "risks")
    assert re.findall(r"(?:Work on A\d|No action answers it|Full RC\d)", shown) == [
        "Full RC1", "Work on A1", "Work on A2", "Full RC2", "No action answers it",
    ]  # fmt: skip
    points = section(base, "agenda")
    assert "accepted by @kim until 31 Mar 2026; 1 of 2 actions done; Incident a" in points
    assert "accepted by @kim until 20 Apr 2026; no actions; Incident a" in points
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    page = words(incident.page(knowledge.by_id["a"], knowledge).make().html)
    for told in ("( ran out on 31 Mar 2026 )", "( until 20 Apr 2026 )", "( until 1 Jan 2027 )"):
        assert f"Risk accepted by @kim {told}: The service goes" in page
    assert "No action answers this" not in page


def test_done_is_verified_by_a_result_only(base: Path, write: Write) -> None:
    done = ", completed: 2026-01-20"
    write(
        "a",
        actions=action("A1", "done", f'{done}, verification: {{how: A drill, on: 2026-02-01, result: "It held"}}')
        + action("A2", "done", f"{done}, verification: {{how: A drill, on: 2026-02-01}}")
        + action("A3", "done", done, priority="P0")
        + action("A4", "todo", ", due: 2026-05-01"),
    )
    assert re.findall(r"Work on (A\d)", section(base, "unverified")) == ["A3", "A2"]


def test_a_check_that_is_planned_is_not_called_done(base: Path, write: Write, tmp_path: Path) -> None:
    write(
        "a",
        actions=action("A1", more=", due: 2026-05-01, verification: {how: A drill, on: 2026-06-01}")
        + action("A2", "done", ", completed: 2026-01-20, verification: {how: A query}")
        + action("A3", "done", ", completed: 2026-01-20, verification: {how: A test, on: 2026-02-01, result: It held}"),
    )
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    page = words(incident.page(knowledge.by_id["a"], knowledge).make().html)
    assert main(["--root", str(base), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "docs" / "incidents" / "a.md").read_text(encoding="utf-8").replace("\u00a0", " ")
    for told in (page, text):
        assert re.findall(r"(Verified|To verify)( 1 \w+ 2026|) ?: (A \w+(?:: It held)?)", told) == [
            ("To verify", " 1 Jun 2026", "A drill"),
            ("To verify", "", "A query"),
            ("Verified", " 1 Feb 2026", "A test: It held"),
        ]


@pytest.mark.parametrize(
    ("started", "told"),
    [
        ("2025-04-01", "1 year on 1 Apr 2026"),
        ("2023-05-01", "3 years on 1 May 2026"),
        ("2025-05-02", ""),
        ("2025-03-31", ""),
        ("2026-04-01", ""),
    ],
)
def test_an_anniversary_falls_into_the_next_thirty_days(started: str, told: str, base: Path, write: Write) -> None:
    write("a", started=started, actions=action("A1", more=", due: 2026-06-01"))
    shown = section(base, "anniversaries")
    assert told in shown
    assert ("1 open action of 1" in shown) == bool(told)


def test_a_leap_day_is_remembered_on_the_day_after_the_28th(base: Path, write: Write) -> None:
    write("a", started="2024-02-29")
    (page,) = patterns.pages(read_knowledge(base, read_policy(base), dt.date(2026, 2, 20)))
    assert "2 years on 1 Mar 2026" in words(page.make().html)


def test_the_dashboard_counts_what_the_next_review_looks_at_and_the_public_is_not_told(
    base: Path, write: Write
) -> None:
    late = action("A1", more=", due: 2025-05-01")
    write("a", actions=late + action("A2", "done"), more="visibility: public\n")
    write("b", actions=late)

    def shown(audience: str) -> str:
        (page,) = home.pages(read_knowledge(base, read_policy(base), TODAY, audience=audience))
        return page.make().html

    card = shown(INTERNAL).partition('id="review">')[2].partition("</section>")[0]
    assert 'href="patterns/#agenda"' in card
    assert words(card) == "Next review Agenda Overdue actions 2 Done, but not verified 1"
    assert "Incident a" in shown(PUBLIC)
    assert 'id="review"' not in shown(PUBLIC)


def test_a_draft_says_how_old_it_is_and_when_its_review_was_due(base: Path, write: Write) -> None:
    write("a", started="2025-08-01", status="draft")
    write("b", started="2026-03-28", status="draft")
    assert "Incident a by @maria; incident of 1 Aug 2025; its review was due on 6 Aug 2025" in section(base, "agenda")
    assert "Incident b by @maria; incident of 28 Mar 2026; its review is due on 2 Apr 2026" in section(base, "agenda")
    (page,) = home.pages(read_knowledge(base, read_policy(base), TODAY))
    shown = words(page.make().html)
    assert "Incident a @maria · incident of 1 Aug 2025 · review was due 6 Aug 2025" in shown
    assert "Incident b @maria · incident of 28 Mar 2026 · review due 2 Apr 2026" in shown


def test_what_does_not_fit_the_list_of_unverified_actions_is_folded_below_it(base: Path, write: Write) -> None:
    write("a", actions="".join(action(f"A{number}", "done") for number in range(1, 176)))
    shown, folded = html(base).partition('id="unverified"')[2].partition("</section>")[0].split("<details")
    assert len(re.findall("Work on A", shown)) == 20
    assert "The other 155 actions" in words(folded)
    assert len(re.findall("Work on A", folded)) == 150
    assert "5 more stand in the list of actions" in words(folded)


@pytest.mark.parametrize(
    ("id", "risk", "told"),
    [
        ("unanswered", "", "postmortem check --select unaddressed-cause lists them"),
        (
            "risks",
            ', accepted_risk: {reason: It goes, by: "@kim", until: 2026-03-01}',
            "postmortem check --select risk-expired lists them",
        ),
    ],
)
def test_what_does_not_fit_the_lists_of_causes_is_folded_below_them(
    id: str, risk: str, told: str, base: Path, write: Write
) -> None:
    causes = (f"  - {{id: RC{n}, category: capacity, statement: Cause {n}{risk}}}\n" for n in range(1, 176))
    write("a", more=f"root_causes:\n{''.join(causes)}")
    shown, folded = html(base).partition(f'id="{id}"')[2].partition("</section>")[0].split("<details")
    numbers = [[int(n) for n in re.findall(r"Cause (\d+)<", part)] for part in (shown, folded)]
    assert numbers == [list(range(1, 21)), list(range(21, 171))]
    assert f"The other 155 {'causes' if id == 'unanswered' else 'risks'}" in words(folded)
    assert words(folded).endswith(f"5 more: {told}.")


def test_a_promise_without_a_date_is_called_open_and_its_parts_are_parted(base: Path, write: Write) -> None:
    write("a", started="2026-01-15", actions=action("A1"))
    write("b", started="2026-02-15", recurs="a")
    assert "Work on A1 · @kim · Open, no due date" in section(base, "recurrences")


def test_the_agenda_brings_what_matters_most_first_and_leaves_the_rest_to_its_section(base: Path, write: Write) -> None:
    late = "".join(action(f"A{n}", more=f", due: 2026-03-{n + 10}", priority=f"P{n % 3}") for n in range(1, 8))
    write("a", started="2025-04-10", actions=late)
    write("b", recurs="a", status="draft")
    shown = section(base, "agenda")
    titles = ("It came back", "Overdue actions", "Drafts", "Anniversaries")
    assert [title for title in titles if title in shown] == list(titles)
    assert [shown.index(title) for title in titles] == sorted(shown.index(title) for title in titles)
    overdue = shown[shown.index("Overdue actions") : shown.index("Drafts")]
    assert re.findall(r"Work on (A\d)", overdue) == ["A3", "A6", "A1", "A4", "A7"]
    assert "2 more" in overdue
    assert '<a href="../actions/?state=overdue">2 more</a>' in html(base)


@pytest.mark.parametrize(("started", "matters"), [("2025-04-01", False), ("2025-04-02", True)])
def test_what_came_back_in_the_last_twelve_months_is_on_the_agenda(
    started: str, matters: bool, base: Path, write: Write
) -> None:
    write("a", started="2025-01-01")
    write("b", started=started, recurs="a")
    assert ("It came back" in section(base, "agenda")) is matters


NO_DEADLINE = "suppress:\n  - {rule: deadline, reason: It was reviewed in another form.}\n"


def test_a_draft_without_a_deadline_waits_for_no_review(base: Path, write: Write) -> None:
    write("waits", status="draft", more=NO_DEADLINE.replace("deadline", "placeholder"))
    write("rests", status="draft", more=NO_DEADLINE)
    write("rests-too", status="draft", more=NO_DEADLINE.replace("deadline,", "deadline, key: status,"))
    drafts = html(base).partition("Drafts")[2].partition("</ol>")[0]
    assert re.findall(r"incidents/([^/]+)/", drafts) == ["waits"]
    (page,) = home.pages(read_knowledge(base, read_policy(base), TODAY))
    card = page.make().html.partition('id="drafts"')[2].partition("</section>")[0]
    assert re.findall(r"incidents/([^/?]+)/", card) == ["waits"]
    assert words(card).startswith(">Waiting for review All 3 ")
    assert words(card).endswith("2 more drafts without a deadline.")


def test_the_page_of_a_draft_says_until_when_it_is_reviewed(base: Path, write: Write) -> None:
    write("late", started="2026-03-01", status="draft")
    write("soon", started="2026-03-30", status="draft")
    write("rests", status="draft", more=NO_DEADLINE)
    write("reviewed")

    def told(id: str) -> str:
        knowledge = read_knowledge(base, read_policy(base), TODAY)
        facts = incident.page(knowledge.by_id[id], knowledge).make().html.partition('<dl class="pm-facts">')[2]
        return words(facts.partition("</dl>")[0])

    assert "Review was due 6 Mar 2026" in told("late")
    assert "Review due 4 Apr 2026" in told("soon")
    assert "Review" not in told("rests") + told("reviewed")


def test_where_no_draft_waits_the_dashboard_has_no_list_of_them(base: Path, write: Write) -> None:
    write("rests", status="draft", more=NO_DEADLINE)
    (page,) = home.pages(read_knowledge(base, read_policy(base), TODAY))
    assert "Waiting for review" not in page.make().html
    assert "Set a day for the review" not in html(base)


class Dates:
    """Due dates of one file, committed one after the other."""

    def __init__(self, base: Path, write: Write, run: Run) -> None:
        self.base, self._write, self._run = base, write, run
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> None:
        self._run(["git", *arguments], self.base)

    def due(self, *days: str, status: str = "todo", id: str = "a") -> None:
        for day in days:
            self._write(id, actions=action("A1", status, f", due: {day}") + action("A2", more=", due: 2027-01-01"))
            self.git("add", "--all")
            self.git("commit", "--quiet", "--message", f"Due on {day}")


@pytest.fixture
def dates(base: Path, write: Write, run: Run) -> Dates:
    return Dates(base, write, run)


def test_a_date_that_was_put_off_twice_keeps_moving(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01", "2026-03-01", "2026-04-15")
    shown = section(base, "postponed")
    assert "Put off 2 times, by 73 d in all: 1 Feb 2026 → 1 Mar 2026 → 15 Apr 2026" in shown
    assert "Work on A2" not in shown
    assert "put off 2 times, by 73 d in all" in section(base, "agenda")


def test_the_page_of_an_incident_tells_who_changed_it_and_what_became_of_its_actions(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01", "2026-03-01")
    dates.due("2026-03-01", status="in-progress")
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    page = incident.page(knowledge.by_id["a"], knowledge)
    shown, (last, *_) = words(page.make().html), knowledge.history["postmortems/a.md"]
    on = told_as.day(last.moment)
    assert f"Changed: due 1 Feb 2026 → 1 Mar 2026 on {on} ; todo → in progress on {on}" in shown
    assert shown.count("Changed:") == 1
    assert shown.count(f"{on} , Maria {last.commit[:8]} Due on 2026-03-01") == 1
    # What git remembers changes by a merge, and no file does.
    dates.due("2026-04-01", status="in-progress")
    changed = read_knowledge(base, read_policy(base), TODAY)
    assert incident.page(changed.by_id["a"], changed).key != page.key


@pytest.mark.parametrize(
    ("days", "status"),
    [
        (["2026-02-01", "2026-03-01"], "todo"),
        (["2026-06-01", "2026-05-01", "2026-04-15"], "todo"),
        (["2026-02-01", "2026-03-01", "2026-04-01"], "done"),
    ],
    ids=["once", "to an earlier day", "done"],
)
def test_other_changes_of_a_date_are_no_pattern(days: list[str], status: str, base: Path, dates: Dates) -> None:
    dates.due(*days[:-1])
    dates.due(days[-1], status=status)
    assert section(base, "postponed") == ""


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (
            ["2026-03-01", "2026-04-01", "2026-03-01", "2026-04-15"],
            "Put off 2 times, by 45 d in all: 1 Mar 2026 → 1 Apr 2026 → 1 Mar 2026 → 15 Apr 2026 ",
        ),
        (
            ["2026-05-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-03-01"],
            "Put off 2 times: 1 Mar 2026 → 1 Apr 2026 → 1 May 2026 → 1 Mar 2026 ",
        ),
        (
            ["2026-03-01", "2026-04-01", "~", "2026-05-01", "~", "2026-05-01"],
            "Put off 2 times, by 61 d in all: 1 Mar 2026 → 1 Apr 2026 → 1 May 2026 ",
        ),
        (
            [f"2026-{month:02}-01" for month in range(1, 8)],
            "Put off 6 times, by 6 months in all: 1 Jan 2026 → … → 1 Mar 2026 → 1 Apr 2026 ",
        ),
    ],
    ids=["back and forth", "back to the first", "taken away and set again", "more than are shown"],
)
def test_a_date_moved_as_far_as_its_first_and_its_last_day_lie_apart(
    days: list[str], told: str, base: Path, dates: Dates
) -> None:
    dates.due(*days)
    assert told in section(base, "postponed")


def test_moves_are_seen_through_a_rename_and_a_block_of_keys(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01", "2026-03-01")
    (base / "postmortems" / "2026").mkdir()
    dates.git("mv", "postmortems/a.md", "postmortems/2026/a.md")
    dates.git("commit", "--quiet", "--message", "Into folders")
    file = base / "postmortems" / "2026" / "a.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(
            r"  - \{id: A1, .*",
            "  - action: >-\n      Work on A1\n      - id: A9\n    id: A1\n    type: prevent\n"
            '    owner: "@kim"\n    priority: P1\n    status: todo\n    due: 2026-05-01',
            text,
        ),
        encoding="utf-8",
    )
    dates.git("commit", "--quiet", "--all", "--message", "In another shape")
    assert "Put off 2 times" in section(base, "postponed")


def test_a_move_within_a_rename_counts(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01")
    (base / "postmortems" / "2026").mkdir()
    dates.git("mv", "postmortems/a.md", "postmortems/2026/a.md")
    file = base / "postmortems" / "2026" / "a.md"
    for day in ("2026-03-01", "2026-04-15"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(id: A1, .*due: )[\d-]+", rf"\g<1>{day}", text), encoding="utf-8")
        dates.git("commit", "--quiet", "--all", "--message", f"Due on {day}")
    assert "Put off 2 times, by 73 d in all: 1 Feb 2026 → 1 Mar 2026 → 15 Apr 2026" in section(base, "postponed")


def test_what_had_the_name_before_was_another_file(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01", "2026-03-01")
    dates.git("rm", "--quiet", "postmortems/a.md")
    dates.git("commit", "--quiet", "--message", "Away with it")
    (base / "postmortems").mkdir(exist_ok=True)
    dates.due("2026-03-15", "2026-04-15")
    assert section(base, "postponed") == ""
    dates.due("2026-05-15")
    assert "Put off 2 times, by 61 d in all: 15 Mar 2026" in section(base, "postponed")


def test_a_branch_counts_once_however_often_its_author_thought_again(base: Path, dates: Dates) -> None:
    dates.due("2026-02-01")
    dates.git("switch", "--quiet", "--create", "later")
    dates.due("2026-03-01", "2026-04-15", "2026-05-01")
    dates.git("switch", "--quiet", "main")
    dates.due("2026-02-02", id="b")
    dates.git("merge", "--quiet", "--no-edit", "later")
    assert section(base, "postponed") == ""
    dates.due("2026-06-01")
    assert "Put off 2 times" in section(base, "postponed")


def test_a_shallow_clone_knows_what_it_has(
    base: Path, dates: Dates, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    dates.due("2026-02-01", "2026-03-01", "2026-04-15", "2026-05-15")
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    run(["git", "clone", "--quiet", "--depth", "3", f"file://{base}", str(clone)], base)
    assert "Put off 2 times" in section(clone, "postponed")


def test_a_repository_without_a_commit_has_no_moves(base: Path, write: Write, dates: Dates) -> None:
    write("a", actions=action("A1", more=", due: 2026-03-01"))
    assert sections(base) == ["agenda"]


@pytest.mark.parametrize("name", ["on tuesday.md", ": a b c M.md", "\x1e2026.md", "line\nbreak.md", "ümlaut.md"])
def test_a_file_may_be_named_like_the_words_of_git(name: str, base: Path, dates: Dates) -> None:
    dates.due("2026-02-01", "2026-03-01")
    (base / "postmortems" / name).write_text("no postmortem", encoding="utf-8")
    dates.due("2026-04-15")
    (base / "postmortems" / name).write_text("still none", encoding="utf-8")
    dates.due("2026-05-15")
    dates.git("commit", "--quiet", "--allow-empty", "--message", f"\x1e\x1f about {name}")
    assert "Put off 3 times" in section(base, "postponed")
    revisions = read_knowledge(base, read_policy(base), TODAY).history["postmortems/a.md"]
    assert [revision.subject[-10:] for revision in revisions] == [
        "2026-05-15",
        "2026-04-15",
        "2026-03-01",
        "2026-02-01",
    ]
