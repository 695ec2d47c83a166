"""The site as it is built: by MkDocs and by its fork, from a full, an empty and a hostile catalog."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from mkdocs.config import load_config
from mkdocs_postmortems.theme import set_theme

from postmortem_kb.cli import main

ROOT = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]
MKDOCS = "site_name: Elsewhere\ntheme: {name: material, font: false}\nplugins: [postmortems, search]\n"
REVIEWED = """\
---
id: b
title: Checkout was down
status: draft
severity: P2
services: [checkout, "billing & tax"]
timezone: Europe/Berlin
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:07:00Z
  mitigated: 2026-03-04T10:00:00Z
  resolved: 2026-03-05T09:30:00Z
roles:
  author: "@maria"
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was full
action_items:
  - {id: A1, action: Size the pool, type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-03-20, addresses: [RC1]}
  - {id: A2, action: Alert on the pool, type: detect, owner: "@maria", priority: P2, status: done, completed: 2026-03-21}
related:
  - {id: a, relation: recurrence-of, note: The same pool}
---

## Timeline

| Time | Event |
| --- | --- |
| 10:07 | Alert |
| 2026-03-05T09:30:00Z | Over |

## What Happened

See [the first time](a.md), ![the pool](pool.png) and [the file](../../postmortem.toml).

```mermaid
graph TD; A-->B
```
"""
HOSTILE = """\
---
id: evil
title: "</title><script>window.hit=1</script><img src=x onerror=hit()>"
status: draft
severity: P3
services: ['"><script>hit()</script>']
tags: ["<svg onload=hit()>"]
summary: "<script>hit()</script> & {{ 7 * 7 }} {% raw %}"
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
links:
  - {title: Report, url: "javascript:hit()", kind: report}
---

## Timeline

<script>hit()</script> [click](javascript:hit()) <javascript:hit()> ![x](javascript:hit())

[ref]: javascript:hit()

A [ref] and {: onclick=hit() } and --8<-- "/etc/passwd" and {{ 7 * 7 }}

| Time | Event |
| --- | --- |
| 09:00 | <b onclick=hit()>bold</b> |
"""


class Armed(HTMLParser):
    """What of a page would run: handlers, addresses of scripts, scripts of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and "hit" in data:
            self.found.append(data)

    @classmethod
    def of(cls, html: str) -> list[str]:
        parser = cls()
        parser.feed(html)
        return parser.found


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    """A knowledge base with a configuration and one postmortem."""
    folder = tmp_path / "base"
    (folder / "postmortems").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (folder / "postmortems" / "a.md").write_text(draft("a", title="The first time"), encoding="utf-8")
    return folder


def build(base: Path, run: Run, *, code: int = 0, generator: str = "mkdocs", strict: bool = True) -> str:
    (base / "docs").mkdir(exist_ok=True)
    command = [sys.executable, "-m", generator, "build", "-f", "mkdocs.yml", "--clean", *["--strict"][: int(strict)]]
    return run(command, base, code=code, env={"NO_MKDOCS_2_WARNING": "1"}).stdout


def read(base: Path, page: str = "") -> str:
    return (base / "site" / page / "index.html").read_text(encoding="utf-8")


def article(base: Path, page: str) -> str:
    """What a page itself says, without the frame that the theme puts around it."""
    return re.findall(r"<article[^>]*>(.*)</article>", read(base, page), re.DOTALL)[0]


def words(html: str) -> str:
    """The words of a page, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def nowhere(site: Path) -> set[str]:
    """The links into a page that has no such place, or that is not there."""
    pages = {
        f"/{file.relative_to(site).parent}/".replace("/./", "/"): file.read_text(encoding="utf-8")
        for file in site.rglob("index.html")
    }
    ids = {path: set(re.findall(r'\sid="([^"]*)"', html)) for path, html in pages.items()}
    found = set()
    for here, html in pages.items():
        for href in re.findall(r'<a[^>]*\shref="([^":]*#[^"]+)"', html):
            path, place = urldefrag(urljoin(here, unescape(href)))
            # Material's own boxes (`#__...`) stand on every page.
            if not place.startswith("__") and unquote(place) not in ids.get(path.partition("?")[0], ()):
                found.add(f"{here} -> {href}")
    return found


@pytest.mark.parametrize("generator", ["mkdocs", "properdocs"])
def test_this_repository_builds_strictly_with_a_page_for_every_postmortem(
    generator: str, worktree: Path, tmp_path: Path, run: Run
) -> None:
    base = tmp_path / "base"
    shutil.copytree(worktree, base)
    build(base, run, generator=generator)
    for file in (base / "postmortems").rglob("[0-9]*.md"):
        assert "<h1>" in article(base, f"incidents/{file.stem}")
    for page in ("patterns", "metrics"):
        assert f"<h1>{page.capitalize()}" in article(base, page)
        assert (base / "site" / "assets" / "postmortems" / "figures.css").is_file()
    assert "WARNING" not in build(base, run, generator=generator)
    assert re.search(
        '<link rel="alternate" type="application/atom[+]xml"[^>]+href="../feed.xml"', read(base, "incidents")
    )
    assert (base / "site" / "feed.xml").is_file()
    assert b"\r\nBEGIN:VEVENT\r\n" in (base / "site" / "actions.ics").read_bytes()
    assert nowhere(base / "site") == set()


def test_an_empty_catalog_says_how_to_begin(base: Path, run: Run) -> None:
    (base / "postmortems" / "a.md").unlink()
    build(base, run)
    for page in ("", "incidents", "actions", "services", "causes", "owners", "tags", "patterns", "metrics"):
        assert "postmortems/" in words(article(base, page))
        assert f'href="{"../" if page else ""}reference/frontmatter/"' in article(base, page)
    assert (base / "site" / "reference" / "frontmatter" / "index.html").is_file()
    # Who reads what the public may read has nothing to write.
    run([sys.executable, "-m", "mkdocs", "build", "-q"], base, env={"POSTMORTEM_AUDIENCE": "public"})
    for page in ("", "incidents", "actions", "services", "metrics"):
        assert "No postmortem has been published so far." in words(article(base, page))


def test_a_list_of_what_no_postmortem_names_says_so(base: Path, run: Run) -> None:
    build(base, run)
    for page in ("tags", "actions"):
        assert "No postmortem names any so far." in words(article(base, page))
        assert "Write the first postmortem" not in words(article(base, page))


def test_relations_are_shown_on_both_pages(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED.replace("![the pool](pool.png)", ""), encoding="utf-8")
    build(base, run)
    assert "Recurrence of" in words(article(base, "incidents/b"))
    assert "The same pool" in words(article(base, "incidents/b"))
    assert 'href="../../incidents/a/"' in article(base, "incidents/b")
    assert "Recurred" in words(article(base, "incidents/a"))
    assert 'href="../../incidents/b/"' in article(base, "incidents/a")


def test_an_incident_s_page_tells_times_causes_and_actions(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    build(base, run)
    text = words(article(base, "incidents/b"))
    for told in ("TTD 7 min", "TTM 1 h", "TTR 1 d", "+7 min", "+1 d", "09:07", "10:07", "5 Mar 2026", "answered by A1"):
        assert told.casefold() in text.casefold(), told
    assert "Overdue since 20 Mar 2026" in text
    assert "Done 21 Mar 2026" in text


def test_a_service_with_odd_letters_has_a_page(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    build(base, run)
    address = re.findall(r'href="([^"]+)">billing &amp; tax', article(base, "services"))[0]
    assert "Checkout was down" in read(base, f"services/{address}")


def test_a_name_that_is_that_of_a_page_s_file_has_a_page_elsewhere(
    base: Path, run: Run, draft: Callable[..., str]
) -> None:
    for name in ("index.html", "page", "actions"):
        named = f"services: [{name}]\ntags: [{name}]\naction_items:\n  - {{id: A1, action: Do it, type: prevent, owner: '@{name}', priority: P1, status: todo}}\n"
        text = draft(name, title=f"About {name}").replace("roles:\n", f"{named}roles:\n")
        (base / "postmortems" / f"{name}.md").write_text(text, encoding="utf-8")
    assert "Traceback" not in build(base, run)
    assert nowhere(base / "site") == set()
    for folder in ("services", "tags", "owners", "incidents"):
        pages = {file.parent.name for file in (base / "site" / folder).glob("*/index.html")}
        assert {"page", "actions"} < pages
        odd = next(name for name in pages if name.startswith("index.html-"))
        assert "index.html" in words(read(base, f"{folder}/{odd}"))
        assert f"{odd}/" in read(base, folder)


def test_links_and_pictures_lead_where_the_file_says_and_never_out(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    (base / "postmortems" / "pool.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (base / "postmortems" / "backup.sql").write_bytes(b"secret")
    build(base, run)
    html = article(base, "incidents/b")
    assert '<a href="../../incidents/a/" rel="noopener">the first time</a>' in html
    picture = re.findall(r'<img src="([^"]+)" alt="the pool"', html)[0]
    assert (base / "site" / "incidents" / "b" / picture).resolve().is_file()
    assert "postmortem.toml" not in html
    assert not [file for file in (base / "site").rglob("*") if file.suffix in (".sql", ".toml")]


def test_a_picture_behind_a_link_out_of_the_repository_is_not_published(base: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (base / "postmortems" / "pool.png").symlink_to(tmp_path / "outside.png")
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    build(base, run)
    assert "<img" not in article(base, "incidents/b")
    assert not list((base / "site").rglob("*pool*"))


def test_a_file_that_cannot_be_read_is_left_out_with_a_warning(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text("---\nid: b\ntitle: [\n---\n", encoding="utf-8")
    printed = build(base, run, strict=False)
    assert "postmortems/b.md is left out: This is not YAML: did not find expected node content (line 4)" in printed
    assert (base / "site" / "incidents" / "a").is_dir()
    assert not (base / "site" / "incidents" / "b").exists()
    build(base, run, code=1)


def test_an_unfinished_postmortem_has_a_page(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").replace("draft", "reviewed")
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    build(base, run)
    assert "Reviewed" in words(article(base, "incidents/a"))


def test_hostile_text_is_shown_as_text(base: Path, run: Run) -> None:
    (base / "postmortems" / "evil.md").write_text(HOSTILE, encoding="utf-8")
    build(base, run)
    for page in ("", "incidents", "incidents/evil", "actions", "services"):
        html = read(base, page)
        assert Armed.of(html) == [], page
    text = words(article(base, "incidents/evil"))
    for told in ("<script>hit()</script>", "{{ 7 * 7 }}", "{% raw %}", '--8<-- "/etc/passwd"', "<b onclick=hit()>"):
        assert told in text, told


def test_the_docs_folder_may_hold_the_postmortems(base: Path, run: Run) -> None:
    (base / "mkdocs.yml").write_text(MKDOCS + "docs_dir: postmortems\n", encoding="utf-8")
    build(base, run)
    assert (base / "site" / "incidents" / "a").is_dir()
    assert not (base / "site" / "a").exists()


def test_revisions_come_from_git(base: Path, run: Run) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Add the first"]):
        run(["git", *command], base, env={"GIT_COMMITTER_DATE": "2026-03-05T10:00:00Z"})
    build(base, run)
    assert "Last revised 5 Mar 2026" in words(article(base, "incidents/a"))


def test_a_repository_of_somebody_else_is_told(base: Path, run: Run) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Add the first"]):
        run(["git", *command], base)
    (base / "docs").mkdir()
    # Nothing is excepted, and git takes every repository for that of another user.
    refused = {"GIT_CONFIG_COUNT": "0", "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "NO_MKDOCS_2_WARNING": "1"}
    printed = run([sys.executable, "-m", "mkdocs", "build"], base, env=refused).stdout
    assert "No page shows its revisions, for git refuses: detected dubious ownership" in printed
    assert f"git config --global --add safe.directory {base}" in printed
    assert "Last revised" not in words(article(base, "incidents/a"))
    assert (
        "WARNING" not in run([sys.executable, "-m", "mkdocs", "build"], base, env={"NO_MKDOCS_2_WARNING": "1"}).stdout
    )
    assert "Last revised" in words(article(base, "incidents/a"))


def test_a_commit_of_a_year_that_no_calendar_holds_is_a_revision_all_the_same(base: Path, run: Run) -> None:
    run(["git", "init", "-q"], base)
    run(["git", "add", "postmortems"], base)
    run(["git", "commit", "-qm", "Begin"], base, env={"GIT_COMMITTER_DATE": "@253402300800 +0000"})
    (base / "postmortems" / "a.md").write_text(
        (base / "postmortems" / "a.md").read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8"
    )
    run(["git", "commit", "-qam", "Tell more"], base, env={"GIT_COMMITTER_DATE": "2026-03-06T10:00:00Z"})
    build(base, run)
    assert re.findall(r"</code> ([A-Z][a-z ]+)</li>", article(base, "incidents/a")) == ["Tell more", "Begin"]


def test_a_postmortem_in_a_folder_whose_name_is_no_utf_8_has_revisions(base: Path, run: Run) -> None:
    folder = Path(os.fsdecode(os.fsencode(base / "postmortems") + b"/t\xe9am"))
    folder.mkdir()
    (base / "postmortems" / "a.md").rename(folder / "a.md")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        run(["git", *command], base, env={"GIT_COMMITTER_DATE": "2026-03-05T10:00:00Z"})
    build(base, run)
    assert "Last revised 5 Mar 2026" in words(article(base, "incidents/a"))


def test_revisions_outlive_a_move(base: Path, run: Run) -> None:
    def commit(subject: str, day: int) -> None:
        for command in (["add", "-A"], ["commit", "-qm", subject]):
            run(["git", *command], base, env={"GIT_COMMITTER_DATE": f"2026-03-{day:02}T10:00:00Z"})

    (base / ".gitignore").write_text("site/\n", encoding="utf-8")
    run(["git", "init", "-q"], base)
    commit("Begin", 5)
    file = base / "postmortems" / "a.md"
    file.write_text(file.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    commit("Tell more", 6)
    build(base, run)
    assert "Last revised 6 Mar 2026 , 2 revisions since 5 Mar 2026" in words(article(base, "incidents/a"))
    # Moved, no more: nobody has revised it.
    (base / "postmortems" / "2026").mkdir()
    run(["git", "mv", "postmortems/a.md", "postmortems/2026/a.md"], base)
    commit("Sort by years", 7)
    build(base, run)
    assert "Last revised 6 Mar 2026 , 2 revisions since 5 Mar 2026" in words(article(base, "incidents/a"))
    # Moved and edited.
    file.write_text(file.with_name("2026").joinpath("a.md").read_text(encoding="utf-8"), encoding="utf-8")
    file.with_name("2026").joinpath("a.md").unlink()
    file.write_text(file.read_text(encoding="utf-8").replace("More.", "Less."), encoding="utf-8")
    commit("Sort no more", 8)
    build(base, run)
    html = article(base, "incidents/a")
    assert "Last revised 8 Mar 2026 , 3 revisions since 5 Mar 2026" in words(html)
    assert re.findall(r"</code> ([A-Z][a-z ]+)</li>", html) == ["Sort no more", "Tell more", "Begin"]


@pytest.mark.parametrize("generator", ["mkdocs", "properdocs"])
@pytest.mark.parametrize("handbook", [True, False])
def test_the_navigation_names_generated_pages(base: Path, run: Run, generator: str, *, handbook: bool) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    pages = ["What broke: incidents/index.md", "actions/index.md", "The till: services/checkout/index.md"]
    nav = "".join(f"  - {page}\n" for page in (*pages, "services/billing-tax-8ef24c/index.md"))
    (base / "mkdocs.yml").write_text(f"{MKDOCS}nav:\n{nav}", encoding="utf-8")
    if handbook:
        (base / "docs").mkdir()
        (base / "docs" / "runbook.md").write_text("# Runbook\n", encoding="utf-8")
    build(base, run, generator=generator)
    primary = re.findall(r'<nav class="md-nav md-nav--primary.*</nav>', read(base), re.DOTALL)[0]
    named = [
        " ".join(words.split()) for words in re.findall(r'<span class="md-ellipsis">(.*?)</span>', primary, re.DOTALL)
    ]
    assert [re.sub("<.*?>", "", words).strip() for words in named][-4:] == [
        "What broke",
        "Actions",
        "The till",
        "billing &amp; tax",
    ]
    assert "<h1>Incidents</h1>" in read(base, "incidents")


def test_incidents_stay_out_of_the_navigation_tree(base: Path, run: Run) -> None:
    build(base, run)
    assert "The first time" not in read(base, "actions")


def test_no_time_is_lost_on_files_of_the_theme_that_no_site_has(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: material\n", encoding="utf-8")
    config = load_config(str(tmp_path / "mkdocs.yml"))
    everything = set(config.theme.get_env().list_templates())
    set_theme(config)
    env = config.theme.get_env()
    assert everything & set(env.list_templates()) == {name for name in everything if "/." not in f"/{name}"}
    assert env.get_template(".icons/material/weather-night.svg").render().startswith("<svg")


def test_no_page_names_another_host(base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    build(base, run)
    for file in (base / "site").rglob("*.html"):
        loaded = re.findall(r'(?:src|<link[^>]+href)="(https?:[^"]+)"', file.read_text(encoding="utf-8"))
        assert loaded == [], file


@pytest.mark.parametrize(
    ("line", "told", "code"),
    [
        ("plugins: [{postmortems: {root: nowhere}}, search]", "nowhere", 2),
        ("plugins: [{postmortems: {rot: a}}]", "rot", 1),
    ],
)
def test_a_broken_configuration_is_named(line: str, told: str, code: int, base: Path, run: Run) -> None:
    (base / "mkdocs.yml").write_text(re.sub("plugins:.*", line, MKDOCS), encoding="utf-8")
    printed = build(base, run, code=code)
    assert told in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("theme", ["", "theme: readthedocs\n", "theme: {name: null, custom_dir: ours}\n"])
def test_a_theme_that_is_not_made_from_material_is_refused(theme: str, base: Path, run: Run) -> None:
    (base / "ours").mkdir()
    (base / "ours" / "main.html").write_text("{{ page.content }}", encoding="utf-8")
    (base / "mkdocs.yml").write_text(f"site_name: A\n{theme}plugins: [postmortems]\n", encoding="utf-8")
    printed = build(base, run, code=2)
    assert "write `theme: {name: material}` into mkdocs.yml" in printed
    assert "Traceback" not in printed
    assert not (base / "site").exists()


def test_a_site_that_cannot_be_written_is_told_in_a_line(base: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (base / "site").write_text("A file.", encoding="utf-8")
    assert main(["--root", str(base), "build"]) == 2
    told = capfd.readouterr().err
    assert "the site cannot be written" in told
    assert "Traceback" not in told


def test_a_docs_folder_that_cannot_be_made_is_told_in_a_line(base: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (base / "docs").symlink_to("nowhere/docs")
    assert main(["--root", str(base), "build"]) == 2
    assert re.fullmatch(
        r"postmortem: MkDocs needs a folder `.*docs`, which cannot be made: .*\n", capfd.readouterr().err
    )


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("index.md", "/"),
        ("README.md", "/"),
        ("actions.md", "/actions/"),
        ("search/index.md", "/search/"),
        ("incidents/b.md", "/incidents/b/"),
        ("services/checkout/index.md", "/services/checkout/"),
        ("reference/rules/schema.md", "/reference/rules/schema/"),
    ],
)
def test_a_page_of_one_s_own_does_not_vanish_without_a_word(name: str, address: str, base: Path, run: Run) -> None:
    (base / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    own = base / "docs" / name
    own.parent.mkdir(parents=True)
    own.write_text("# Kestrel\n", encoding="utf-8")
    (base / "docs" / "about.md").write_text("# About\n", encoding="utf-8")
    told = f"{name} is left out: its address, {address}, is that of a generated page. Give the file another name."
    assert told in build(base, run, code=1)
    assert told in build(base, run, strict=False)
    assert "Kestrel" not in read(base, address.strip("/"))
    own.rename(base / "docs" / "kestrel.md")
    assert "left out" not in build(base, run)
    assert "Kestrel" in read(base, "kestrel")


def test_a_broken_policy_stops_the_build_with_its_place(base: Path, run: Run) -> None:
    (base / "postmortem.toml").write_text("[limits]\nnesting = 'deep'\n", encoding="utf-8")
    assert "limits.nesting" in build(base, run, code=2)


def test_a_broken_configuration_of_mkdocs_is_wrong_use(base: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (base / "mkdocs.yml").write_text("plugins: [postmortems\n", encoding="utf-8")
    assert main(["--root", str(base), "build"]) == 2
    assert "mkdocs.yml" in capfd.readouterr().err
    (base / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    assert main(["--root", str(base), "build", "--site-dir", str(base)]) == 2
    assert capfd.readouterr().err.count("Config value") == 1


def test_the_plugin_can_be_switched_off(base: Path, run: Run) -> None:
    (base / "mkdocs.yml").write_text(MKDOCS.replace("[postmortems,", "[{postmortems: {enabled: false}},"), "utf-8")
    (base / "docs").mkdir()
    (base / "docs" / "index.md").write_text("# Hello", encoding="utf-8")
    build(base, run)
    assert not (base / "site" / "incidents").exists()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("causes/capacity", ["Capacity", "1 incident, 1 open action", "Size the pool"]),
        ("owners/maria", ["@maria", "1 incident, 1 open action", "Size the pool", "Alert on the pool"]),
        ("tags/pool", ["pool", "1 incident, 1 open action", "Checkout was down"]),
        ("services/checkout", ["checkout", "1 incident, 1 open action", "Checkout was down"]),
    ],
)
def test_the_catalog_is_seen_from_each_side(page: str, told: list[str], base: Path, run: Run) -> None:
    text = REVIEWED.replace("services:", "tags: [pool]\nservices:").replace("![the pool](pool.png)", "")
    (base / "postmortems" / "b.md").write_text(text, encoding="utf-8")
    build(base, run)
    shown = words(article(base, page))
    assert [word for word in told if word not in shown] == []
    assert f'href="../{page}/"' in article(base, page.partition("/")[0])


def test_lists_say_of_the_status_what_stands_out(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8")
    for id, status in (("b", "reviewed"), ("c", "closed")):
        shown = text.replace("id: a", f"id: {id}").replace("status: draft", f"status: {status}")
        (base / "postmortems" / f"{id}.md").write_text(shown, encoding="utf-8")
    build(base, run)
    table = words(article(base, "incidents").partition("<tbody")[2])
    assert table.count("Draft") == 1
    assert "Reviewed" not in table
    assert "Closed" not in table


def test_owners_with_most_to_catch_up_with_come_first(base: Path, run: Run) -> None:
    owed = '  - {{id: A{}, action: Do it, type: prevent, owner: "@{}", priority: P1, status: {}}}\n'
    actions = [("late", "todo, due: 2026-03-20"), *[("busy", "todo")] * 2, ("early", "todo"), ("done", "cancelled")]
    for id, counted in (("b", actions), ("c", [("done", "cancelled")])):
        items = "".join(owed.format(number, *action) for number, action in enumerate(counted, 1))
        text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").replace("id: a", f"id: {id}")
        text = text.replace("roles:", f"action_items:\n{items}roles:").replace("2026-03-04", "2026-03-05")
        (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")
    build(base, run)
    html = article(base, "owners")
    assert "4 owners of action items, those with most overdue and open actions first." in words(html)
    rows = [words(row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)[1:]]
    assert [row.split()[0] for row in rows] == ["@late", "@busy", "@early", "@done"]
    assert rows[0] == "@late P3 The first time 5 Mar 2026 1 1 1 overdue"


def test_an_owner_whose_handle_is_spelt_in_two_ways_has_one_page_with_all_actions(base: Path, run: Run) -> None:
    text = REVIEWED.replace("![the pool](pool.png)", "").replace('detect, owner: "@maria"', 'detect, owner: "@Maria"')
    (base / "postmortems" / "b.md").write_text(text, encoding="utf-8")
    build(base, run)
    page = words(article(base, "owners/maria"))
    assert "Size the pool" in page
    assert "Alert on the pool" in page
    index = article(base, "actions")
    assert words(index.partition('id="owners"')[2]).lower().count("@maria") == 1
    rows = [json.loads(unescape(row))["owner"] for row in re.findall(r'data-pm-row="([^"]+)"', index)]
    assert set(rows) == {"maria"}
    assert "<span>Owner</span>" not in index, "there is one owner to choose"


def test_a_service_and_a_tag_that_are_spelt_in_two_ways_are_one_choice_of_the_filters(base: Path, run: Run) -> None:
    text = REVIEWED.replace("![the pool](pool.png)", "").replace("roles:", "tags: [Pools]\nroles:", 1)
    (base / "postmortems" / "b.md").write_text(text, encoding="utf-8")
    other = (
        text.replace("id: b", "id: c").replace("[checkout,", "[Checkout, checkout,").replace("[Pools]", "[pools, tls]")
    )
    (base / "postmortems" / "c.md").write_text(other.replace("2026-03-04", "2026-03-05"), encoding="utf-8")
    build(base, run)
    for page, counted in (("incidents", 2), ("actions", 4)):
        html = article(base, page)
        options = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', html)
        assert [shown for value, shown in options if value == "checkout"] == [f"Checkout ({counted})"], page
        assert "Checkout" not in dict(options)
        rows = [json.loads(unescape(row)) for row in re.findall(r'data-pm-row="([^"]+)"', html)]
        assert [row["service"] for row in rows if "service" in row] == [["checkout", "billing & tax"]] * counted
    assert ("pools", "pools (2)") in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', article(base, "incidents"))


@pytest.mark.parametrize(
    ("site", "addresses"),
    [
        (
            'repo_url = "https://github.com/acme/kb/"',
            ["/edit/main/postmortems/b.md", "/blob/HEAD/postmortems/b.md", "/issues/new?title=Postmortem%20b%3A"],
        ),
        (
            'repo_url = "https://git.acme.example/kb"\nforge = "gitlab"\nbranch = "trunk"',
            ["/-/edit/trunk/postmortems/b.md", "/-/blob/HEAD/alerts/pool.yaml#L4", "/-/issues/new?issue%5Btitle%5D="],
        ),
        ('repo_url = "https://git.acme.example/kb"', ["/blob/HEAD/postmortems/b.md"]),
        ("", []),
    ],
)
def test_a_page_leads_to_its_source_and_to_those_who_can_change_it(
    site: str, addresses: list[str], base: Path, run: Run
) -> None:
    (base / "postmortem.toml").write_text(f"[site]\n{site}\n", encoding="utf-8")
    text = REVIEWED.replace("completed: 2026-03-21}", 'completed: 2026-03-21, evidence: ["alerts/pool.yaml#L4"]}')
    (base / "postmortems" / "b.md").write_text(text, encoding="utf-8")
    build(base, run)
    html = unescape(article(base, "incidents/b"))
    assert [address for address in addresses if address not in html] == []
    assert ("Report a problem" in html) == any("issues/new" in address for address in addresses)
    assert ("Edit</a>" in html) == any("edit/" in address for address in addresses)
    assert "alerts/pool.yaml#L4" in html


def test_an_address_that_the_generator_alone_knows_is_told(base: Path, run: Run) -> None:
    named = "repo_url: https://github.com/acme/kb\nsite_url: https://kb.example.org/\n"
    (base / "mkdocs.yml").write_text(MKDOCS + named, encoding="utf-8")
    printed = build(base, run)
    assert '`[site]` with `repo_url = "https://github.com/acme/kb"`' in printed
    assert '`[site]` with `url = "https://kb.example.org/"`' in printed
    (base / "postmortem.toml").write_text(
        '[site]\nrepo_url = "https://github.com/acme/kb"\nurl = "https://kb.example.org/"\n', encoding="utf-8"
    )
    assert "[site]" not in build(base, run)
    assert "https://github.com/acme/kb/edit/main/postmortems/a.md" in article(base, "incidents/a")


def test_a_page_of_a_knowledge_base_in_a_folder_leads_to_its_source(base: Path, run: Run) -> None:
    (base / "postmortem.toml").write_text('[site]\nrepo_url = "https://github.com/acme/shop"\n', encoding="utf-8")
    text = REVIEWED.replace("completed: 2026-03-21}", 'completed: 2026-03-21, evidence: ["alerts/pool.yaml#L4"]}')
    (base / "postmortems" / "b.md").write_text(text, encoding="utf-8")
    build(base, run)
    assert "/edit/main/postmortems/b.md" in article(base, "incidents/b")
    run(["git", "init", "--quiet"], base.parent)
    build(base, run)
    html = article(base, "incidents/b")
    for address in (
        "edit/main/base/postmortems/b.md",
        "blob/HEAD/base/postmortems/b.md",
        "blob/HEAD/base/alerts/pool.yaml#L4",
    ):
        assert f"https://github.com/acme/shop/{address}" in html


@pytest.mark.parametrize(
    ("host", "way"), [("https://github.com/acme/shop", ""), ("https://gitlab.com/acme/shop", "-/")]
)
def test_a_file_with_a_mark_in_its_name_is_found_at_the_code_host(host: str, way: str, base: Path, run: Run) -> None:
    top = base.rename(base.parent / "c# kb")
    folder = top / "postmortems" / "team #1? 100% \u00fc"
    folder.mkdir()
    places = ["run#1.txt", "run%231.txt#L4", "the%20log.txt#L4", "pool.yaml?plain=1#L4"]
    text = REVIEWED.replace("completed: 2026-03-21}", f"completed: 2026-03-21, evidence: {json.dumps(places)}}}")
    text = text.replace("(a.md), ![the pool](pool.png)", "(../a.md)")
    text += "\n[The run](a%23b.txt#L7)\n"
    (folder / "b.md").write_text(text, encoding="utf-8")
    for file in (top / "run#1.txt", top / "the log.txt", top / "pool.yaml", folder / "a#b.txt"):
        file.write_bytes(b"")
    (top / "postmortem.toml").write_text(f'[site]\nrepo_url = "{host}"\n', encoding="utf-8")
    run(["git", "init", "--quiet"], top.parent)
    assert main(["--root", str(top), "check", "--select", "broken-link"]) == 0
    build(top, run)
    html = unescape(article(top, "incidents/b"))
    home = f'"{host}/{way}{{}}/c%23%20kb/'.format
    own = "postmortems/team%20%231%3F%20100%25%20%C3%BC/"
    for address in (
        f'{home("edit/main")}{own}b.md"',
        f'{home("blob/HEAD")}{own}b.md"',
        f'{home("blob/HEAD")}{own}a%23b.txt#L7"',
        f'{home("blob/HEAD")}run%231.txt"',
        f'{home("blob/HEAD")}run%231.txt#L4"',
        f'{home("blob/HEAD")}the%20log.txt#L4"',
        f'{home("blob/HEAD")}pool.yaml#L4"',
    ):
        assert address in html


def test_a_draft_with_nothing_in_it_has_no_headings_over_nothing(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").partition("## Timeline")[0]
    (base / "postmortems" / "a.md").write_text(f"{text}## What Happened\n\n## Root Cause\n", encoding="utf-8")
    build(base, run)
    html = article(base, "incidents/a")
    assert "<h2" not in html
    assert "Nothing more is written yet." in words(html)


def test_a_paragraph_that_a_line_makes_a_heading_of_is_not_lost(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").partition("## Timeline")[0]
    body = "## What Happened\n\nThe first thing.\n\nThe pool was full.\n---\n\n## Lessons Learned\n"
    (base / "postmortems" / "a.md").write_text(text + body, encoding="utf-8")
    build(base, run)
    told = words(article(base, "incidents/a"))
    assert "The pool was full." in told
    assert "Lessons Learned" not in told


def test_each_footnote_is_shown_and_leads_back_to_where_it_is_referred_to(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").partition("## Timeline")[0]
    body = "## What Happened\n\nFull[^1], and seen[^1].\n\n[^1]: - Counted.\n    - [^2]: Closed.\n\n[^1]: Twice.\n"
    (base / "postmortems" / "a.md").write_text(text + body, encoding="utf-8")
    build(base, run)
    html = article(base, "incidents/a")
    assert "Full [1] , and seen [1] ." in words(html)
    assert re.findall(r"<li id=\"(fn\d)\"", html) == ["fn1", "fn2", "fn3"]
    assert words(html).partition("Footnotes")[2].split("↩")[0].split()[1:] == ["Counted."]
    back = set(re.findall(r'href="#(fnref[^"]*)"', html))
    assert back == {"fnref1", "fnref1:1"} == set(re.findall(r'id="(fnref[^"]*)"', html))
    assert words(html).endswith("Closed. Twice.")


def test_a_heading_keeps_its_marks_its_links_and_its_notes(base: Path, run: Run) -> None:
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").partition("## Timeline")[0]
    change = "## Change [CHG-88](https://jira.example.com/CHG-88) to `pool` & *more*\n\nSmaller.\n"
    body = f"## What Happened[^a]\n\n## Root Cause\n\n{change}\n[^a]: Seen by Kim.\n"
    (base / "postmortems" / "a.md").write_text(text + body, encoding="utf-8")
    build(base, run)
    html = article(base, "incidents/a")
    assert re.findall(r'<h2 id="([^"]+)"', html) == ["what-happened", "change-chg-88-to-pool--more", "footnotes"]
    assert 'Change <a href="https://jira.example.com/CHG-88" rel="noopener">CHG-88</a>' in html
    assert "to <code>pool</code> &amp; <em>more</em>" in html
    assert 'aria-label="Link to Change CHG-88 to pool &amp; more"' in html
    assert 'What Happened<sup class="footnote-ref"><a href="#fn1" id="fnref1">' in html
    assert {link for link in nowhere(base / "site") if "incidents/a/" in link} == set()


def test_sections_have_the_anchors_of_the_code_host_and_no_two_share_one(base: Path, run: Run) -> None:
    body = "## What Happened\n\n[below](#how-it-ended)\n\n### How it ended!\n\nWell.\n\n### Timeline\n\n##### Deep\n"
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8") + f"\n{body}"
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    build(base, run)
    html = article(base, "incidents/a")
    headings = re.findall(r'<h([2-6]) id="([^"]+)"', html)
    assert headings == [
        ("2", "timeline"),
        ("2", "what-happened"),
        ("3", "how-it-ended"),
        ("3", "timeline-1"),
        ("4", "deep"),
    ]


def test_a_page_that_is_not_there_leads_on_from_any_depth(base: Path, run: Run) -> None:
    (base / "mkdocs.yml").write_text(f"{MKDOCS}site_url: https://example.org/kb/\n", encoding="utf-8")
    build(base, run)
    html = (base / "site" / "404.html").read_text(encoding="utf-8")
    assert "<title>Not found - Elsewhere</title>" in html
    told = html.partition('<div class="pm-page pm-missing">')[2].partition("</div>")[0]
    assert "Nothing stands at this address" in words(told)
    assert re.findall('href="([^"]+)"', told) == ["/kb/search/", "/kb/incidents/"]


def test_a_severity_of_another_name_keeps_its_colour(base: Path, run: Run) -> None:
    build(base, run)
    assert "pm-severity--" not in read(base, "incidents/a").partition("</head>")[0]
    (base / "postmortem.toml").write_text('[severities]\nP3 = "Sev.3"\nP4 = "Sev.4"\n', encoding="utf-8")
    file = base / "postmortems" / "a.md"
    file.write_text(file.read_text(encoding="utf-8").replace("severity: P3", "severity: Sev.3"), encoding="utf-8")
    build(base, run)
    head, _, body = read(base, "incidents/a").partition("</head>")
    assert '[class~="pm-severity--sev.3"]{background:var(--pm-yellow-soft)' in head
    assert "sev.4" not in head
    assert 'class="pm-severity pm-severity--sev.3">Sev.3<' in body
