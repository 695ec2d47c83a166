"""A place that is named and holds nothing of ours is told of: it must not look as if all were well there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.cli import main

Draft = Callable[..., str]
COMMANDS = [
    ["check"],
    ["check", "--since", "HEAD"],
    ["stats"],
    ["actions"],
    ["similar", "--text", "The pool was full"],
    ["export", "{out}"],
    ["explain", "--policy"],
    ["explain", "summary"],
    ["build"],
    ["serve"],
]


@pytest.fixture
def base(tmp_path: Path, draft: Draft) -> Path:
    folder = tmp_path / "base"
    (folder / "postmortems" / "2026").mkdir(parents=True)
    (folder / "postmortems" / "2026" / "a.md").write_text(draft("a"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_root_that_is_no_knowledge_base_is_refused(
    command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").mkdir()
    told = [word.format(out=tmp_path / "out") for word in command]
    assert main(["--root", str(tmp_path / "elsewhere"), *told]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    # Against a ref, git is asked first.
    assert ("No knowledge base in " if "--since" not in command else "--since") in printed.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["elsewhere"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "--root", "."], "`--root` stands before the command: `postmortem --root DIR check`."),
        (["chekc"], "There is no command `chekc`. Was `check` meant?"),
        (["qqq"], "There is no command `qqq`.\n"),
        (["explain", "--policy", "summary"], "leave out `summary`, or the option"),
        (["check", "--diff", "--fix"], "`--diff` prints a patch"),
        (["check", "--diff", "--output", "out.txt"], "`--diff` prints a patch"),
        (["check", "--diff", "--format", "json"], "`--diff` prints a patch"),
        (["check", "--diff", "--baseline", "known.json"], "`--diff` prints a patch"),
        (["check", "--select", "filename,shcema"], "there is no rule `shcema`; did you mean `schema`?"),
        (["check", "--select", ","], "there is no rule ``"),
        (["build", "--strict"], "One of MkDocs stands behind `--`: `postmortem build -- --strict`."),
        (["build", "--site-dri", "x"], "Did you mean '--site-dir'?"),
        (["actions", "--as-of", "2026-13-01"], "`2026-13-01` is no day: write YYYY-MM-DD, such as 2026-03-04."),
        (["stats", "--since", "May"], "`May` is no day: write YYYY-MM-DD"),
        (
            ["similar", "a"],
            "`a` cannot be read: No such file or directory; the file of this id is `postmortems/2026/a.md`",
        ),
        (["check", "a"], "there is no file or folder `a`; the file of this id is `postmortems/2026/a.md`"),
    ],
    ids=str,
)
def test_words_that_do_not_go_together_are_refused(
    words: list[str], told: str, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(base.rglob("*"))
    assert main(["--root", str(base), *words]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
    assert sorted(base.rglob("*")) == before


def test_a_postmortem_with_another_ending_is_told_of(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.MD", "c.markdown", "_d.MD", "README.MD", "e.txt", "markdown"):
        (base / "postmortems" / name).write_text("---\n", encoding="utf-8")
    assert main(["--root", str(base), "check", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert printed.err.splitlines() == [
        f"postmortems/{name} is passed over: its name does not end in `.md`" for name in ("b.MD", "c.markdown")
    ]
    assert json.loads(printed.out)["summary"]["files"] == 1


def test_a_root_inside_of_a_knowledge_base_gets_a_hint(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (base / "postmortems", base / "postmortems" / "2026"):
        assert main(["--root", str(folder), "check"]) == 2
        assert f"was `{base}` meant?" in capsys.readouterr().err


@pytest.mark.parametrize("entry", ["postmortem.toml", "postmortems"])
def test_an_empty_knowledge_base_is_one(entry: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / entry).touch() if "." in entry else (tmp_path / entry).mkdir()
    assert main(["--root", str(tmp_path), "check"]) == 0
    assert capsys.readouterr().out == "0 postmortems checked.\n"
    assert main(["--root", str(tmp_path), "stats"]) == 0
    assert main(["--root", str(tmp_path), "actions"]) == 0


@pytest.mark.parametrize("kind", ["file", "pipe", "link"])
def test_postmortems_that_are_no_folder_let_nothing_pass(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortem.toml").touch()
    place = tmp_path / "postmortems"
    {"file": place.touch, "pipe": lambda: os.mkfifo(place), "link": lambda: place.symlink_to("nowhere")}[kind]()
    for words in (["check"], ["stats"], ["check", "--since", "HEAD"]):
        assert main(["--root", str(tmp_path), *words]) == 2
    assert f"`{place}` is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("_template.md", "its name begins with `_`"),
        (".old.md", "its name begins with `.`"),
        ("README.md", "a file of this name is about its folder"),
        ("index.md", "a file of this name is about its folder"),
        ("x.MD", "its name does not end in `.md`"),
        ("old.markdown", "its name does not end in `.md`"),
        ("2026/.hidden/b.md", "it lies in a hidden folder"),
        ("pictures", "there is no postmortem in it"),
        ("link", "folders are not followed through links"),
    ],
)
def test_a_path_that_is_named_and_no_postmortem_is_told_of(
    name: str, why: str, base: Path, draft: Draft, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = base / "postmortems"
    (folder / "2026" / ".hidden").mkdir()
    (folder / "pictures").mkdir()
    (folder / "link").symlink_to("2026")
    path = folder / name
    if path.suffix:
        path.write_text(draft(path.stem), encoding="utf-8")
    assert main(["--root", str(base), "check", str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.err == f"{path} is passed over: {why}\n"
    assert printed.out == "0 postmortems checked.\n"
    assert main(["--root", str(base), "check", str(path), str(folder / "2026" / "a.md")]) == 0
    assert "1 postmortem checked: 0 errors" in capsys.readouterr().out


def test_a_folder_is_checked_without_a_word_on_what_else_lies_there(
    base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (base / "postmortems" / "README.md").write_text("# How we do it\n", encoding="utf-8")
    monkeypatch.chdir(base)
    for path in ("postmortems", "postmortems/2026", "."):
        assert main(["check", path]) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["mkdocs.yml", "mkdocs.yaml"])
def test_a_site_is_built_where_its_configuration_names_the_postmortems(
    name: str, tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "docs" / "postmortems"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text(draft("a"), encoding="utf-8")
    settings = "site_name: A\ntheme: {name: material, font: false}\nplugins: [{postmortems: {root: docs}}, search]\n"
    (tmp_path / name).write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["build", "--", "--quiet", "--strict"]) == 0
    assert (tmp_path / "site" / "incidents" / "a" / "index.html").is_file()
    (folder / "b.md").write_text(draft("b"), encoding="utf-8")
    assert main(["build", "--", "--quiet", "--strict"]) == 0
    assert (tmp_path / "site" / "incidents" / "b" / "index.html").is_file()
    capfd.readouterr()
    for place, words in ((tmp_path, ["--root", "docs", "build"]), (folder, ["build"])):
        monkeypatch.chdir(place)
        assert main(words) == 2
        told = capfd.readouterr().err
        assert f"name `{tmp_path}` with `--root`" in told
        assert "`plugins: [{postmortems: {root: docs}}]`" in told


def test_a_site_without_postmortems_beside_it_says_where_to_name_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = "site_name: A\ntheme: {name: material, font: false}\nplugins: [postmortems]\n"
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["build"]) == 2
    told = capfd.readouterr().err
    assert "Name its folder with the option `root` of the plugin `postmortems` in mkdocs.yml." in told
    assert "--root" not in told
