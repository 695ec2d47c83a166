"""Which sentences look for somebody to blame, and which only tell what happened."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from postmortem_kb.blame import blame_in, phrases_in
from postmortem_kb.cli import main

ROOT = Path(__file__).parent.parent
DATA = tomllib.loads((ROOT / "tests" / "data" / "blameless.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("sentence", DATA["blameful"])
def test_a_blameful_sentence_is_found(sentence: str) -> None:
    assert list(blame_in(sentence, phrases_in(sentence), cause=False))


@pytest.mark.parametrize("sentence", DATA["harmless"])
def test_a_harmless_sentence_is_left_alone(sentence: str) -> None:
    assert [sentence[blame.start : blame.end] for blame in blame_in(sentence, phrases_in(sentence), cause=False)] == []


@pytest.mark.parametrize("sentence", DATA["cause"])
def test_human_error_ends_no_analysis(sentence: str) -> None:
    assert list(blame_in(sentence, phrases_in(sentence), cause=True))
    assert list(blame_in(sentence, phrases_in(sentence), cause=False)) == []


def test_the_incidents_of_this_repository_blame_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(ROOT), "check", "--select", "blameless-language"])
    assert "all good" in capsys.readouterr().out
