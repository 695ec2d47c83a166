"""Whatever lies in the folder gives findings on the right line, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile.inputs import DRAFT, Input, inputs

from postmortem_kb.cli import main

INPUTS = list(inputs())
# Runs each file in a process of its own that begins with everything imported, so that what is measured is the file.
ONE_BY_ONE = """
import os, resource, sys
from postmortem_kb.cli import check, main
from postmortem_kb.rules import RULES
megabytes, seconds, roots = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for root in roots:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, (size + megabytes * 2**20,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(["--root", root, "check"]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), root, flush=True)
"""


def check(root: Path, capfd: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    code = main(["--root", str(root), "check", "--format", "json"])
    return code, json.loads(capfd.readouterr().out)["diagnostics"]


def lay(root: Path, content: bytes) -> None:
    (root / "postmortems").mkdir(parents=True)
    (root / "postmortems" / "x.md").write_bytes(content)


def test_each_input_has_a_name_of_its_own() -> None:
    names = [entry.name for entry in INPUTS]
    assert len(names) == len(set(names))
    assert sum(bool(entry.rule) for entry in INPUTS) >= 150


@pytest.mark.parametrize("entry", INPUTS, ids=lambda entry: f"{entry.theme}: {entry.name}")
def test_content_gives_its_finding_or_none(entry: Input, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, entry.content)
    code, diagnostics = check(tmp_path, capfd)
    errors = [d for d in diagnostics if d["severity"] == "error"]
    assert code == (1 if entry.rule else 0), errors[:5]
    if entry.rule:
        there = [
            d for d in diagnostics if d["rule"] == entry.rule and d["line"] in (entry.line, entry.line or d["line"])
        ]
        assert any(entry.message in str(d["message"]) for d in there), diagnostics[:5]


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")
def test_nothing_needs_more_than_300_megabytes(tmp_path: Path) -> None:
    for number, entry in enumerate(INPUTS):
        lay(tmp_path / str(number), entry.content)
    roots = [str(tmp_path / str(number)) for number in range(len(INPUTS))]
    # The seconds are a net for a hang, not a measure; benchmarks/hostile.py measures.
    command = [sys.executable, "-c", ONE_BY_ONE, "300", "20", *roots]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    codes = [int(line.split()[0]) for line in result.stdout.splitlines()]
    wrong = [(e.name, c) for e, c in zip(INPUTS, codes, strict=True) if c != (1 if e.rule else 0)]
    assert wrong == []
    assert "Traceback" not in result.stderr


def test_what_is_no_file_is_a_finding(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "postmortems"
    (folder / "x.md").mkdir(parents=True)
    os.mkfifo(folder / "pipe.md")
    (folder / "gone.md").symlink_to(folder / "nothing")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "a.md").symlink_to(folder / "b.md")
    (folder / "b.md").symlink_to(folder / "a.md")
    (tmp_path.parent / "outside.md").write_text(DRAFT, encoding="utf-8")
    (folder / "out.md").symlink_to(tmp_path.parent / "outside.md")
    (folder / "far.md").symlink_to("../../outside.md")
    (folder / "device.md").symlink_to("/dev/zero")
    (folder / "folder.md").symlink_to(folder)
    code, diagnostics = check(tmp_path, capfd)
    assert code == 1
    names = ("x", "pipe", "gone", "loop", "a", "b", "out", "far", "device", "folder")
    assert {(d["path"], d["rule"]) for d in diagnostics} == {(f"postmortems/{name}.md", "filename") for name in names}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["check", "postmortems/loop.md"], 1, "This is not a file, though its name ends in `.md`"),
        (["check", "loop.md"], 2, "`loop.md` is not below"),
        (["check", "loop.md/x.md"], 2, "there is no file or folder `loop.md/x.md`"),
        (["export", "loop.md"], 2, "`loop.md` cannot be written"),
        (["export", "loop.md/x"], 2, "cannot be written"),
        (["export", "--format", "markdown", "out"], 2, "`out/docs` cannot be written"),
        (["build", "--site-dir", "loop.md"], 2, "the site cannot be written"),
        (["similar", "postmortems/pipe.md"], 2, "`postmortems/pipe.md` cannot be read: it is no file"),
    ],
)
def test_a_command_that_is_given_what_is_no_file_ends_with_a_line(
    words: list[str], code: int, told: str, tmp_path: Path
) -> None:
    (tmp_path / "postmortems").mkdir()
    os.mkfifo(tmp_path / "postmortems" / "pipe.md")
    for folder in (tmp_path, tmp_path / "postmortems"):
        (folder / "loop.md").symlink_to("loop.md")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".postmortem-export").write_bytes(b"")
    (tmp_path / "out" / "docs").symlink_to("docs")
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: {name: material}\nplugins: [postmortems]\n")
    command = [sys.executable, "-m", "postmortem_kb.cli", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert told in done.stdout + done.stderr


def test_a_configuration_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    os.mkfifo(tmp_path / "postmortem.toml")
    command = [sys.executable, "-m", "postmortem_kb.cli", "check"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "postmortem: postmortem.toml: cannot be read: it is no file\n")


def test_a_link_inside_the_repository_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "text.txt").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "postmortems" / "x.md").symlink_to("../text.txt")
    assert check(tmp_path, capfd)[0] == 0


def test_a_folder_behind_a_link_is_not_followed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "loop").symlink_to(tmp_path / "postmortems")
    (tmp_path / "postmortems" / "etc").symlink_to("/etc")
    assert check(tmp_path, capfd) == (0, [])


@pytest.fixture
def others() -> Iterator[Path]:
    """A folder of somebody else; for root, who may read everything, the test runs as nobody from the first check on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        if os.getuid() == 0:
            os.seteuid(0)
        for path in folder.rglob("*"):
            path.chmod(0o755)


@pytest.mark.parametrize("path", ["x.md", "team"], ids=["a file", "a folder"])
def test_what_may_not_be_read_is_a_finding(path: str, others: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lay(others, DRAFT.encode())
    (others / "postmortems" / "team").mkdir()
    (others / "postmortems" / "team" / "y.md").write_text(DRAFT.replace("id: x", "id: y"), encoding="utf-8")
    assert check(others, capfd)[0] == 0
    (others / "postmortems" / path).chmod(0o444 if path == "team" else 0)
    if os.getuid() == 0:
        os.seteuid(65534)
    code, diagnostics = check(others, capfd)
    file = f"postmortems/{path}" if path.endswith(".md") else f"postmortems/{path}/y.md"
    assert code == 1
    assert ("encoding", file) in [(d["rule"], d["path"]) for d in diagnostics]


def test_a_picture_behind_a_link_out_of_the_repository_is_not_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, DRAFT.encode() + b"\n![a](a.png) ![b](b.png) ![c](c.png)\n")
    (tmp_path / "postmortems" / "a.png").symlink_to("/etc/passwd")
    (tmp_path / "postmortems" / "b.png").symlink_to("b.png")
    os.mkfifo(tmp_path / "postmortems" / "c.png")
    _, diagnostics = check(tmp_path, capfd)
    assert [d["rule"] for d in diagnostics if d["severity"] == "error"] == ["broken-link"] * 3


@pytest.mark.parametrize(
    ("first", "second"),
    [("Case", "case"), ("stra\N{LATIN SMALL LETTER SHARP S}e", "strasse"), ("caf\u00e9", "cafe\u0301")],
    ids=["capitals", "letters that fold", "Unicode forms"],
)
def test_names_that_differ_in_nothing_visible_are_one_id(
    first: str, second: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    for name in (first, second):
        file = tmp_path / "postmortems" / f"{name}.md"
        if file.exists():
            pytest.skip("this disk holds them for one name")
        file.write_text(DRAFT.replace("id: x", f"id: {name}"), encoding="utf-8")
    code, diagnostics = check(tmp_path, capfd)
    assert code == 1
    assert {d["path"] for d in diagnostics if d["rule"] == "duplicate-id"} == {
        f"postmortems/{name}.md" for name in (first, second)
    }


@pytest.mark.parametrize(
    ("format_", "told"),
    [
        ("text", "postmortems/\N{REPLACEMENT CHARACTER}.md:1:1: error"),
        ("json", '"path": "postmortems/\\\\xff.md"'),
        ("gitlab", '"path": "postmortems/\\\\xff.md"'),
        ("rdjson", '"path": "postmortems/\\\\xff.md"'),
        ("github", "::error file=postmortems/\\xff.md,"),
    ],
)
def test_names_that_are_not_utf_8_are_reported(
    format_: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "postmortems") + b"/\xff.md")).write_bytes(b"")
    assert main(["--root", str(tmp_path), "check", "--format", format_]) == 1
    assert told in capfd.readouterr().out


def test_a_name_as_long_as_a_name_can_be_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    name = "a" * 252
    (tmp_path / "postmortems" / f"{name}.md").write_text(DRAFT.replace("id: x", f"id: {name}"), encoding="utf-8")
    code, diagnostics = check(tmp_path, capfd)
    assert (code, [d["rule"] for d in diagnostics if d["severity"] == "error"]) == (1, ["schema"])


def test_a_folder_as_deep_as_a_path_can_be_is_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "postmortems" / "/".join(["a" * 100] * 30)
    folder.mkdir(parents=True)
    (folder / "x.md").write_text(DRAFT, encoding="utf-8")
    assert check(tmp_path, capfd)[0] == 0


def test_a_name_cannot_move_the_cursor_of_a_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "\x1b[2J\u202e\r.md").write_text("", encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    printed = capfd.readouterr().out
    assert not {"\x1b", "\u202e", "\r"} & set(printed)


def test_text_cannot_forge_an_annotation(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    name = "a,line=1::error::b%0A\n::add-mask::c"
    (tmp_path / "postmortems" / f"{name}.md").write_text(
        DRAFT.replace("id: x", 'id: "x\\n::error::forged"'), encoding="utf-8"
    )
    assert main(["--root", str(tmp_path), "check", "--format", "github"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith(("::add-mask", "::error::"))] == []
    assert all(line.startswith(("::error file=", "::warning file=", "1 postmortem")) for line in lines)


@pytest.mark.parametrize("name", ["zero bytes", "binary bytes", "an open list", "a duplicate key", "a line of 5 MB"])
def test_the_program_ends_with_1_and_no_traceback(name: str, tmp_path: Path) -> None:
    entry = next(entry for entry in INPUTS if entry.name == name)
    lay(tmp_path, entry.content)
    command = [sys.executable, "-m", "postmortem_kb.cli", "check"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert entry.rule in result.stdout
    assert "Traceback" not in result.stderr
