"""The labelled set in `benchmarks/relations/`: large enough, sound by the contract, and free of what would give its labels away."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from postmortem_kb.cli import main

ROOT = Path(__file__).parent.parent
SET = ROOT / "benchmarks" / "relations"
NEW = sorted((SET / "postmortems").glob("*.md"))
CATALOG = sorted(path for path in (ROOT / "postmortems").rglob("*.md") if path.stem[:4].isdigit())
GROUPS: list[dict[str, Any]] = tomllib.loads((SET / "labels.toml").read_text(encoding="utf-8"))["groups"]


def parts(path: Path) -> tuple[dict[str, Any], str]:
    _, frontmatter, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(frontmatter), body


def test_there_are_forty_documents_and_more_with_those_of_the_catalog() -> None:
    ids = [path.stem for path in NEW + CATALOG]

    assert len(ids) == len(set(ids))
    assert len(ids) >= 40
    assert len(NEW) >= 24


def test_there_are_twelve_groups_and_more_each_with_a_reason() -> None:
    assert len(GROUPS) >= 12
    assert len({group["name"] for group in GROUPS}) == len(GROUPS)
    for group in GROUPS:
        assert set(group) == {"name", "reason", "members"}
        assert len(group["members"]) >= 2, group["name"]
        assert len(set(group["members"])) == len(group["members"]), group["name"]
        assert group["reason"].endswith("."), group["name"]


def test_every_member_is_a_document() -> None:
    known = {path.stem for path in NEW + CATALOG}

    assert {member for group in GROUPS for member in group["members"]} <= known


def test_no_two_groups_say_the_same() -> None:
    members = [frozenset(group["members"]) for group in GROUPS]

    assert len(set(members)) == len(members)


def test_some_documents_stand_in_no_group() -> None:
    grouped = {member for group in GROUPS for member in group["members"]}

    assert len({path.stem for path in NEW + CATALOG} - grouped) >= 5


def test_the_check_finds_nothing_in_the_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(SET), "check", "--format", "json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["summary"] == {"files": len(NEW), "errors": 0, "warnings": 0}


@pytest.mark.parametrize("path", NEW, ids=lambda path: path.stem)
def test_a_document_is_a_short_draft_with_its_report_and_without_relations(path: Path) -> None:
    frontmatter, body = parts(path)

    assert frontmatter["status"] == "draft"
    assert "related" not in frontmatter
    assert any(link["kind"] == "report" for link in frontmatter["links"])
    assert 150 <= len(body.split()) <= 400


@pytest.mark.parametrize("path", NEW, ids=lambda path: path.stem)
def test_a_document_has_no_tags_which_whoever_labels_would_have_chosen(path: Path) -> None:
    frontmatter, _ = parts(path)

    assert "tags" not in frontmatter
