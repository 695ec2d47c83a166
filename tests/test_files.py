"""Of the files of a repository, only pages and what they show are published."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.cli import main

Run = Callable[..., object]
MKDOCS = "site_name: A\ntheme: {name: material, font: false}\nplugins: [postmortems, search]\nextra_css: [ours.css]\n"
GIF = b"GIF89a\x01\x00\x01\x00"
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    folder = tmp_path / "base"
    (folder / "postmortems").mkdir(parents=True)
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (folder / "postmortems" / "a.md").write_text(draft("a"), encoding="utf-8")
    return folder


def build(base: Path, run: Run, *options: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "mkdocs", "build", "-f", "mkdocs.yml", *options]
    printed = str(run(command, base, code=code, env={"NO_MKDOCS_2_WARNING": "1"}).stdout)  # type: ignore[attr-defined]
    assert "Traceback" not in printed
    return printed


def published(base: Path) -> dict[str, bytes]:
    """The files of the site, without those of the theme."""
    site = base / "site"
    files = (file for file in site.rglob("*") if file.is_file())
    return {
        name: file.read_bytes()
        for file in files
        if not (name := file.relative_to(site).as_posix()).startswith(("assets/", "search/", "reference/", "api/"))
    }


def test_the_handbook_may_lie_beside_the_folder_of_the_knowledge_base(base: Path, run: Run) -> None:
    (base / "team").mkdir()
    (base / "postmortems").rename(base / "team" / "postmortems")
    (base / "mkdocs.yml").write_text(MKDOCS.replace("postmortems,", "{postmortems: {root: team}},"), encoding="utf-8")
    (base / "docs" / "on-call.md").write_text("# On call\n\n![](rota.png)\n", encoding="utf-8")
    (base / "docs" / "rota.png").write_bytes(PICTURE)
    (base / "docs" / "ours.css").write_text("b {}\n", encoding="utf-8")
    build(base, run, "--strict")
    assert {"on-call/index.html", "rota.png", "incidents/a/index.html"} <= set(published(base))


def test_nothing_is_followed_out_of_the_repository(
    base: Path, run: Run, tmp_path: Path, draft: Callable[..., str]
) -> None:
    """Every odd thing that a folder can hold, among the postmortems and in the handbook."""
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    for name in ("secret.md", "secret.png", "inner/secret.md"):
        (outside / name).write_text(draft("secret", title="Kestrel"), encoding="utf-8")
    run(["git", "init", "-q"], base)
    run(["git", "config", "user.name", "Kestrel"], base)
    for folder, odd in ((base / "postmortems", "Odd"), (base / "docs", "Kestrel")):
        (folder / "out.md").symlink_to(outside / "secret.md")
        (folder / "out.png").symlink_to(outside / "secret.png")
        (folder / "git.png").symlink_to(base / ".git" / "config")
        (folder / "far.md").symlink_to("../../outside/secret.md")
        (folder / "gone.md").symlink_to(folder / "nothing")
        (folder / "loop.md").symlink_to(folder / "loop.md")
        (folder / "device.md").symlink_to("/dev/zero")
        os.mkfifo(folder / "pipe.md")
        os.mkfifo(folder / "pipe.png")
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff.md")).write_text(draft("odd", title=odd), encoding="utf-8")
    (base / "postmortems" / "around").symlink_to(base / "postmortems")
    (base / "postmortems" / "inner").symlink_to(outside / "inner")
    pictures = " ".join(
        f"![x]({name})" for name in ("out.png", "git.png", "pipe.png", "inner/secret.png", "around/a.png")
    )
    (base / "postmortems" / "b.md").write_text(draft("b") + f"\n## What Happened\n\n{pictures}\n", encoding="utf-8")
    (base / "docs" / "page.md").write_text(f"# Page\n\n{pictures}\n", encoding="utf-8")
    printed = build(base, run)
    files = published(base)
    assert {name for name in files if name.startswith("incidents/")} == {
        "incidents/index.html",
        "incidents/a/index.html",
        "incidents/b/index.html",
        "incidents/odd/index.html",
    }
    assert [name for name, content in files.items() if b"Kestrel" in content or name.endswith(".png")] == []
    for name in ("out.md", "gone.md", "loop.md", "pipe.md", "device.md"):
        assert f"postmortems/{name} is left out" in printed
        assert re.search(rf"(?<!postmortems/)\b{name} is left out", printed), name


def as_anybody(base: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A build by somebody who may not read everything, as root may; afterwards the folders are open again."""
    given_up = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    command = [*given_up, sys.executable, "-m", "mkdocs", "build", "-f", str(base / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    for folder in (base / "docs", base / "docs" / "team"):
        folder.chmod(0o755)
    return done


@pytest.mark.parametrize("shut", ["docs/shut.md", "docs/team/", "docs/"])
def test_what_may_not_be_read_is_left_out(shut: str, base: Path, environment: dict[str, str]) -> None:
    (base / "docs" / "team").mkdir()
    for name in ("shut.md", "team/shut.md"):
        (base / "docs" / name).write_text("# Kestrel\n", encoding="utf-8")
    (base / shut).chmod(0)
    done = as_anybody(base, environment)
    assert done.returncode == 0
    assert f"{shut.removeprefix('docs/') or shut} is left out: it cannot be read; mend its permissions" in done.stderr
    gone = {"docs/shut.md": ["shut"], "docs/team/": ["team"], "docs/": ["shut", "team"]}[shut]
    assert [name for name in ("shut", "team") if not (base / "site" / name).exists()] == gone


def test_what_lies_in_a_folder_that_may_not_be_entered_is_left_out(base: Path, environment: dict[str, str]) -> None:
    (base / "docs" / "team").mkdir()
    (base / "docs" / "shut.md").write_text("# Kestrel\n", encoding="utf-8")
    (base / "docs").chmod(0o444)
    done = as_anybody(base, environment)
    assert done.returncode == 0
    assert "shut.md is left out: its folder may be listed and not entered; mend its permissions" in done.stderr
    assert "docs/team/ is left out" in done.stderr


@pytest.mark.parametrize("target", ["..", ".", "../../outside", "../.git", "/", "circle"])
def test_a_folder_that_leads_away_stops_the_build(target: str, base: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    run(["git", "init", "-q"], base)
    (base / "docs" / "circle").symlink_to(target)
    if target == "circle":
        assert "Traceback" not in build(base, run)
    else:
        assert "circle is a link out of the repository or in a circle" in build(base, run, code=2)


@pytest.mark.parametrize(
    ("folder", "held"),
    [
        (".git", "belongs to git"),
        (".git/hooks", "belongs to git"),
        ("postmortems", "is the folder of the postmortems"),
        ("postmortems/2026/site", "lies below the folder of the postmortems"),
        ("link", "is the folder of the postmortems"),
        ("link/2026", "lies below the folder of the postmortems"),
        ("pages", "is the docs folder"),
        ("pages/site", "lies below the docs folder"),
        ("theme", "holds the templates of the theme"),
    ],
)
@pytest.mark.parametrize("way", ["mkdocs.yml", "the option"])
def test_sources_are_not_deleted_for_a_site(
    way: str, folder: str, held: str, base: Path, run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    run(["git", "init", "-q"], base)
    (base / "theme").mkdir()
    (base / "postmortems" / "2026" / "site").mkdir(parents=True)
    (base / "postmortems" / "2026" / "site" / "notes.txt").write_text("Kept.")
    (base / "link").symlink_to("postmortems")
    (base / "pages").symlink_to("docs")
    site = f"site_dir: {folder}\n" if way == "mkdocs.yml" else ""
    configured = MKDOCS.replace("font: false", "font: false, custom_dir: theme") + site
    (base / "mkdocs.yml").write_text(configured, encoding="utf-8")
    before = sorted(base.rglob("*"))
    options = [] if site else ["--site-dir", str(base / folder)]
    assert main(["--root", str(base), "build", *options]) == 2
    told = capfd.readouterr().err
    assert held in told
    assert "--site-dir" in told
    build(base, run, *options, code=2)
    assert sorted(base.rglob("*")) == before


def test_a_site_around_sources_or_the_home_is_refused(base: Path, run: Run, tmp_path: Path) -> None:
    for folder in (".", "..", "docs"):
        build(base, run, "--site-dir", folder, code=1)
    (tmp_path / "people" / "maria").mkdir(parents=True)
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(tmp_path / "people")]
    result = run(command, base, code=2, env={"HOME": str(tmp_path / "people" / "maria")})
    assert "holds your home folder" in str(result.stdout)  # type: ignore[attr-defined]
    assert (tmp_path / "people" / "maria").is_dir()


def test_only_what_a_page_shows_is_published(base: Path, run: Run) -> None:
    docs = base / "docs"
    (docs / "deep").mkdir()
    (docs / "page.md").write_text(
        "# Page\n\n![A](deep/shown%20here.png) [data](data.csv) <img src='html.png'>\n", encoding="utf-8"
    )
    (docs / "ours.css").write_text("body { background: url(styled.png) }", encoding="utf-8")
    for name in (
        "deep/shown here.png",
        "data.csv",
        "html.png",
        "styled.png",
        "backup.sql",
        "notes.txt",
        "deep/old.png",
        ".env",
        "key.pem",
    ):
        (docs / name).write_bytes(PICTURE)
    (base / "postmortems" / "backup.sql").write_bytes(PICTURE)
    build(base, run, "--strict")
    shown = {name for name in published(base) if not name.endswith((".html", ".xml", ".gz", ".ics"))}
    assert shown == {"deep/shown here.png", "data.csv", "html.png", "styled.png", "ours.css"}


def test_names_that_differ_in_capitals_do_not_write_one_page(base: Path, run: Run, draft: Callable[..., str]) -> None:
    (base / "postmortems" / "A.md").write_text(draft("A", title="Kestrel"), encoding="utf-8")
    (base / "postmortems" / "team").mkdir()
    (base / "postmortems" / "team" / "a.md").write_text(draft("a", title="Falcon"), encoding="utf-8")
    (base / "postmortems" / "e\u0301.md").write_text(draft("b", title="First"), encoding="utf-8")
    (base / "postmortems" / "\u00e9.md").write_text(draft("B", title="Second"), encoding="utf-8")
    printed = build(base, run)
    pages = {name for name in published(base) if name.startswith("incidents/") and name.count("/") == 2}
    assert pages == {"incidents/A/index.html", "incidents/b/index.html"}
    assert printed.count("is left out: The id") == 3


@pytest.fixture
def odd(base: Path, draft: Callable[..., str]) -> Path:
    """A postmortem and its picture in a folder whose name is not UTF-8, as archives from elsewhere leave it."""
    folder = Path(os.fsdecode(os.fsencode(base) + b"/postmortems/t\xffam"))
    folder.mkdir()
    body = "\n## What Happened\n\n![The pool](pool.gif) and [the log](log.txt)\n"
    (folder / "odd.md").write_text(draft("odd", related="a") + body, encoding="utf-8")
    (folder / "pool.gif").write_bytes(GIF)
    (folder / "log.txt").write_bytes(b"")
    (base / "postmortem.toml").write_text('[site]\nrepo_url = "https://github.com/example/base"\n', encoding="utf-8")
    return folder


def test_a_folder_whose_name_is_not_utf_8_is_told_as_text_and_linked_by_its_bytes(
    base: Path, odd: Path, run: Run
) -> None:
    build(base, run)
    site = base / "site"
    texts = {name: (site / "api" / name).read_text(encoding="utf-8") for name in ("incidents.json", "related.json")}
    incidents = {one["id"]: one["path"] for one in json.loads(texts["incidents.json"])["incidents"]}
    assert incidents == {"a": "postmortems/a.md", "odd": "postmortems/t\\xffam/odd.md"}
    told = {s["path"] for one in json.loads(texts["related.json"])["related"] for s in one["similar"]}
    assert told == set(incidents.values())
    page = (site / "incidents" / "odd" / "index.html").read_text(encoding="utf-8")
    assert 'href="https://github.com/example/base/edit/main/postmortems/t%FFam/odd.md"' in page
    assert 'href="https://github.com/example/base/blob/HEAD/postmortems/t%FFam/log.txt"' in page
    assert "body=postmortems%2Ft%5Cxffam%2Fodd.md" in page
    assert "The pool" in page
    assert "pool.gif" not in page
    assert not list(site.rglob("*.gif"))


@pytest.mark.parametrize("format_", ["json", "csv", "markdown"])
def test_a_folder_whose_name_is_not_utf_8_is_exported(format_: str, base: Path, odd: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["--root", str(base), "export", "--format", format_, str(tmp_path / "out")]) == 0
    texts = [file.read_text(encoding="utf-8") for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert any("Checkout was down" in text for text in texts)
    assert format_ == "markdown" or any("t\\xffam/odd.md" in text.replace("\\\\", "\\") for text in texts)
