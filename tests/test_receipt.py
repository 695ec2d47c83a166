"""A build that would make what is there already is spared, and no other one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.receipt import Sources, circumstances, holds, leave, receipt_of

Draft = Callable[..., str]
SPARED = "nothing changed"
MKDOCS = "site_name: Elsewhere\ntheme: {name: material, custom_dir: theme}\nplugins: [postmortems]\n"
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def base(tmp_path: Path, draft: Draft) -> Path:
    folder = tmp_path / "base"
    for name in ("postmortems", "docs", "theme", "pictures"):
        (folder / name).mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (folder / "docs" / "handbook.md").write_text("# On call\n", encoding="utf-8")
    (folder / "theme" / "note.html").write_text("A note.\n", encoding="utf-8")
    (folder / "pictures" / "pool.png").write_bytes(PICTURE)
    text = draft("a", title="Incident a") + "\n![The pool](../pictures/pool.png) [notes](../notes.txt)\n"
    (folder / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def build(base: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., bool]:
    def run(*options: str, code: int = 0) -> bool:
        """Build; whether that was spared."""
        capfd.readouterr()
        assert main(["--root", str(base), "build", *options]) == code
        return SPARED in capfd.readouterr().err

    return run


def settle() -> None:
    """Wait until the times of all files tell the next change."""
    time.sleep(2.1)


def append(file: Path, text: str = "\nMore.\n") -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a postmortem": lambda base: append(base / "postmortems" / "a.md"),
    "a postmortem that comes": lambda base: (base / "postmortems" / "b.md").write_text("# Nothing yet\n"),
    "a postmortem that goes": lambda base: (base / "postmortems" / "a.md").unlink(),
    "a page of the handbook": lambda base: append(base / "docs" / "handbook.md"),
    "the configuration": lambda base: append(base / "mkdocs.yml", "site_author: We\n"),
    "the policy": lambda base: (base / "postmortem.toml").write_text('[site]\nname = "Ours"\n'),
    "the theme": lambda base: append(base / "theme" / "note.html"),
    "a picture that is shown": lambda base: append(base / "pictures" / "pool.png"),
    "a file that is linked and appears": lambda base: (base / "notes.txt").write_text("Notes.\n"),
    "a repository around it": lambda base: subprocess.run(["git", "init", "--quiet", base.parent], check=True),
    "a file of the site": lambda base: append(base / "site" / "incidents" / "a" / "index.html"),
    "a file of the site that goes": lambda base: (base / "site" / "feed.xml").unlink(),
    "a file that somebody puts into the site": lambda base: (base / "site" / "own.html").write_text("Own.\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_build_is_spared_until_something_changes(change: str, base: Path, build: Callable[..., bool]) -> None:
    settle()
    assert not build()
    assert build()
    CHANGES[change](base)
    assert not build()


def test_other_questions_get_another_answer(
    base: Path, build: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    assert not build()
    assert not build("--site-dir", str(base / "elsewhere"))
    assert not build("--audience", "public")
    assert not build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773100800")
    assert not build()
    assert build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773187200")
    assert not build()


def test_a_file_that_was_just_changed_leaves_no_receipt(base: Path, build: Callable[..., bool]) -> None:
    append(base / "docs" / "handbook.md")
    assert not build()
    assert not build()


@pytest.mark.parametrize(
    "line",
    [
        "extra: {note: !ENV [NOTE, none]}",
        "hooks: [hook.py]",
        "markdown_extensions: [pymdownx.snippets]",
        "INHERIT: parent.yml",
    ],
)
def test_what_may_read_anything_leaves_no_receipt(line: str, base: Path, build: Callable[..., bool]) -> None:
    (base / "hook.py").write_text("", encoding="utf-8")
    (base / "parent.yml").write_text("site_author: We\n", encoding="utf-8")
    append(base / "mkdocs.yml", line + "\n")
    settle()
    assert not build()
    assert not build()


def test_warnings_are_told_again(base: Path, build: Callable[..., bool]) -> None:
    append(base / "docs" / "handbook.md", "\n[Nowhere](nowhere.md)\n")
    settle()
    assert not build()
    assert not build()
    assert not build("--", "--strict", code=1)
    assert not build("--", "--strict", code=1)


def test_another_commit_is_another_history(base: Path, run: Callable[..., object], build: Callable[..., bool]) -> None:
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org")
    (base / ".gitignore").write_text("site/\n", encoding="utf-8")
    run([*git, "init", "-q"], base)
    run([*git, "add", "."], base)
    settle()
    assert not build()
    assert build()
    run([*git, "commit", "-qm", "Tell of a"], base)
    assert not build()
    assert "Tell of a" in (base / "site" / "incidents" / "a" / "index.html").read_text(encoding="utf-8")


def test_more_of_the_history_is_another_history(
    base: Path, run: Callable[..., object], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (base / ".gitignore").write_text("site/\n", encoding="utf-8")
    run(["git", "init", "--quiet"], base)
    for subject in ("Tell of a", "Tell more of it", "Tell all"):
        append(base / "postmortems" / "a.md")
        run(["git", "add", "."], base)
        run(["git", "commit", "--quiet", "--message", subject], base)
    clone = tmp_path / "clone"
    run(["git", "clone", "--quiet", "--depth", "1", f"file://{base}", clone], tmp_path)
    page = clone / "site" / "incidents" / "a" / "index.html"
    settle()
    assert main(["--root", str(clone), "build"]) == 0
    assert "Tell more of it" not in page.read_text(encoding="utf-8")
    run(["git", "fetch", "--quiet", "--deepen", "1"], clone)
    assert main(["--root", str(clone), "build"]) == 0
    assert SPARED not in capfd.readouterr().err
    assert "Tell more of it" in page.read_text(encoding="utf-8")


def test_a_commit_or_midnight_during_a_build_spares_no_other(
    tmp_path: Path, run: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773100800")
    (tmp_path / "site").mkdir()
    run(["git", "init", "--quiet"], tmp_path)
    sources, later = Sources(str(tmp_path), (), ()), time.time_ns() + 10**10
    begun = circumstances(tmp_path)
    receipt = receipt_of(tmp_path, "internal", [])
    leave(receipt, sources, str(tmp_path / "site"), later, begun)
    assert holds(receipt)
    run(["git", "commit", "--quiet", "--allow-empty", "--message", "Meanwhile"], tmp_path)
    leave(receipt, sources, str(tmp_path / "site"), later, begun)
    assert not holds(receipt)
    begun = circumstances(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773187200")
    receipt = receipt_of(tmp_path, "internal", [])
    leave(receipt, sources, str(tmp_path / "site"), later, begun)
    assert not holds(receipt)


def test_a_link_to_a_folder_leaves_no_receipt(tmp_path: Path) -> None:
    folder, site = tmp_path / "docs", tmp_path / "site"
    folder.mkdir()
    site.mkdir()
    sources = Sources(str(tmp_path), (str(folder),), ())
    receipt = receipt_of(tmp_path, "internal", [])
    later = time.time_ns() + 10**10
    leave(receipt, sources, str(site), later, circumstances(tmp_path))
    assert holds(receipt)
    (folder / "link").symlink_to(tmp_path, target_is_directory=True)
    assert not holds(receipt)
    leave(receipt, sources, str(site), later, circumstances(tmp_path))
    assert not holds(receipt)


def test_nothing_is_kept_where_nothing_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMORTEM_CACHE", "")
    assert receipt_of(tmp_path, "internal", []) == ""
    assert not holds("")


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"mark": 1}', '{"root": 1, "folders": 2}', "\0"])
def test_a_spoilt_receipt_is_none(spoilt: str, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    receipt = receipt_of(tmp_path, "internal", [])
    sources = Sources(str(tmp_path), (), ())
    leave(receipt, sources, str(tmp_path / "site"), time.time_ns() + 10**10, circumstances(tmp_path))
    assert holds(receipt)
    Path(receipt.partition(" ")[2]).write_text(spoilt, encoding="utf-8")
    assert not holds(receipt)
