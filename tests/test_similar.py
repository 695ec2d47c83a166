"""`postmortem similar`: what is found, why, what is kept, and what no input may do to it."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main
from postmortem_kb.published import published

Run = Callable[..., subprocess.CompletedProcess[str]]
Write = Callable[..., Path]
Similar = Callable[..., list[dict[str, Any]]]

TEMPLATE = """\
---
id: {id}
title: {title}
status: reviewed
severity: P3
summary: {summary}
services: [{services}]
timestamps:
  started: {started}
roles:
  author: "@maria"
root_causes:
  - {{id: RC1, category: {category}, statement: {cause}}}
action_items:
  - {{id: A1, action: Alert on the lag, type: detect, owner: "@kim", priority: P1, status: todo}}
  - {{id: A2, action: Test the failover, type: prevent, owner: "@ada", priority: P1, status: done, completed: 2025-01-05}}
{more}---

## What Happened

{story}
"""
LAG = {
    "title": "Replica lag after a failover showed stale reads",
    "summary": "After a failover the replica lagged by minutes, and customers read stale invoices.",
    "services": "billing-db",
    "category": "capacity",
    "cause": "The replica was half the size of the primary.",
    "story": "The failover promoted a replica. Its own replica lagged, because replication is single-threaded.",
}
CERTIFICATE = {
    "title": "An expired certificate locked everybody out of the gateway",
    "summary": "The certificate of the gateway expired at midnight.",
    "services": "gateway",
    "category": "process-gap",
    "cause": "Nobody was reminded of the renewal of the certificate.",
    "story": "Browsers refused the gateway. The renewal had been done by hand every year.",
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTMORTEM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "base" / "postmortems").mkdir(parents=True)
    return tmp_path / "base"


@pytest.fixture
def write(base: Path) -> Write:
    def write_(id: str, told: dict[str, str] = LAG, *, more: str = "", **changed: str) -> Path:
        file = base / "postmortems" / f"{id}.md"
        values = {"started": "2025-01-01T09:00:00Z", **told, **changed}
        file.write_text(TEMPLATE.format(id=id, more=more, **values), encoding="utf-8")
        return file

    return write_


@pytest.fixture
def similar(base: Path, capsys: pytest.CaptureFixture[str]) -> Similar:
    """Runs the command; gives what it finds."""

    def ask(*arguments: str | Path) -> list[dict[str, Any]]:
        assert main(["--root", str(base), "similar", "--format", "json", *map(str, arguments)]) == 0
        printed = json.loads(capsys.readouterr().out)
        schema = Draft202012Validator(json.loads(published("similar.schema.json")))
        assert [error.message for error in schema.iter_errors(printed)] == []
        found: list[dict[str, Any]] = printed["similar"]
        return found

    return ask


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in found]


def test_a_sibling_is_found_with_reasons_in_its_own_words_and_its_open_actions(write: Write, similar: Similar) -> None:
    told = {**LAG, "category": "configuration-error"}
    write("lag", told)
    write("certificate", CERTIFICATE)
    draft = write(
        "again", told, title="Stale reads again, for the replicas were lagging", story="A failover, then lag."
    )
    (found,) = similar(draft)
    assert (found["id"], found["title"], found["path"]) == ("lag", LAG["title"], "postmortems/lag.md")
    service, both, *others = found["reasons"]
    assert service == "same service billing-db"
    assert "same cause: configuration error" in others
    words = both.removeprefix("both: ").split(", ")
    assert 2 <= len(words) <= 4
    story = " ".join(LAG.values()).casefold()
    assert [word for word in words if word.casefold() not in story] == []
    assert found["open_actions"] == [{"id": "A1", "action": "Alert on the lag", "owner": "@kim"}]
    assert 0 < found["score"] < 1


def test_a_text_finds_what_it_names_and_tells(write: Write, similar: Similar) -> None:
    write("lag")
    write("certificate", CERTIFICATE)
    assert ids(similar("--text", "ALERT replica lag 312 s, reads may be stale")) == ["lag"]
    (named,) = similar("--text", "what was it last time with billing-db?")
    assert named["reasons"][0] == "same service billing-db"


def test_what_has_nothing_in_common_has_no_neighbours(write: Write, similar: Similar) -> None:
    write("lag")
    write("certificate", CERTIFICATE)
    assert similar("--text", "the coffee machine leaks") == []
    assert similar("--text", "") == []
    # Words of the template and of grammar bring nobody together.
    assert similar("--text", "What happened in this incident? The root cause was that it went wrong.") == []


def test_an_empty_text_is_told_of(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "similar", "--text", " "]) == 0
    assert capsys.readouterr().err == "There is nothing to compare: the text is empty.\n"


def test_standard_input_is_read_and_text_is_printed_for_a_chat(
    write: Write, base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write("lag")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"replica lag \xff after failover")))
    assert main(["--root", str(base), "similar", "-"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("lag  ")
    assert lines[1:] == [f"  {LAG['title']}", lines[2], "  open: A1 Alert on the lag  @kim"]


@pytest.mark.parametrize("count", [0, 1])
def test_a_catalog_with_nothing_else_in_it_answers(count: int, write: Write, base: Path, similar: Similar) -> None:
    file = base / "draft.md"
    for _ in range(count):
        file = write("lag")
    if not count:
        file.write_text("Replica lag after a failover.", encoding="utf-8")
    assert similar(file) == []


def test_identical_documents_are_the_same_and_in_the_order_of_their_ids(write: Write, similar: Similar) -> None:
    for id in ("c", "a", "b", "d"):
        write(id)
    found = similar(write("b"))
    assert ids(found) == ["a", "c", "d"]
    assert {entry["score"] for entry in found} == {1.0}


@pytest.mark.parametrize(
    ("told", "asked", "word"),
    [
        ("データベースの複製が遅延した", "複製の遅延でデータベースが古い", "データベース"),
        ("数据库主从复制延迟导致读取旧数据", "主从复制延迟", "复制"),
        ("데이터베이스 복제 지연으로 오래된 데이터", "복제 지연", "복제"),
        ("Репликация базы данных отстала на час", "база данных: репликация отстала", "Репликация"),
        ("Der Datenbankausfall verzögerte die Rechnungen", "Datenbankausfall, Rechnungen fehlen", "Datenbankausfall"),
        ("Le certificat a expiré pendant la nuit", "certificat expiré", "certificat"),
    ],
)
def test_other_languages_are_compared_in_their_own_words(
    told: str, asked: str, word: str, write: Write, similar: Similar
) -> None:
    write("foreign", title=told, summary=told, cause=told, story=told)
    write("certificate", CERTIFICATE)
    write("lag")
    (first, *_) = similar("--text", asked)
    assert first["id"] == "foreign"
    assert word in " ".join(first["reasons"])


def test_a_german_compound_is_known_by_its_parts(write: Write, similar: Similar) -> None:
    write(
        "foreign",
        title="Ausfall der Datenbank im Rechenzentrum",
        summary="Kurz",
        cause="Strom",
        story="Kurz",
        services="x",
    )
    write("certificate", CERTIFICATE)
    (found,) = similar("--text", "Datenbankausfall")
    assert found["id"] == "foreign"


def test_logs_and_code_are_no_words(write: Write, similar: Similar) -> None:
    log = "".join(f"2025-01-01 09:00:{i % 60:02} ERROR certificate gateway renewal {i}\n" for i in range(35_000))
    assert len(log) > 1_500_000
    fenced = write("fenced", story=f"It broke.\n\n```text\n{log}```\n")
    bare = write("bare", story=f"It broke.\n\n{log}")
    write("certificate", CERTIFICATE)
    for file in (fenced, bare):
        told = " ".join(reason for entry in similar(file) for reason in entry["reasons"])
        assert not {"certificate", "gateway", "renewal"} & set(told.replace(",", "").split())


@pytest.mark.parametrize(
    "content",
    [
        b"---\nid: [\n---\n\nReplica lag after a failover of billing-db.\n",
        b"---\nid: broken\ntitle: {a: 1}\nservices: 5\nroot_causes: [x, {category: [1]}]\nrelated: [{id: 3}]\n---\nReplica lag.\n",
        b"\xff\xfe\x00 replica lag",
        b"",
        b"---\n",
    ],
)
def test_a_broken_file_is_compared_by_what_can_be_read(
    content: bytes, write: Write, base: Path, similar: Similar
) -> None:
    write("lag")
    broken = base / "postmortems" / "broken.md"
    broken.write_bytes(content)
    assert ids(similar(broken)) in (["lag"], [])
    assert ids(similar(base / "postmortems" / "lag.md")) in (["broken"], [])


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.md", "--text", "b"],
        ["missing.md"],
        ["."],
        ["--text", "a", "--format", "markdown"],
        ["--since", "HEAD", "--format", "json"],
        ["--since", "HEAD", "--format", "markdown"],
    ],
)
def test_wrong_use_is_said_in_a_line(
    arguments: list[str], base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(base)
    assert main(["--root", str(base), "similar", *arguments]) == 2
    assert capsys.readouterr().err.startswith("postmortem: ")


def test_the_answer_is_the_same_cold_warm_and_without_a_cache(
    write: Write, cache: Path, similar: Similar, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        write(f"lag-{number}", story=f"{LAG['story']} {'Invoices waited. ' * number}")
    draft = write("draft", CERTIFICATE, services="billing-db")
    cold = similar(draft)
    warm = similar(draft)
    (shelf,) = cache.glob("*.profiles.sqlite")
    write("lag-3", CERTIFICATE)
    edited = similar(draft)
    shelf.unlink()
    again = similar(draft)
    monkeypatch.setenv("POSTMORTEM_CACHE", "")
    assert cold == warm
    assert again == edited == similar(draft) != cold
    assert not shelf.parent.joinpath("none").exists()


def test_only_what_changed_is_read_again(write: Write, cache: Path, similar: Similar) -> None:
    write("lag")
    other = write("certificate", CERTIFICATE)
    similar("--text", "lag")
    (shelf,) = cache.glob("*.profiles.sqlite")
    with sqlite3.connect(shelf) as database:
        database.execute("UPDATE profiles SET spelling = replace(spelling, 'replica', 'REPLICA')")
    other.write_text(other.read_text(encoding="utf-8").replace("midnight", "noon"), encoding="utf-8")
    (found,) = similar("--text", "replica lag")
    # What was kept is used; the file that changed is kept anew.
    assert "REPLICA" in " ".join(found["reasons"])
    with sqlite3.connect(shelf) as database:
        ((spelling,),) = database.execute("SELECT spelling FROM profiles WHERE id = 'certificate'").fetchall()
    assert "noon" in spelling.split("\n")


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"no database at all"),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: _run(file, "UPDATE profiles SET terms = x'00', told = 'x'"),
        lambda file: _run(file, "UPDATE profiles SET told = x'0000'"),
        lambda file: _run(file, "UPDATE derived SET found = x'00'"),
        lambda file: _run(file, "DROP TABLE profiles; CREATE TABLE profiles (a)"),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_a_damaged_cache_changes_nothing(
    damage: Callable[[Path], object], write: Write, cache: Path, similar: Similar
) -> None:
    draft = write("lag")
    write("again", title="Lag again")
    before = similar(draft)
    (shelf,) = cache.glob("*.profiles.sqlite")
    damage(shelf)
    assert similar(draft) == before != []
    assert similar(draft) == before
    if shelf.is_file():
        with sqlite3.connect(shelf) as database:
            assert len(database.execute("SELECT path FROM profiles").fetchall()) == 2


def _run(file: Path, script: str) -> None:
    with sqlite3.connect(file) as database:
        database.executescript(script)


def test_a_written_relation_comes_first_and_a_chain_counts(write: Write, similar: Similar) -> None:
    relation = "related:\n  - {{id: {}, relation: recurrence-of}}\n".format
    write("first", CERTIFICATE, services="a", title="Something else")
    write("second", LAG, services="b", more=relation("first"))
    write("third", CERTIFICATE, services="c", more=relation("second"))
    reasons = {
        entry["id"]: entry["reasons"][0]
        for entry in similar(write("third", CERTIFICATE, services="c", more=relation("second")))
    }
    assert reasons["second"] == "written down as recurrence-of"
    assert reasons["first"] == "in one chain of written relations"
    second = similar(write("second", LAG, services="b", more=relation("first")))
    assert {entry["id"]: entry["reasons"][0] for entry in second} == {
        "first": "written down as recurrence-of",
        "third": "written down as recurred-as",
    }


@pytest.mark.parametrize(("count", "told"), [(100, "in one chain of written relations"), (101, "same service gateway")])
def test_what_keeps_coming_back_is_no_chain_past_a_hundred(
    count: int, told: str, write: Write, similar: Similar
) -> None:
    relation = "related:\n  - {{id: p{}, relation: recurrence-of}}\n".format
    for number in range(count):
        file = write(f"p{number}", CERTIFICATE, more=relation(number - 1) if number else "")
    reasons = {entry["id"]: entry["reasons"][0] for entry in similar(file, "-n", "100")}
    assert reasons.pop(f"p{count - 2}") == "written down as recurrence-of"
    assert set(reasons.values()) == {told}


def test_a_command_that_compares_nothing_loads_nothing_of_it(run: Run, base: Path) -> None:
    code = "import sys\nfrom postmortem_kb.cli import main\nmain(['check'])\nprint('|'.join(sys.modules))"
    loaded = set(run([sys.executable, "-I", "-c", code], base).stdout.splitlines()[-1].split("|"))
    assert not {name for name in loaded if name.startswith("postmortem_kb.insight")}
    assert loaded.isdisjoint({"numpy", "scipy", "sklearn", "sqlite3"})
