"""A build does the work of what changed, and its site is what a first build would have made."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from pagefind_bin import get_executable

from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import COMPARED, INCIDENTS, STATED, pages_of, sides
from postmortem_kb.policy import read_policy

Build = Callable[..., Path]
Draft = Callable[..., str]
MKDOCS = "site_name: Elsewhere\nsite_url: https://kb.example.org/\ntheme: {name: material}\nplugins: [postmortems]\n"


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    folder = tmp_path / "base"
    (folder / "postmortems").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "docs" / "handbook.md").write_text("# On call\n\nWho carries the pager.\n", encoding="utf-8")
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    for id in ("a", "b", "c"):
        (folder / "postmortems" / f"{id}.md").write_text(draft(id, title=f"Incident {id}"), encoding="utf-8")
    (folder / "postmortems" / "pool.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with (folder / "postmortems" / "b.md").open("a", encoding="utf-8") as file:
        file.write("\nSee [the first](a.md) and ![the pool](pool.png).\n")
    return folder


@pytest.fixture
def build(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds the site with the cache of a name; the day is always the same."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773100800")

    def run(cache: str = "cache", site: str = "site") -> Path:
        monkeypatch.setenv("POSTMORTEM_CACHE", str(tmp_path / cache))
        target = tmp_path / site
        assert main(["--root", str(base), "build", "--site-dir", str(target), "--", "--quiet", "--strict"]) == 0
        return target

    return run


def contents(site: Path) -> dict[str, bytes]:
    """Every file by its path; what is packed with the time of its packing, unpacked."""
    found = {}
    for file in sorted(site.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            found[file.relative_to(site).as_posix()] = gzip.decompress(content) if file.suffix == ".gz" else content
    return found


def files_below(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_warm_build_gives_the_bytes_of_a_cold_one(base: Path, build: Build, draft: Callable[..., str]) -> None:
    folder = base / "postmortems"
    build()
    assert contents(build()) == contents(build("other", "fresh"))
    change(folder / "a.md", "Incident a", "Incident zebra")
    renamed = contents(build())
    # Its own page, those of the file that links it and of one that is only similar, and the list.
    for name in (*(f"incidents/{id}/index.html" for id in "abc"), "incidents/index.html"):
        assert b"Incident zebra" in renamed[name], name
        assert b"Incident a<" not in renamed[name], name
    change(folder / "c.md", "Orders fail", "Orders are lost")
    (folder / "d.md").write_text(draft("d", title="A new one", related="c"), encoding="utf-8")
    (folder / "pool.png").write_bytes(b"\x89PNG\r\n\x1a\nanother")
    assert contents(build()) == contents(build("third", "anew"))


def test_words_alone_change_what_is_similar_everywhere_that_says_so(base: Path, build: Build) -> None:
    folder = base / "postmortems"
    for file in (Path(__file__).parent.parent / "postmortems").rglob("*.md"):
        (folder / file.name).write_bytes(file.read_bytes())
    one, other = sorted(folder.glob("20*.md"))[:9:8]
    site = build()
    old = contents(site)
    story = other.read_text(encoding="utf-8").partition("## What Happened\n")[2].partition("\n## ")[0]
    change(one, "## What Happened\n", f"## What Happened\n\n{story}\n{story}\n")
    warm = contents(build())
    assert {"api/related.json", "metrics/index.html"} <= {name for name in warm if warm[name] != old.get(name)}
    assert warm == contents(build("third", "anew"))


def test_the_first_of_a_chain_reaches_the_page_of_the_last(base: Path, build: Build) -> None:
    folder = base / "postmortems"
    for id, before in (("b", "a"), ("c", "b")):
        relation = f"related: [{{id: {before}, relation: recurrence-of}}]\n"
        change(folder / f"{id}.md", "roles:\n", f"{relation}roles:\n")
    actions = "action_items: [{id: A1, action: Size it, type: prevent, owner: '@kim', priority: P1, status: todo}]\n"
    assert b"still open there" not in contents(build())["incidents/c/index.html"]
    change(folder / "a.md", "roles:\n", f"{actions}roles:\n")
    warm = contents(build())
    assert b"1 action still open there" in warm["incidents/c/index.html"]
    assert warm == contents(build("third", "anew"))


def test_a_merge_that_changes_no_file_changes_what_is_told_of_promises(
    base: Path, build: Build, run: Callable[..., object]
) -> None:
    def due(old: str, new: str) -> None:
        change(base / "postmortems" / "a.md", old, new)
        run(["git", "add", "--all"], base)
        run(["git", "commit", "--quiet", "--message", "Another day"], base)

    run(["git", "init", "--quiet", "--initial-branch", "main"], base)
    action = "{id: A1, action: Size it, type: prevent, owner: '@kim', priority: P1, status: todo, due: 2026-04-01}"
    due("roles:\n", f"action_items: [{action}]\nroles:\n")
    run(["git", "switch", "--quiet", "--create", "later"], base)
    due("2026-04-01", "2026-05-01")
    due("2026-05-01", "2026-06-01")
    assert b"Put off 2 times" in contents(build())["patterns/index.html"]
    run(["git", "switch", "--quiet", "main"], base)
    run(["git", "merge", "--quiet", "--no-ff", "--no-edit", "later"], base)
    warm = contents(build())
    assert b"Put off" not in warm["patterns/index.html"]
    assert warm == contents(build("third", "anew"))


def test_what_is_gone_leaves_nothing_behind(base: Path, build: Build) -> None:
    site = build()
    assert (site / "files" / "pool.png").is_file()
    (base / "postmortems" / "b.md").unlink()
    (site / "incidents" / "stranger").mkdir()
    (site / "incidents" / "stranger" / "index.html").write_text("not ours", encoding="utf-8")
    build()
    assert not (site / "incidents" / "b").exists()
    assert not (site / "incidents" / "stranger" / "index.html").exists()
    assert not (site / "files" / "pool.png").exists()
    assert contents(site) == contents(build("other", "fresh"))


def test_what_a_build_begins_out_of_the_way_is_put_in_its_place(build: Build, tmp_path: Path) -> None:
    # As a build leaves it that was broken off.
    for left in (".begun", ".kept"):
        (tmp_path / "site" / left / "api").mkdir(parents=True)
        (tmp_path / "site" / left / "api" / "incidents.json").write_text("half", encoding="utf-8")
    site = build()
    assert [entry.name for entry in site.iterdir() if entry.name.startswith(".")] == []
    assert json.loads((site / "api" / "incidents.json").read_text(encoding="utf-8"))["incidents"]


def test_a_build_that_fails_leaves_nothing_hidden(base: Path, build: Build, tmp_path: Path) -> None:
    build()
    (base / "over").mkdir()
    (base / "over" / "main.html").write_text("{% nonsense %}", encoding="utf-8")
    change(base / "mkdocs.yml", "{name: material}", "{name: material, custom_dir: over}")
    change(base / "postmortems" / "a.md", "Incident a", "Another title")
    with pytest.raises(AssertionError):
        build()
    assert [entry.name for entry in (tmp_path / "site").iterdir() if entry.name.startswith(".")] == []


def test_pages_of_what_files_state_do_not_ask_what_is_similar(base: Path) -> None:
    knowledge = read_knowledge(base, read_policy(base), date(2026, 3, 10))
    assert [page.make().html for page in pages_of(STATED, knowledge)]
    # Otherwise a process that makes some of them would compare all postmortems, as another one does.
    assert not {"similar", "unfixed"} & vars(knowledge).keys()
    assert [page.path for page in pages_of(COMPARED, knowledge)] == ["metrics/"]
    assert {page.path for page in pages_of(INCIDENTS, knowledge)} == {f"incidents/{id}/" for id in "abc"}


def test_a_link_to_a_file_that_appears_later_is_made_then(base: Path, build: Build, draft: Callable[..., str]) -> None:
    change(base / "postmortems" / "b.md", "[the first](a.md)", "[the last](z.md)")
    assert b"z/" not in contents(build())["incidents/b/index.html"]
    (base / "postmortems" / "z.md").write_text(draft("z", title="The last"), encoding="utf-8")
    assert b'href="../../incidents/z/"' in contents(build())["incidents/b/index.html"]


def test_a_file_of_the_site_that_somebody_touched_is_written_again(build: Build) -> None:
    site = build()
    before = contents(site)
    (site / "incidents" / "a" / "index.html").write_text("touched", encoding="utf-8")
    (site / "api" / "actions.json").unlink()
    next((site / "search" / "data" / "0" / "fragment").iterdir()).unlink()
    assert contents(build()) == before


def test_a_link_in_the_site_is_replaced_and_nothing_behind_it_changes(build: Build, tmp_path: Path) -> None:
    site = build()
    before = contents(site)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("index.html", "own.txt"):
        (elsewhere / name).write_text("Mine", encoding="utf-8")
    (site / "incidents" / "a" / "index.html").unlink()
    (site / "incidents" / "a" / "index.html").symlink_to(elsewhere / "index.html")
    for folder in ("incidents/b", "services", "search/data/0/fragment"):
        shutil.rmtree(site / folder)
        (site / folder).symlink_to(elsewhere)
    # As if the data had been moved to where there is more room.
    shutil.move(site / "api", elsewhere / "api")
    (site / "api").symlink_to(elsewhere / "api")
    assert contents(build()) == before
    assert [path for path in site.rglob("*") if path.is_symlink()] == []
    assert {file.read_text(encoding="utf-8") for file in elsewhere.glob("*.*")} == {"Mine"}


def test_a_folder_where_a_file_was_gives_way_and_a_file_where_a_folder_was(build: Build) -> None:
    site = build()
    before = contents(site)
    for file in ("feed.xml", "incidents/a/index.html"):
        (site / file).unlink()
        (site / file).mkdir()
        (site / file / "own.html").write_text("Mine", encoding="utf-8")
    for folder in ("services", "incidents/b", "search/data/0"):
        shutil.rmtree(site / folder)
        (site / folder).write_text("Mine", encoding="utf-8")
    assert contents(build()) == before


def test_builds_of_one_site_wait_for_each_other(
    base: Path, tmp_path: Path, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    def build(cache: str, site: str) -> str:
        settings = {"SOURCE_DATE_EPOCH": "1773100800", "POSTMORTEM_CACHE": str(tmp_path / cache)}
        command = [sys.executable, "-m", "postmortem_kb.cli", "--root", base, "build", "--site-dir", tmp_path / site]
        return run(command, base, env=settings).stdout

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda _: build("cache", "site"), range(3)))
    assert any("Another build writes the site; this one waits for its end." in text for text in told)
    build("other", "fresh")
    assert contents(tmp_path / "site") == contents(tmp_path / "fresh")


def test_a_spoilt_cache_costs_time_only(build: Build, tmp_path: Path) -> None:
    before = contents(build())
    for file in files_below(tmp_path / "cache"):
        file.write_bytes(b"SQLite format 3\0 but no more than that")
    assert contents(build()) == before
    for file in files_below(tmp_path / "cache"):
        file.unlink()
    assert contents(build()) == before


def test_another_version_of_a_library_makes_everything_anew(
    base: Path, tmp_path: Path, run: Callable[..., object]
) -> None:
    venv.create(tmp_path / "venv", symlinks=True)
    python, packages = tmp_path / "venv" / "bin" / "python", next((tmp_path / "venv").rglob("site-packages"))
    (packages / "all.pth").write_text(f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n")

    def install(version: str) -> None:
        """A Pagefind that says in its program which one it is."""
        for old in packages.glob("pagefind_bin*"):
            shutil.rmtree(old)
        (packages / f"pagefind_bin-{version}.dist-info").mkdir()
        program = packages / "pagefind_bin" / "pagefind"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\n{get_executable()} "$@" && echo "// {version}" >> "$4/pagefind.js"\n')
        program.chmod(0o755)
        (program.parent / "__init__.py").write_text(f"def get_executable():\n    return {str(program)!r}\n")

    def build() -> str:
        settings = {"SOURCE_DATE_EPOCH": "1773100800", "POSTMORTEM_CACHE": str(tmp_path / "cache")}
        run([python, "-m", "postmortem_kb.cli", "--root", base, "build", "--", "--quiet"], base, env=settings)
        return (base / "site" / "search" / "data" / "0" / "pagefind.js").read_text(encoding="utf-8")

    install("1.0")
    assert build().endswith("// 1.0\n")
    install("2.0")
    assert build().endswith("// 2.0\n")


def test_a_build_without_a_cache_is_the_same(build: Build, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_cache = contents(build())
    folder = tmp_path / "nothing"
    assert contents(build("", "bare")) == with_cache
    assert not folder.exists()


def test_another_setting_of_the_site_reaches_every_page(base: Path, build: Build) -> None:
    build()
    change(base / "mkdocs.yml", "Elsewhere", "Renamed")
    assert all(b"Renamed" in page for path, page in contents(build()).items() if path.endswith(".html"))


def test_another_address_of_the_site_reaches_every_page(base: Path, build: Build) -> None:
    build()
    change(base / "mkdocs.yml", "https://kb.example.org/", "https://new.example.org/kb/")
    warm = contents(build())
    assert b'href="https://new.example.org/kb/services/"' in warm["services/index.html"]
    assert warm == contents(build("other", "fresh"))


def test_another_title_above_the_lists_of_contents_reaches_every_page(base: Path, build: Build) -> None:
    build()
    with (base / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("markdown_extensions: [{toc: {title: On this page}}]\n")
    warm = contents(build())
    assert b"On this page" in warm["incidents/a/index.html"]
    assert warm == contents(build("other", "fresh"))


def test_the_sitemap_names_every_page(build: Build) -> None:
    site = build()
    told = (site / "sitemap.xml").read_text(encoding="utf-8")
    for path in ("", "incidents/", "incidents/a/", "services/", "reference/rules/secret/", "handbook/"):
        assert f"<loc>https://kb.example.org/{path}</loc>" in told, path


def test_pages_link_to_generated_ones_and_are_warned_of_dead_links(base: Path, build: Build) -> None:
    change(base / "docs" / "handbook.md", "pager", "[pager](incidents/a/index.md)")
    assert b'href="../incidents/a/"' in contents(build())["handbook/index.html"]


def test_a_theme_whose_pages_differ_in_more_than_their_content_is_rendered_page_by_page(
    base: Path, build: Build
) -> None:
    (base / "theme").mkdir()
    own = '{% extends "base.html" %}{% block announce %}{{ page.title | length }} letters{% endblock %}'
    (base / "theme" / "main.html").write_text(own, encoding="utf-8")
    change(base / "mkdocs.yml", "{name: material}", "{name: material, custom_dir: theme}")
    change(base / "postmortems" / "c.md", "Incident c", "A title of thirty-two characters")
    pages = contents(build())
    assert b"10 letters" in pages["incidents/a/index.html"]
    assert b"32 letters" in pages["incidents/c/index.html"]
    change(base / "mkdocs.yml", "Elsewhere", "Renamed")
    warm = contents(build())
    assert b"Renamed" in warm["incidents/a/index.html"]
    assert warm == contents(build("other", "fresh"))


def test_a_date_of_an_action_that_a_page_does_not_list_changes_what_it_counts(tmp_path: Path, draft: Draft) -> None:
    folder = tmp_path / "postmortems"
    folder.mkdir()
    action = "services: [api]\naction_items: [{{id: A1, action: Size it, type: prevent, owner: '@kim', priority: P1, status: todo, due: {}}}]\nroles:"
    # The oldest is on no first page of its service, nor is its action among the first.
    for number in range(102):
        started = f"{2026 - number // 12}-{12 - number % 12:02}-04T09:00:00Z"
        text = draft(f"i{number}").replace("2026-03-04T09:00:00Z", started)
        due = "2026-03-01" if number == 101 else "2026-01-01"
        (folder / f"i{number}.md").write_text(text.replace("roles:", action.format(due)), encoding="utf-8")

    def service() -> tuple[str, str]:
        knowledge = read_knowledge(tmp_path, read_policy(tmp_path), date(2026, 4, 1))
        (page,) = [page for page in sides.pages(knowledge) if page.path == "services/api/"]
        return page.key, page.make().html

    key, html = service()
    assert "102 overdue" in html
    change(folder / "i101.md", "2026-03-01", "2026-05-01")
    later, html = service()
    assert "101 overdue" in html
    assert later != key
