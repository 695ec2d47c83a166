"""What nobody remembers to look at: lists that go with folders, imports that cost, generated files that age."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import postmortem_kb
from postmortem_kb.cli import COMMANDS, program
from postmortem_kb.contract import published_schema, schema_for
from postmortem_kb.policy import default_policy
from postmortem_kb.report import FORMATS
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Rule, Scope

WALKED = {
    "closed-edit": "test_life_cycle.py",
    "deleted-postmortem": "test_life_cycle.py",
    "id-changed": "test_life_cycle.py",
    "possible-recurrence": "test_recurrence.py",
    "status-transition": "test_life_cycle.py",
}
"""Rules that hold a file against what git remembers, each with the tests that walk through it."""
ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "postmortem_kb"
HEADINGS = ["What it does", "Why it matters", "Example", "Use instead"]
Run = Callable[..., subprocess.CompletedProcess[str]]


def modules(package: str, *others: str) -> set[str]:
    return {file.stem for file in (PACKAGE / package).glob("*.py")} - {"__init__", "__main__", *others}


def loaded(code: str, run: Run, cwd: Path) -> set[str]:
    """The modules that a program has imported when it ends."""
    script = f"import sys\nsys.argv[0] = 'postmortem'\n{code}\nprint(sorted(sys.modules))"
    printed = run([sys.executable, "-I", "-c", script], cwd).stdout
    return set(re.findall(r"'([\w.]+)'", printed.splitlines()[-1]))


def test_every_rule_is_on_the_list_under_its_file_s_name() -> None:
    assert {rule.NAME.replace("-", "_") for rule in RULES} == modules("rules", "rule")
    assert [rule.__name__.rpartition(".")[2] for rule in RULES] == [rule.NAME.replace("-", "_") for rule in RULES]


def test_every_rule_has_cases_and_every_case_has_a_rule() -> None:
    tests = ROOT / "tests"
    assert {rule.NAME for rule in RULES if rule.SCOPE is Scope.CHANGE} == set(WALKED)
    assert {file.stem for file in (tests / "rules").glob("*.md")} == {rule.NAME for rule in RULES} - set(WALKED)
    assert {rule: file for rule, file in WALKED.items() if rule not in (tests / file).read_text(encoding="utf-8")} == {}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_a_rule_s_docstring_is_its_page(rule: Rule) -> None:
    page = inspect.cleandoc(rule.__doc__ or "")
    assert page.splitlines()[0].endswith(".")
    outside_of_code = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^## (.*)$", outside_of_code, re.MULTILINE)
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS
    assert set(headings) <= {*HEADINGS, "Options", "Sources"}
    assert ("No file can suppress it" in page) == (rule.SCOPE is Scope.SYNTAX)


def test_every_command_is_on_the_list_and_has_help() -> None:
    assert set(COMMANDS) == modules("cli")
    context = click.Context(program)
    for name, line in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None
        assert command.help
        assert line.endswith(".")
        assert [
            p.name for p in command.params if isinstance(p, click.Option) and not p.help and p.name != "format_"
        ] == []


def test_every_format_is_on_the_list() -> None:
    assert set(FORMATS) == modules("report", "report")


def test_the_published_schema_is_what_the_default_policy_asks_for() -> None:
    assert json.loads(json.dumps(schema_for(default_policy()))) == published_schema()


def test_the_program_says_its_version_without_a_parser(run: Run, tmp_path: Path) -> None:
    names = loaded("from postmortem_kb.cli import main\nmain(['--version'])", run, tmp_path)
    assert names.isdisjoint({"yaml", "jsonschema", "markdown_it", "frontmatter", "jinja2", "pygments", "nh3"})


def test_a_build_with_nothing_to_do_imports_no_parser(run: Run, tmp_path: Path) -> None:
    names = loaded("import postmortem_kb.generator, postmortem_kb.cli.build", run, tmp_path)
    assert names.isdisjoint({"yaml", "jsonschema", "markdown_it", "frontmatter", "jinja2", "mkdocs"})


def test_a_check_imports_nothing_of_the_site(run: Run, tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    names = loaded("from postmortem_kb.cli import main\nmain(['check'])", run, tmp_path)
    assert names.isdisjoint({"jinja2", "pygments", "nh3", "mkdocs", "properdocs", "postmortem_kb.pages"})


def test_the_library_lives_without_mkdocs(run: Run, tmp_path: Path) -> None:
    """All of it is imported, and every page is made, where MkDocs cannot be imported."""
    (tmp_path / "postmortems").mkdir()
    names = loaded(
        "for name in ('mkdocs', 'material', 'properdocs'): sys.modules[name] = None\n"
        "import pkgutil, importlib, datetime, pathlib, postmortem_kb, postmortem_hooks.check\n"
        "for module in pkgutil.walk_packages(postmortem_kb.__path__, 'postmortem_kb.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
        "from postmortem_kb.knowledge import read_knowledge\n"
        "from postmortem_kb.policy import default_policy\n"
        "from postmortem_kb.pages import all_pages\n"
        "assert list(all_pages(read_knowledge(pathlib.Path('.'), default_policy(), datetime.date(2026, 3, 4))))",
        run,
        tmp_path,
    )
    assert not [name for name in names if name.startswith(("mkdocs.", "properdocs.", "material."))]


def test_no_module_holds_more_than_one_idea() -> None:
    long = [
        file.relative_to(ROOT).as_posix()
        for folder in ("src", "plugins", "hooks")
        for file in (ROOT / folder).rglob("*.py")
        if file.read_text(encoding="utf-8").count("\n") > 300
    ]
    assert long == []


def test_the_package_says_what_it_is() -> None:
    assert postmortem_kb.__doc__


def test_every_rule_may_be_configured_and_nothing_else() -> None:
    schema = json.loads((ROOT / "schema" / "postmortem_schema" / "policy.schema.json").read_text(encoding="utf-8"))
    settings = schema["properties"]["rules"]["properties"]
    assert set(settings) == {rule.NAME for rule in RULES}
    for rule in RULES:
        assert settings[rule.NAME]["description"] == inspect.cleandoc(rule.__doc__ or "").splitlines()[0]
        # What cannot be read cannot be passed over.
        assert ("severity" in settings[rule.NAME]["properties"]) == (rule.SCOPE is not Scope.SYNTAX)
        options = set(settings[rule.NAME]["properties"]) - {"severity"}
        assert options == set(default_policy().rules.get(rule.NAME, {}))
