"""The action items of all postmortems, for people and for programs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main
from postmortem_kb.export.data import files
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.policy import read_policy

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "schema" / "postmortem_schema"
FILE = """---
id: {id}
title: Checkout was down
status: reviewed
severity: P3
services: [{service}]
timestamps:
  started: 2026-03-04T09:00:00Z
  resolved: 2026-03-04T10:00:00Z
published: 2026-03-06
roles:
  author: "@maria"
action_items:
  - {{id: A1, action: "=1+1 size the pool", type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-03-20, x-sprint: 7}}
  - {{id: A2, action: Alert on it, type: detect, owner: "@Kim", priority: P0, status: in-progress, due: 2026-05-01}}
  - {{id: A3, action: Page sooner, type: detect, owner: "@kim", priority: P2, status: done, completed: 2026-03-10}}
---
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    for id, service in (("a", "checkout"), ("b", "search")):
        (tmp_path / "postmortems" / f"{id}.md").write_text(FILE.format(id=id, service=service), encoding="utf-8")
    return tmp_path


def listed(base: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    assert main(["--root", str(base), "actions", "--format", "json", "--as-of", "2026-04-01", *options]) == 0
    report = json.loads(capsys.readouterr().out)
    schema = json.loads((SCHEMAS / "actions.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(report)
    return [f"{action['incident']} {action['id']}{' late' * action['overdue']}" for action in report["actions"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["a A1 late", "b A1 late", "a A2", "b A2", "a A3", "b A3"]),
        (["--open"], ["a A1 late", "b A1 late", "a A2", "b A2"]),
        (["--overdue"], ["a A1 late", "b A1 late"]),
        (["--owner", "kim"], ["a A2", "b A2", "a A3", "b A3"]),
        (["--owner", "@maria", "--service", "search"], ["b A1 late"]),
        (["--owner", "@maria", "--service", "Search"], ["b A1 late"]),
        (["--type", "detect", "--type", "prevent", "--service", "checkout", "--open"], ["a A1 late", "a A2"]),
        (["--as-of", "2026-06-01", "--overdue"], ["a A1 late", "b A1 late", "a A2 late", "b A2 late"]),
        (["--owner", "nobody"], []),
    ],
)
def test_filters_leave_what_they_say(
    options: list[str], expected: list[str], base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(base, capsys, *options) == expected


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--owner", "mari"], "--owner: nobody named `mari` owns an action item. Was `@maria` meant?"),
        (["--owner", "@x", "--owner", "KIM"], "--owner: nobody named `@x` owns an action item."),
        (["--service", "chekout"], "--service: no postmortem names a service `chekout`. Was `checkout` meant?"),
        (["--owner", "@kim", "--service", "search"], ""),
        (["--service", "Search"], ""),
    ],
)
def test_a_name_that_nobody_has_is_told_of(
    options: list[str], told: str, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(base), "actions", *options]) == 0
    assert capsys.readouterr().err.strip() == told


def test_an_unknown_type_is_wrong_use(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "actions", "--type", "prevnt", "--type", "detect"]) == 2
    told = "--type: `prevnt` is none of prevent, detect, mitigate, process. Was `prevent` meant?"
    assert capsys.readouterr().err.strip() == f"postmortem: {told}"
    (base / "postmortem.toml").write_text('[words]\naction_type = ["learn"]\n', encoding="utf-8")
    assert main(["--root", str(base), "actions", "--type", "learn"]) == 0


def test_the_text_says_what_is_late(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(base), "actions", "--as-of", "2026-04-01"])
    printed = capsys.readouterr().out
    assert "a A1  P1 prevent  @maria  overdue since 2026-03-20" in printed
    assert printed.splitlines()[-1] == "6 action items: 4 open, 2 overdue."


def test_a_spreadsheet_gets_no_formulas(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(base), "actions", "--as-of", "2026-04-01", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["action"] == "'=1+1 size the pool"
    assert rows[0]["owner"] == "'@maria"
    assert [row["due"] for row in rows[:3]] == ["2026-03-20", "2026-03-20", "2026-05-01"]


def test_a_file_that_cannot_be_read_is_named(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (base / "postmortems" / "c.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    assert main(["--root", str(base), "actions"]) == 0
    assert "postmortems/c.md is left out" in capsys.readouterr().err


@pytest.mark.parametrize("root", [ROOT, None], ids=["this repository", "a small one"])
def test_what_the_site_publishes_follows_its_schemas(root: Path | None, base: Path) -> None:
    policy = read_policy(root or base)
    knowledge = read_knowledge(root or base, policy, dt.date(2026, 4, 1))
    published = files(knowledge)
    for name in ("incidents", "actions", "related"):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        data = json.loads("".join(published[f"api/{name}.json"]()))
        assert [error.json_path for error in Draft202012Validator(schema).iter_errors(data)] == []
        assert data[name]
    Draft202012Validator.check_schema(json.loads("".join(published["api/schema.json"]())))


def test_times_are_computed_and_keys_of_one_s_own_stay_at_home(base: Path) -> None:
    knowledge = read_knowledge(base, read_policy(base), dt.date(2026, 4, 1))
    incident = json.loads("".join(files(knowledge)["api/incidents.json"]()))["incidents"][0]
    assert incident["times"] == {"ttr_minutes": 60.0, "downtime_minutes": 60.0, "publish_days": 2}
    assert "x-sprint" not in incident["action_items"][0]


@pytest.mark.parametrize("command", [["actions"], ["similar", "--text", "Checkout was down, the pool was full"]])
def test_no_text_of_an_action_moves_the_cursor(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    text = FILE.format(id="a", service="checkout").replace("=1+1 size", "\\e]0;x\\a\\e[2J\\u202e size\\x9b")
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    assert main(["--root", str(tmp_path), *command]) == 0
    printed = capsys.readouterr().out
    assert "size\ufffd the pool" in printed
    assert [c for c in printed if not c.isprintable() and c != "\n"] == []
