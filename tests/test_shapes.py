"""A value of another shape than its key asks for: a check tells of it, and pages are made of what can be shown."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from postmortem_kb.cli import main
from postmortem_kb.export.site import files
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.policy import default_policy

Run = Callable[..., subprocess.CompletedProcess[str]]
HEAD: dict[str, Any] = {
    "title": "Checkout was down",
    "status": "closed",
    "severity": "P2",
    "kind": "outage",
    "visibility": "public",
    "summary": "The pool was full.",
    "incidents": ["INC-1"],
    "services": ["checkout"],
    "data_assets": ["orders"],
    "tags": ["dns"],
    "timezone": "Europe/Berlin",
    "timestamps": {"started": "2026-03-04T09:00:00Z", "detected": "2026-03-04T09:05:00Z", "resolved": "2026-03-04T10:00:00Z"},
    "detection": {"source": "alert", "alert": "PoolFull"},
    "roles": {"author": "@maria", "facilitator": "@joe", "responders": ["@ann"]},
    "sign_offs": [{"by": "@joe", "role": "facilitator", "on": "2026-03-06"}],
    "published": "2026-03-07",
    "impact": {"customers": "All of them", "downtime_minutes": 60, "downstream": ["billing"], "data_loss": "None"},
    "root_causes": [
        {"id": "RC1", "category": "capacity", "statement": "The pool was small.", "evidence": ["a.md"],
         "accepted_risk": {"reason": "Rare", "by": "@joe", "until": "2027-01-01"}}
    ],
    "contributing_factors": [{"id": "CF1", "kind": "process", "latent": True, "statement": "Nobody looked.", "evidence": ["b.md"]}],
    "action_items": [
        {"id": "A1", "action": "Widen the pool", "type": "prevent", "owner": "@ann", "priority": "P1", "status": "done",
         "due": "2026-03-20", "completed": "2026-03-19", "ticket": "OPS-1", "addresses": ["RC1"], "evidence": ["c.md"],
         "success_criteria": "Wide", "verification": {"how": "Load test", "on": "2026-03-21", "result": "Passed"}},
        {"id": "A2", "action": "Look", "type": "detect", "owner": "@ann", "priority": "P2", "status": "cancelled", "reason": "No"},
    ],
    "related": [{"id": "i1", "relation": "similar", "note": "As then"}],
    "links": [{"title": "Chat", "url": "https://example.com", "kind": "chat"}],
    "briefs": {"executive": "All is well."},
    "suppress": [{"rule": "deadline", "key": "kind", "reason": "For once it is known."}],
}  # fmt: skip
SCHEMAS = Path(__file__).parent.parent / "schema" / "postmortem_schema"
GONE = object()
SHAPES = (GONE, None, "", "x", 1.5, True, [], ["x"], [None], [[]], [{}], {}, {"x": "y"})
TODAY = date(2026, 6, 1)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value inside one."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield (*path, key)
        yield from places(held, (*path, key))


def written(folder: Path, number: int, head: dict[str, Any]) -> None:
    # JSON is YAML.
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in {"id": f"i{number}", **head}.items())
    text = f"---\n{''.join(lines)}---\n\n## Timeline\n\n| Time | Event |\n| --- | --- |\n| 09:00 | Full |\n"
    (folder / "postmortems" / f"i{number}.md").write_text(text, encoding="utf-8")


def changed(path: tuple[str | int, ...], shape: Any) -> dict[str, Any]:
    """The frontmatter with another value at a path."""
    head = deepcopy(HEAD)
    holder: Any = head
    for step in path[:-1]:
        holder = holder[step]
    if shape is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = shape
    return head


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for each value and each shape."""
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "postmortems").mkdir()
    heads = [HEAD, *(changed(path, shape) for path, shape in product(places(HEAD), SHAPES))]
    for number, head in enumerate(heads):
        written(folder, number, head)
    return folder


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_pages_and_data_are_made_of_what_can_be_shown(audience: str, base: Path) -> None:
    knowledge = read_knowledge(base, default_policy(), TODAY, audience=audience)
    assert len(knowledge.postmortems) > 100 < len(knowledge.left_out)
    assert all(page.make().html for page in all_pages(knowledge))
    assert all("".join(make()) for make in files(knowledge).values())


@pytest.mark.parametrize("command", ["check", "actions", "stats"])
def test_commands_end_with_what_they_found(command: str, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), command, "--format", "json"]) == (1 if command == "check" else 0)
    assert json.loads(capsys.readouterr().out)


def test_each_fault_is_told_once(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(base), "check", "--select", "schema", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    told = [(d["path"], d["line"], d["column"], d["message"]) for d in found]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("right_before", [True, False])
def test_a_change_from_one_shape_to_another_is_checked(
    right_before: bool, tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [tmp_path / "changed", tmp_path / "right"]
    for folder in states:
        (folder / "postmortems").mkdir(parents=True)
    for number, (path, shape) in enumerate(product(places(HEAD), ([[]], {"x": "y"}, None))):
        written(states[0], number, changed(path, shape))
        written(states[1], number, HEAD)
    before, after = reversed(states) if right_before else states
    shutil.copytree(before / "postmortems", tmp_path / "base" / "postmortems")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        run(["git", *command], tmp_path / "base")
    shutil.copytree(after / "postmortems", tmp_path / "base" / "postmortems", dirs_exist_ok=True)
    main(["--root", str(tmp_path / "base"), "check", "--since", "HEAD", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["diagnostics"]


def test_the_check_and_the_published_schema_say_yes_and_no_to_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What an editor underlines is what a check reports, up to the length of each text and list."""
    schema = json.loads((SCHEMAS / "postmortem.schema.json").read_text(encoding="utf-8"))
    editor = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    lengths = ["a" * length for limit in (100, 200, 600, 2_000, 5_000) for length in (limit, limit + 1)]
    shapes = (GONE, None, "x y", "@x", 1, -1, True, ["x", "x"], [{}], {"x-a": 1}, "2026-02-30", "P2 ", *lengths)
    (tmp_path / "postmortems").mkdir()
    heads = [HEAD, *(changed(path, shape) for path, shape in product(places(HEAD), shapes))]
    for number, head in enumerate(heads):
        written(tmp_path, number, head)
    main(["--root", str(tmp_path), "check", "--select", "schema", "--select", "unknown-key", "--format", "json"])
    told = {Path(d["path"]).stem for d in json.loads(capsys.readouterr().out)["diagnostics"]}
    refused = {f"i{number}" for number, head in enumerate(heads) if not editor.is_valid({"id": f"i{number}", **head})}
    assert told == refused
    assert len(heads) > len(told) + 100 > 200
