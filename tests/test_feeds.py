"""What other programs subscribe to: the feed and the calendar, held against their standards and read by parsers of others."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main
from postmortem_kb.export.site import files
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.policy import read_policy

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parent.parent
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SITE = "https://postmortems.example.org/kb"
EVIL = "</title><script>hit()</script> & ]]> \\x01\\x0b\\uFFFF BEGIN:VEVENT\\r\\nX:1; a, b\\\\n"
FILE = """---
id: {id}
title: {title}
status: {status}
severity: P2
kind: outage
summary: Nobody could pay.
services: [checkout]
tags: [pool]
timestamps:
  started: 2026-03-04T09:00:00Z
  resolved: 2026-03-04T10:00:00Z
published: {published}
roles:
  author: "@maria"
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand
    accepted_risk: {{reason: The service ends soon, by: "@kim", until: 2026-12-31}}
action_items:
  - {{id: A1, action: "Size the pool, then; test it", type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-03-20, ticket: OPS-1}}
  - {{id: A2, action: Alert on it, type: detect, owner: "@kim", priority: P0, status: in-progress, due: 2026-05-01}}
  - {{id: A3, action: Page sooner, type: detect, owner: "@kim", priority: P2, status: done, due: 2026-03-10, completed: 2026-03-10}}
  - {{id: A4, action: Ask around, type: process, owner: "@kim", priority: P2, status: todo}}
---
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortem.toml").write_text(f'[site]\nname = "Acme"\nurl = "{SITE}/"\n', encoding="utf-8")
    add(tmp_path, "a", published="2026-03-06")
    return tmp_path


def add(base: Path, id: str, *, title: str = "Down", published: str, status: str = "reviewed") -> None:
    text = FILE.format(id=id, title=title, published=published, status=status)
    (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")


def published(base: Path, day: dt.date = dt.date(2026, 4, 1)) -> dict[str, str]:
    return {address: "".join(make()) for address, make in files(read_knowledge(base, read_policy(base), day)).items()}


def departures(feed: str) -> list[str]:
    """What RFC 4287 says an Atom document must hold, and this one does not; its sections in parentheses."""
    root = ET.fromstring(feed)
    entries = root.findall(f"{ATOM}entry")
    found = [] if root.tag == f"{ATOM}feed" else ["the root is a feed (2)"]
    for element in (root, *entries):
        found += held(
            ("exactly one of each (4.1)", all(len(element.findall(ATOM + n)) == 1 for n in ("id", "title", "updated"))),
            ("at most one of each (4.1)", all(len(element.findall(ATOM + n)) <= 1 for n in ("published", "summary"))),
            ("an id is an absolute IRI (4.2.6)", bool(urlsplit(element.findtext(f"{ATOM}id") or "").scheme)),
            ("one link of a relation (4.1)", sorted(rels(element)) == sorted(set(rels(element)))),
            ("what has no content has an alternate (4.1.2)", "alternate" in rels(element)),
        )
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    authors = [element.find(f"{ATOM}author") is not None for element in entries]
    found += held(
        ("ids differ (4.2.6)", len(set(ids)) == len(ids)),
        ("an author for each entry (4.1.1)", root.find(f"{ATOM}author") is not None or (all(authors) and any(authors))),
    )
    for element in root.iter():
        tag = element.tag.removeprefix(ATOM)
        link = urljoin("https://host/feed.xml", element.get("href", ""))
        found += held(
            ("a moment (3.3)", tag not in ("updated", "published") or bool(MOMENT.fullmatch(element.text or ""))),
            ("a person has a name (3.2.1)", tag != "author" or bool(element.findtext(f"{ATOM}name"))),
            ("a category has a term (4.2.2)", tag != "category" or bool(element.get("term"))),
            ("a link leads somewhere (4.2.7)", tag != "link" or link.startswith("https://")),
            ("the rest holds text (3.1)", tag in ("feed", "entry", "author") or not len(element)),
        )
    return found


def held(*promises: tuple[str, bool]) -> list[str]:
    return [promise for promise, kept in promises if not kept]


def rels(element: ET.Element) -> list[str]:
    return [link.get("rel", "alternate") for link in element.findall(f"{ATOM}link")]


def unfolded(calendar: str) -> list[str]:
    """The content lines, once the rules for lines have been looked at (RFC 5545, 3.1)."""
    assert calendar.endswith("\r\n")
    lines = calendar.removesuffix("\r\n").split("\r\n")
    assert [line for line in lines if len(line.encode()) > 75 or not line] == []
    text = "\n".join(lines).replace("\n ", "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text)
    assert [line for line in text.split("\n") if not re.match(r"[A-Z-]+(;[A-Z]+=[^:]*)?:", line)] == []
    return text.split("\n")


def events(calendar: str) -> list[dict[str, str]]:
    """Each event's lines by their names, after what each has to hold was looked at (RFC 5545, 3.6)."""
    lines = unfolded(calendar)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert {"VERSION:2.0", "PRODID:-//postmortem-kb//postmortem-kb//EN"} <= set(lines)
    assert [line for line in lines if line.startswith("BEGIN:")][1:]
    found = []
    for block in re.findall(r"BEGIN:VEVENT\n(.*?)\nEND:VEVENT", "\n".join(lines), re.DOTALL):
        pairs = [line.partition(":")[::2] for line in block.split("\n")]
        names = [name for name, _ in pairs]
        assert len(set(names)) == len(names)
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE"} <= set(names)
        found.append(dict(pairs))
    assert len({event["UID"] for event in found}) == len(found)
    return found


@pytest.mark.parametrize("root", [ROOT, None], ids=["this repository", "a small one"])
def test_the_feed_holds_what_the_standard_asks_for(root: Path | None, base: Path) -> None:
    feed = published(root or base)["feed.xml"]
    assert departures(feed) == []
    parsed = feedparser.parse(feed)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert parsed.entries


@pytest.mark.parametrize(
    ("what", "instead", "told"),
    [
        (r"<updated>[^<]*</updated>", "", "exactly one of each"),
        (r"<updated>[^<]*</updated>", "<updated>2026-03-06</updated>", "a moment"),
        (r"urn:uuid:[^<]*", "a", "an id is an absolute IRI"),
        (r"urn:uuid:[^<]*", "urn:a", "ids differ"),
        (r'<link rel="alternate"[^>]*>', "", "an alternate"),
        (r"<author>.*?</author>", "", "an author"),
        (r'term="[^"]*"', "", "a term"),
    ],
)
def test_a_feed_that_breaks_the_standard_would_be_told(what: str, instead: str, told: str, base: Path) -> None:
    broken = re.sub(what, instead, published(base)["feed.xml"], flags=re.DOTALL)
    assert [promise for promise in departures(broken) if told in promise]


def test_an_entry_says_what_happened_and_where_it_is_told(base: Path) -> None:
    [entry] = feedparser.parse(published(base)["feed.xml"]).entries
    assert (entry.title, entry.summary, entry.author) == ("Down", "Nobody could pay.", "@maria")
    assert entry.link == f"{SITE}/incidents/a/"
    assert entry.published == "2026-03-06T00:00:00Z"
    terms = {(tag.scheme.rpartition(":")[2], tag.term) for tag in entry.tags}
    assert terms == {("severity", "P2"), ("kind", "outage"), ("service", "checkout"), ("tag", "pool")}


def test_links_are_relative_to_the_feed_where_the_site_s_address_is_not_known(base: Path) -> None:
    (base / "postmortem.toml").unlink()
    feed = published(base)["feed.xml"]
    assert departures(feed) == []
    links = {link.get("href") for link in ET.fromstring(feed).iter(f"{ATOM}link")}
    assert links == {"feed.xml", "./", "incidents/a/"}


def test_ids_stay_when_a_title_changes_and_differ_between_sites(base: Path) -> None:
    def ids() -> list[str]:
        return [element.text or "" for element in ET.fromstring(published(base)["feed.xml"]).iter(f"{ATOM}id")]

    before = ids()
    add(base, "a", title="Checkout was down", published="2026-03-07")
    assert ids() == before
    (base / "postmortem.toml").write_text('[site]\nurl = "https://other.example.org"\n', encoding="utf-8")
    assert set(ids()).isdisjoint(before)


def test_what_changed_last_comes_first_and_drafts_stay_out(base: Path, run: Run) -> None:
    add(base, "b", title="Second", published="2026-03-08")
    add(base, "c", title="Draft", published="2026-03-09", status="draft")
    (base / "postmortem.toml").write_text('[words]\nstatus = ["in-review"]\n', encoding="utf-8")
    add(base, "d", title="Nobody has reviewed it", published="2026-03-09", status="in-review")

    def commit(day: str) -> None:
        for command in (["add", "-A"], ["commit", "-qm", "Change"]):
            run(["git", *command], base, env={"GIT_COMMITTER_DATE": f"{day}T10:00:00+02:00"})

    run(["git", "init", "-q"], base)
    commit("2026-03-05")
    titles = [entry.title for entry in feedparser.parse(published(base)["feed.xml"]).entries]
    assert titles == ["Second", "Down"]
    add(base, "a", title="Down again", published="2026-03-06")
    commit("2026-04-02")
    feed = feedparser.parse(published(base)["feed.xml"])
    assert [entry.title for entry in feed.entries] == ["Down again", "Second"]
    assert feed.entries[0].updated == feed.feed.updated == "2026-04-02T08:00:00Z"
    assert feed.entries[0].published == "2026-03-06T00:00:00Z"
    (base / "postmortems" / "2026").mkdir()
    run(["git", "mv", "postmortems/b.md", "postmortems/2026/b.md"], base)
    commit("2026-04-03")
    assert feedparser.parse(published(base)["feed.xml"]).entries == feed.entries


def test_a_feed_holds_thirty_entries(base: Path) -> None:
    for number in range(32):
        add(base, f"n{number}", published=f"2026-03-{number % 28 + 1:02}")
    entries = feedparser.parse(published(base)["feed.xml"]).entries
    assert len(entries) == 30
    assert entries[0].published == "2026-03-28T00:00:00Z"


def test_an_empty_catalog_has_a_feed_and_a_calendar(base: Path) -> None:
    (base / "postmortems" / "a.md").unlink()
    found = published(base)
    assert departures(found["feed.xml"]) == []
    assert events(found["actions.ics"]) == []
    assert Calendar.from_ical(found["actions.ics"]).events == []


@pytest.mark.parametrize("title", [EVIL, "x" * 150_000, "\\u202e\\u0000\\u2028", "&amp; <b>"])
def test_hostile_text_stays_text(title: str, base: Path) -> None:
    add(base, "a", title=f'"{title}"', published="2026-03-06")
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8")
    text = text.replace("summary: Nobody could pay.", f'summary: "{title}"').replace("Alert on it", f'"{title}"')
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    found = published(base)
    for published_text in found.values():
        published_text.encode("utf-8")
    assert departures(found["feed.xml"]) == []
    assert len(found["feed.xml"]) < 10_000
    assert not [element.tag for element in ET.fromstring(found["feed.xml"]).iter() if "script" in element.tag]
    assert len(events(found["actions.ics"])) == len(Calendar.from_ical(found["actions.ics"]).events) == 3


def test_the_calendar_has_a_day_for_what_is_due_and_for_what_has_to_be_decided(base: Path) -> None:
    calendar = published(base)["actions.ics"]
    days = [(event["DTSTART;VALUE=DATE"], event["SUMMARY"]) for event in events(calendar)]
    assert days == [
        ("20260320", "Due: Size the pool\\, then\\; test it"),
        ("20260501", "Due: Alert on it"),
        ("20261231", "Accepted risk ends: The pool was sized by hand"),
    ]
    first = Calendar.from_ical(calendar).events[0]
    assert first.start == dt.date(2026, 3, 20)
    assert first["summary"] == "Due: Size the pool, then; test it"
    assert first["url"] == f"{SITE}/incidents/a/#action-a1"
    told = str(first["description"]).splitlines()
    assert told == ["A1 of a (P2): Down", "Owner: @maria", "P1, prevent, todo", "Ticket: OPS-1"]


def test_the_name_of_the_calendar_is_text(base: Path) -> None:
    (base / "postmortem.toml").write_text("[site]\nname = 'A\\new, B; C'\n", encoding="utf-8")
    calendar = published(base)["actions.ics"]
    assert r"X-WR-CALNAME:A\\new\, B\; C: due dates" in unfolded(calendar)
    # What the public is told of a risk names nobody.
    text = (
        (base / "postmortems" / "a.md")
        .read_text(encoding="utf-8")
        .replace("status: reviewed", "status: reviewed\nvisibility: public")
    )
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    (base / "postmortem.toml").write_text('[public]\nkeys = ["root_causes.accepted_risk"]\n', encoding="utf-8")
    knowledge = read_knowledge(base, read_policy(base), dt.date(2026, 4, 1), audience="public")
    (risk,) = events("".join(files(knowledge)["actions.ics"]()))
    assert "Accepted by" not in risk["DESCRIPTION"]


def test_days_at_the_ends_of_time_are_days(base: Path) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8")
    text = text.replace("due: 2026-03-20", "due: 0001-01-01").replace("due: 2026-05-01", "due: 9999-12-31")
    (base / "postmortems" / "a.md").write_text(text.replace("published: 2026-03-06", "published: 0001-01-01"), "utf-8")
    found = published(base)
    assert departures(found["feed.xml"]) == []
    assert [event["DTSTART;VALUE=DATE"] for event in events(found["actions.ics"])] == [
        "00010101",
        "99991231",
        "20261231",
    ]
    assert {event["DTSTAMP"] for event in events(found["actions.ics"])} == {"00010101T000000Z"}


def test_the_day_of_the_build_changes_no_feed_and_no_calendar(base: Path) -> None:
    first, second = published(base, dt.date(2026, 4, 1)), published(base, dt.date(2027, 4, 1))
    for name in ("feed.xml", "actions.ics"):
        assert first[name] == second[name]


def test_a_done_action_leaves_the_calendar_and_the_others_keep_their_ids(base: Path) -> None:
    before = {event["SUMMARY"]: event["UID"] for event in events(published(base)["actions.ics"])}
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").replace("status: todo, due", "status: done, due")
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    after = {event["SUMMARY"]: event["UID"] for event in events(published(base)["actions.ics"])}
    assert set(before) - set(after) == {"Due: Size the pool\\, then\\; test it"}
    assert after.items() <= before.items()


def test_items_that_share_an_id_by_mistake_are_told_apart(
    base: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = base / "postmortems" / "a.md"
    before = {event["SUMMARY"]: event["UID"] for event in events(published(base)["actions.ics"])}
    text = file.read_text(encoding="utf-8").replace("id: A2", "id: A1")
    risk = text[text.index("  - id: RC1") : text.index("action_items:")]
    text = text.replace(risk, risk + risk.replace("sized by hand", "never measured"))
    file.write_text(text, encoding="utf-8")
    found = published(base)
    told = {event["SUMMARY"]: event["UID"] for event in events(found["actions.ics"])}
    assert len(told) == 4
    assert {title for title, uid in before.items() if told[title] == uid} == set(before) - {"Due: Alert on it"}
    assert main(["--root", str(base), "actions", "--format", "json", "--as-of", "2026-04-01"]) == 0
    for written in (found["api/actions.json"], capfdbinary.readouterr().out):
        items = [
            (item["id"], item["action"], item["due"], item["overdue"]) for item in json.loads(written)["actions"][:2]
        ]
        assert items == [
            ("A1", "Size the pool, then; test it", "2026-03-20", True),
            ("A1", "Alert on it", "2026-05-01", False),
        ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["Due: Size", "Due: Alert", "Accepted"]),
        (["--owner", "kim"], ["Due: Alert", "Accepted"]),
        (["--overdue"], ["Due: Size"]),
        (["--overdue", "--as-of", "2027-01-01"], ["Due: Size", "Due: Alert", "Accepted"]),
        (["--type", "detect"], ["Due: Alert"]),
        (["--service", "search"], []),
    ],
)
def test_the_command_prints_the_days_that_its_filters_leave(
    options: list[str], expected: list[str], base: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["--root", str(base), "actions", "--format", "ics", "--as-of", "2026-04-01", *options]) == 0
    printed = capfdbinary.readouterr().out.decode()
    told = [event["SUMMARY"] for event in events(printed)]
    assert len(told) == len(expected)
    assert all(line.startswith(start) for line, start in zip(told, expected, strict=True))
    if not options:
        assert printed == published(base)["actions.ics"]


def test_every_json_has_a_version_and_a_schema_beside_it(base: Path) -> None:
    found = published(base)
    described = 0
    for name, text in found.items():
        if name.endswith(".json") and not name.endswith("schema.json"):
            schema = json.loads(found[name.replace(".json", ".schema.json")])
            Draft202012Validator(schema).validate(json.loads(text))
            assert json.loads(text)["version"] == schema["properties"]["version"]["const"] == 1
            described += 1
        elif name.endswith(".json"):
            Draft202012Validator.check_schema(json.loads(text))
    assert described >= 2


@pytest.mark.parametrize(("format_", "imported"), [("text", False), ("csv", False), ("ics", True)])
def test_the_calendar_s_library_is_imported_by_the_calendar_alone(
    format_: str, imported: bool, base: Path, run: Run
) -> None:
    script = (
        "import sys\nfrom postmortem_kb.cli import main\n"
        f"main(['actions', '--format', '{format_}'])\nprint('icalendar' in sys.modules)"
    )
    assert run([sys.executable, "-c", script], base).stdout.splitlines()[-1] == str(imported)


def test_an_incident_named_like_the_feed_has_an_id_of_its_own(base: Path) -> None:
    add(base, "feed.xml", published="2026-03-07")
    assert departures(published(base)["feed.xml"]) == []
