"""What a repository may ask for in its `postmortem.toml`, and what it is told when that makes no sense."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main

SCHEMAS = Path(__file__).parent.parent / "schema" / "postmortem_schema"
REVIEWED = """---
id: a
title: Checkout was down
status: reviewed
severity: {severity}
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
"""


def check(root: Path, policy: str, capsys: pytest.CaptureFixture[str], *, severity: str = "P3") -> tuple[int, str]:
    (root / "postmortems").mkdir()
    (root / "postmortems" / "a.md").write_text(REVIEWED.format(severity=severity), encoding="utf-8")
    (root / "postmortem.toml").write_text(policy, encoding="utf-8")
    code = main(["--root", str(root), "check", "--format", "json"])
    captured = capsys.readouterr()
    return code, captured.out or captured.err


def messages(report: str) -> list[str]:
    return [diagnostic["message"] for diagnostic in json.loads(report)["diagnostics"]]


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.schema.json")), ids=lambda file: file.name)
def test_a_schema_is_one(file: Path) -> None:
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_every_key_of_the_frontmatter_is_explained_to_an_editor() -> None:
    schema = json.loads((SCHEMAS / "postmortem.schema.json").read_text(encoding="utf-8"))
    bare = []

    def walk(node: object, path: str) -> None:
        if isinstance(node, dict):
            for name, inner in node.get("properties", {}).items():
                target = inner
                if "$ref" in inner:
                    target = schema["$defs"][inner["$ref"].removeprefix("#/$defs/").split("/")[0]] | inner
                if "allOf" not in path and not (target.get("title") and target.get("description")):
                    bare.append(f"{path}.{name}")
            for name, inner in node.items():
                walk(inner, f"{path}.{name}")

    walk({"properties": schema["properties"], "$defs": schema["$defs"]}, "")
    assert bare == []


def test_what_the_check_prints_follows_its_published_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = check(tmp_path, "", capsys)
    schema = json.loads((SCHEMAS / "check.schema.json").read_text(encoding="utf-8"))
    assert messages(report)
    Draft202012Validator(schema).validate(json.loads(report))


def test_renamed_severities_replace_the_words_and_keep_their_requirements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = '[severities]\nP1 = "SEV1"\nP2 = "SEV2"\n'
    code, report = check(tmp_path, policy, capsys, severity="SEV1")
    assert code == 1
    assert "`detection` is missing: a reviewed SEV1 postmortem needs it" in messages(report)
    helps = {d["message"]: d["help"] for d in json.loads(report)["diagnostics"]}
    inside = "`customers`, `data_affected`, `data_loss`, `data_correctness`, `downstream`, `sla_breach`, `financial`"
    assert helps["`impact` is missing: a reviewed postmortem needs it"].endswith(f"It needs {inside}.")


def test_the_old_word_of_a_renamed_severity_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = check(tmp_path, '[severities]\nP1 = "SEV1"\n', capsys, severity="P1")
    assert "`severity` is `P1`, which is not one of its words" in messages(report)


def test_a_requirement_of_one_s_own_names_the_key_it_misses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = (
        '[requires.report]\nkeys = []\nsections = []\n[requires.cost]\nseverity = ["P3"]\nkeys = ["impact.financial"]\n'
    )
    code, report = check(tmp_path, policy, capsys)
    assert code == 1
    assert messages(report) == ["`impact` is missing"]


def test_words_are_added_and_the_default_ones_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before = check(tmp_path, "", capsys)
    file = tmp_path / "postmortems" / "a.md"
    file.write_text(file.read_text(encoding="utf-8").replace("status:", "kind: brownout\nstatus:"), encoding="utf-8")
    (tmp_path / "postmortem.toml").write_text('[words]\nkind = ["brownout"]\n', encoding="utf-8")
    main(["--root", str(tmp_path), "check", "--format", "json"])
    after = messages(capsys.readouterr().out)
    assert sorted([*after, "`kind` is missing: a reviewed postmortem needs it"]) == sorted(messages(before))


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("a = ", "this is not TOML"),
        ("[sitee]\n", "sitee"),
        ("[limits]\nnesting = 'deep'\n", "limits.nesting"),
        ("[limits]\nnesting = 0\n", "limits.nesting"),
        ("[words]\ncolour = ['red']\n", "colour"),
        ("[severities]\nP5 = 'x'\n", "P5"),
        ("[requires.report]\nkeyz = []\n", "requires.report"),
    ],
)
def test_a_broken_policy_ends_with_2_and_names_the_place(
    policy: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = check(tmp_path, policy, capsys)
    assert code == 2
    assert "postmortem.toml" in printed
    assert told in printed
    assert "Traceback" not in printed


def test_all_that_is_wrong_with_a_policy_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = check(tmp_path, "[limits]\nnesting = 'deep'\nfile_bytes = 'big'\n", capsys)
    assert code == 2
    assert printed.count("postmortem.toml") == 2


@pytest.mark.parametrize(
    ("policy", "line", "told"),
    [
        ("# ours\n\n[site]\nname = 'A'\n\n[limits]\nfile_bytes = 100000\nnesting = 'deep'\n", 8, "limits.nesting"),
        ("[site]\nname = 'A'\nnam = 'B'\n", 3, "there is no `nam`; did you mean `name`?"),
        ("[words]\nkind = [\n  'brownout',\n  1,\n]\n", 2, "words.kind"),
        ("[rules.secrt]\nseverity = 'off'\n", 1, "there is no `secrt`"),
        ("[rules.xyzzy]\nseverity = 'off'\n", 1, "there is no `xyzzy`; `postmortem explain` lists all rules"),
        ("[rules.secret]\nseverity = 'fatal'\n", 2, "there is no `fatal`; known: error, warning, advice, off"),
        ("[rules.timeline-range]\nseverity = 'off'\nhours = 3\n", 3, "there is no `hours`"),
        ("[rules]\ntimeline-range = { severity = 'of' }\n", 2, "rules.timeline-range.severity"),
        ("[severities]\nP1 = 'SEV'\nP2 = 'SEV'\n", 3, "`P1` and `P2` are both called `SEV`"),
        ("[severities]\nP1 = 'P2'\n", 2, "`P1` and `P2` are both called `P2`"),
        (
            "[deadlines]\ndraft = 48\nreview = 24\n",
            2,
            "`deadlines.draft` (48 hours) is after `deadlines.review` (24 hours)",
        ),
        ("[requires.report]\nkeys = ['impact.custmers']\n", 2, "did you mean `impact.customers`?"),
        ("[requires.report]\nsections = ['Time line']\n", 2, "did you mean `Timeline`?"),
        ("[requires.ours]\nseverity = ['P9']\n", 2, "there is no `P9`"),
        (
            "[severities]\nP1 = 'SEV1'\n[requires.ours]\nseverity = ['SEV1']\n",
            4,
            "`SEV1` goes by its name without `[severities]` here: write `P1`",
        ),
        ("[requires.ours]\nstatus = ['done']\nkeys = []\n", 2, "there is no `done`"),
        ("[requires.ours]\naction_types = ['hope']\n", 2, "there is no `hope`"),
        ("[public]\nhosts = [\n  'https://example.com/',\n]\n", 2, "public.hosts"),
        ("[public]\nhost = []\n", 2, "there is no `host`; did you mean `hosts`?"),
        ("[public]\nhosts = []\nkeys = ['roles.author']\n", 3, "public.keys"),
    ],
)
def test_what_is_wrong_with_a_policy_stands_at_its_line(
    policy: str, line: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = check(tmp_path, policy, capsys)
    assert code == 2
    assert f"postmortem.toml, line {line}: " in printed
    assert told in printed


@pytest.mark.parametrize("severity", ["error", "warning", "advice", "off"])
def test_a_rule_weighs_what_the_policy_says(severity: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(tmp_path, f"[rules.schema]\nseverity = '{severity}'\n", capsys)
    found = {d["severity"] for d in json.loads(report)["diagnostics"] if d["rule"] == "schema"}
    assert found == (set() if severity == "off" else {severity})
    assert code == 1


@pytest.mark.parametrize(
    ("severity", "in_a_draft"), [("error", "warning"), ("warning", "warning"), ("advice", "advice")]
)
def test_a_finding_may_be_lighter_than_its_rule_but_never_heavier(
    severity: str, in_a_draft: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(tmp_path, f"[rules.unaddressed-cause]\nseverity = '{severity}'\n", capsys)
    file = tmp_path / "postmortems" / "a.md"
    cause = "root_causes:\n  - {id: RC1, category: capacity, statement: Full}\nroles:"
    for status, weight in (("reviewed", severity), ("draft", in_a_draft)):
        text = REVIEWED.format(severity="P3").replace("status: reviewed", f"status: {status}")
        file.write_text(text.replace("roles:", cause), encoding="utf-8")
        main(["--root", str(tmp_path), "check", "--select", "unaddressed-cause", "--format", "json"])
        assert [d["severity"] for d in json.loads(capsys.readouterr().out)["diagnostics"]] == [weight]


def test_a_rule_s_option_replaces_its_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(tmp_path, "[rules.whys-format]\nrows = 1\n", capsys)
    table = "## 5 Whys Analysis\n\n| # | Question | Answer |\n| --- | --- | --- |\n| 1 | Why? | So |\n"
    file = tmp_path / "postmortems" / "a.md"
    file.write_text(file.read_text(encoding="utf-8") + table, encoding="utf-8")
    assert main(["--root", str(tmp_path), "check", "--select", "whys-format"]) == 0
    (tmp_path / "postmortem.toml").unlink()
    assert main(["--root", str(tmp_path), "check", "--select", "whys-format"]) == 1
    assert "fewer than 3 rows: 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[requires.report]\nsections = ['Ursache']", "there is no `Ursache`; known: Timeline, Impact, "),
        (
            "[rules.frontmatter-syntax]\nseverity = 'off'",
            "`rules.frontmatter-syntax.severity`: nothing can be set there",
        ),
        ("[rules]\naction-ticket = 'off'", 'write `severity = "off"` below a line `[rules.action-ticket]`'),
        (
            "[services]\nnames = 'checkout'",
            '`services.names` must be a list in brackets, not text: write `["checkout"]`',
        ),
        ("[deadlines]\ndraft = '48'", "`deadlines.draft` must be a whole number, not text"),
        ("[site]\nname = 1", "`site.name` must be text in quotes, not a number"),
        ("site = true", "`site` must be a table, not a truth value"),
    ],
)
def test_a_setting_that_is_none_is_told_in_words(
    policy: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = check(tmp_path, policy, capsys)
    assert code == 2
    assert said in text
    assert "is not of type" not in text


def test_a_configuration_may_begin_with_a_byte_order_mark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = check(tmp_path, "\ufeff[severities]\nP3 = 'SEV3'\n", capsys)
    assert code == 1
    assert "`severity` is `P3`, which is not one of its words" in messages(text)


def test_a_configuration_that_is_no_text_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortem.toml").write_bytes("[site]".encode("utf-16"))
    assert main(["--root", str(tmp_path), "check"]) == 2
    assert "this is not UTF-8; save the file as UTF-8 text" in capsys.readouterr().err
    (tmp_path / "postmortem.toml").unlink()
    (tmp_path / "postmortem.toml").mkdir()
    assert main(["--root", str(tmp_path), "check"]) == 2
    assert capsys.readouterr().err.strip().endswith("postmortem.toml: cannot be read: Is a directory")


def test_a_fault_behind_a_long_list_is_found_on_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists may hold what looks like a statement or a table."""
    (tmp_path / "postmortems").mkdir()
    names = ["[services]", "names = [", *(f'  "a = {number}",' for number in range(1_000)), "  # [rules]", "]"]
    (tmp_path / "postmortem.toml").write_text(
        "\n".join([*names, "[rules.deadline]", 'severity = "of"', "[site]", 'nam = "x"']), encoding="utf-8"
    )
    assert main(["--root", str(tmp_path), "check"]) == 2
    printed = capsys.readouterr().err
    assert "line 1006: " in printed
    assert "line 1008: " in printed
