"""What `explain` prints is what the site's reference shows."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import rules
from postmortem_kb.policy import default_policy
from postmortem_kb.rules import RULES


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    knowledge = read_knowledge(tmp_path_factory.mktemp("base"), default_policy(), dt.date(2026, 3, 4))
    return {page.path: page.make().html for page in rules.pages(knowledge)}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def of_page(html: str) -> list[str]:
    html = re.sub(r"<nav.*?</nav>|<p class=\"pm-meta\">.*?</p>", "", html, flags=re.DOTALL)
    return words(unescape(re.sub(r"<[^>]+>", " ", html)))


def of_markdown(text: str) -> list[str]:
    """The words of a Markdown text: the addresses of links are no words, unless they stand in code."""
    parts = re.split(r"^```.*\n", text, flags=re.MULTILINE)
    prose = [re.sub(r"\]\(\S+\)", "", part) if number % 2 == 0 else part for number, part in enumerate(parts)]
    return words(" ".join(prose))


@pytest.mark.parametrize("name", [rule.NAME for rule in RULES])
def test_a_rule_is_explained_in_the_same_words(
    name: str, shown: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", name]) == 0
    assert of_page(shown[f"reference/rules/{name}/"]) == of_markdown(capsys.readouterr().out)


def test_the_policy_is_explained_in_the_same_words(
    shown: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    assert main(["--root", str(tmp_path), "explain", "--policy"]) == 0
    printed = of_markdown(capsys.readouterr().out)
    assert {"resolved", "90", "miss"} <= set(printed)
    assert of_page(shown["reference/policy/"])[-len(printed) :] == printed


def test_the_policy_that_is_explained_is_that_of_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortem.toml").write_text(
        "[severities]\nP1 = 'SEV1'\n[requires.ours]\nseverity = ['P4']\nkeys = ['impact.financial']\n[triggers]\nwhen = ['Every storm.']\n",
        encoding="utf-8",
    )
    assert main(["--root", str(tmp_path), "explain", "--policy"]) == 0
    printed = capsys.readouterr().out
    assert "SEV1" in printed
    assert "impact.financial" in printed
    assert "- Every storm." in printed


def test_a_status_of_ones_own_needs_what_the_contract_asks_of_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortem.toml").write_text("[words]\nstatus = ['in-review']\n", encoding="utf-8")
    assert main(["--root", str(tmp_path), "explain", "--policy"]) == 0
    rows = [re.split(r" *\| *", line) for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    assert rows[0][-2] == "in-review"
    asked = [row[1] for row in rows if row[-2] == "yes"]
    assert asked == [
        "key `id`",
        "key `title`",
        "key `status`",
        "key `severity`",
        "key `roles.author`",
        "key `timestamps`",
    ]


def test_without_a_rule_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [rule.NAME for rule in RULES]


def test_an_unknown_rule_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "timeline-oder"]) == 2
    assert "did you mean `timeline-order`?" in capsys.readouterr().err


def test_a_rule_that_is_near_to_none_gets_the_way_to_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    for words in (["explain", "xyzzy"], ["check", "--select", "xyzzy"], ["check", "--ignore", "xyzzy"]):
        assert main(["--root", str(tmp_path), *words]) == 2
        assert "`xyzzy`; `postmortem explain` lists all rules" in capsys.readouterr().err


def test_a_key_that_allows_less_than_other_texts_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "summary"]) == 0
    assert set(re.findall(r"at most ([0-9,]+) characters", capsys.readouterr().out)) == {"600"}


def test_a_key_without_the_block_that_holds_it_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "started"]) == 2
    assert "did you mean `timestamps.started`?" in capsys.readouterr().err


def test_severities_are_called_in_the_triggers_as_the_repository_calls_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortem.toml").write_text("[severities]\nP1 = 'SEV1'\n", encoding="utf-8")
    assert main(["--root", str(tmp_path), "explain", "--policy"]) == 0
    assert "- Every SEV1 and P2." in capsys.readouterr().out
