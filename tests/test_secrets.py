"""Secrets are found, harmless lines are not, and no report repeats one."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.report import FORMATS
from postmortem_kb.secrets import secrets_in

DATA = tomllib.loads((Path(__file__).parent / "data" / "secrets.toml").read_text(encoding="utf-8"))
DRAFT = """---
id: a
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---

## Appendix

```text
{line}
```
"""


def spoken(line: str) -> str:
    return line.replace("~", "")


@pytest.mark.parametrize("line", DATA["secrets"])
def test_a_secret_is_found_where_it_stands(line: str) -> None:
    found = list(secrets_in(spoken(line)))
    assert found, "nothing was found"
    assert any(secret.start <= line.index("~") <= secret.end for secret in found)


@pytest.mark.parametrize("line", DATA["harmless"])
def test_a_harmless_line_is_left_alone(line: str) -> None:
    assert [line[secret.start : secret.end] for secret in secrets_in(line)] == []


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_repeats_a_secret(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    parts = set()
    for number, line in enumerate(DATA["secrets"]):
        text = spoken(line)
        for secret in secrets_in(text):
            value = text[secret.start : secret.end].removeprefix("https://")
            if "PRIVATE KEY" not in value:
                parts |= {value[i : i + 6] for i in range(len(value) - 5)}
        text = DRAFT.format(line=text).replace("id: a", f"id: a{number}")
        (tmp_path / "postmortems" / f"a{number}.md").write_text(text, encoding="utf-8")
    assert main(["--root", str(tmp_path), "check", "--select", "secret", "--format", name]) == 1
    printed = re.sub(r"[0-9a-f]{64}", "", capsys.readouterr().out)
    assert "a secret" in printed or "This looks like" in printed
    assert [part for part in parts if part in printed and not part.isalpha()] == []


def test_a_line_may_say_that_its_secret_is_made_up(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    line = f"{spoken(DATA['secrets'][0])}  # pragma: allowlist secret"
    (tmp_path / "postmortems" / "a.md").write_text(DRAFT.format(line=line), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 0


def test_a_finding_ends_where_the_secret_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    password = "c0rrect-" + "h0rse"
    text = DRAFT.format(line=f"postgres://orders:{password}@db.example.net and db_password='{password}';")
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    main(["--root", str(tmp_path), "check", "--select", "secret", "--format", "json"])
    lines = text.splitlines()
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [lines[d["line"] - 1][d["column"] - 1 : d["end_column"] - 1] for d in found] == [password, password]
    assert all(d["line"] == d["end_line"] for d in found)


@pytest.mark.parametrize("place", ["## {}\n", "## Appendix\n\n```text\n{}\n```\n"])
def test_a_baseline_does_not_repeat_a_secret(place: str, tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    secret = spoken(DATA["secrets"][0]).split()[-1]
    text = DRAFT.partition("## Appendix")[0] + place.format(secret)
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    baseline = tmp_path / "baseline.json"
    main(["--root", str(tmp_path), "check", "--baseline", str(baseline), "--update-baseline"])
    written = baseline.read_text(encoding="utf-8")
    assert '"secret"' in written
    assert secret[4:] not in written


@pytest.mark.parametrize("name", FORMATS)
def test_no_other_rule_repeats_a_secret(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    secret = spoken(DATA["secrets"][0]).split()[-1]
    text = DRAFT.format(line="").replace("severity: P3", f"severity: {secret}") + f"\n![x]({secret}.png) <{secret}>\n"
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    assert main(["--root", str(tmp_path), "check", "--format", name]) == 1
    printed = capsys.readouterr().out
    assert "schema" in printed
    assert secret not in printed
