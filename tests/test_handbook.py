"""The handbook says all there is, and what it says is so.

The lists of commands, options, rules, keys and settings come from the code: what is new has to be told. A fence `console` is run, in
the order of its page, in a git repository that holds the finished postmortem of `writing.md` on `main`, on 11 March 2026; a line `...`
stands for any lines. A fence that begins with frontmatter is a whole postmortem, `yaml` is a file where its first line names one and else a
part of frontmatter, and `toml` is a policy.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import click
import pytest
import yaml
from mkdocs_postmortems.config import PostmortemsConfig

from postmortem_kb.cli import COMMANDS, main, program
from postmortem_kb.export.data import files as data_files
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.manual import pages as manual_pages
from postmortem_kb.pages import all_pages
from postmortem_kb.policy import default_policy, read_policy
from postmortem_kb.published import published
from postmortem_kb.rules import RULES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HANDBOOK = sorted((DOCS / "handbook").glob("*.md"))
TOLD = [*HANDBOOK, DOCS / "reference" / "check.md", DOCS / "reference" / "actions.md"]
DAY = "1773230400"
Run = Callable[..., subprocess.CompletedProcess[str]]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


# What there is


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The generated pages of a repository with the default policy."""
    knowledge = read_knowledge(tmp_path_factory.mktemp("base"), default_policy(), dt.date(2026, 3, 4))
    return {page.path: page.make().html for page in (*all_pages(knowledge), *manual_pages(knowledge))}


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    top = click.Context(program, info_name="postmortem")
    yield "postmortem", program, top
    for name in COMMANDS:
        command = program.get_command(top, name)
        assert command is not None
        yield name, command, click.Context(command, parent=top, info_name=name)


def options() -> Iterator[tuple[str, str, click.Option]]:
    for name, command, context in commands():
        for option in command.get_params(context):
            if isinstance(option, click.Option):
                yield from ((name, flag, option) for flag in option.opts)


def keys(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Every key that a schema describes, dotted; a walk of our own, so that the pages' walk can be wrong."""

    def resolve(node: dict[str, object]) -> dict[str, object]:
        while "$ref" in node:
            target: object = schema
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target[step]  # type: ignore[index]
            node = target  # type: ignore[assignment]
        return node

    def walk(node: dict[str, object], path: str) -> Iterator[tuple[str, dict[str, object]]]:
        node = resolve(node)
        if "items" in node:
            yield from walk(node["items"], path)  # type: ignore[arg-type]
        for name, child in node.get("properties", {}).items():  # type: ignore[attr-defined]
            yield f"{path}{name}", child
            yield from walk(child, f"{path}{name}.")

    yield from walk(schema, "")


FRONTMATTER = dict(keys(json.loads(published("postmortem.schema.json"))))
SETTINGS = dict(keys(json.loads(published("policy.schema.json"))))


@pytest.mark.parametrize("name", ["postmortem", *COMMANDS])
def test_every_command_has_its_entry(name: str, manual: dict[str, str]) -> None:
    assert f'<h2 id="{name}">' in manual["reference/commands/"]


@pytest.mark.parametrize(("name", "flag", "option"), [pytest.param(*o, id=f"{o[0]} {o[1]}") for o in options()])
def test_every_option_has_its_entry_and_a_text(
    name: str, flag: str, option: click.Option, manual: dict[str, str]
) -> None:
    entry = manual["reference/commands/"].partition(f'<h2 id="{name}">')[2].partition("<h2 ")[0]
    assert re.search(rf"<code>{re.escape(flag)}[ <]", entry)
    assert option.help or isinstance(option.type, click.Choice)


@pytest.mark.parametrize("rule", [rule.NAME for rule in RULES])
def test_every_rule_has_its_page_and_its_setting(rule: str, manual: dict[str, str]) -> None:
    assert f"reference/rules/{rule}/" in manual
    assert f'id="rules.{rule}"' in manual["reference/configuration/"]


@pytest.mark.parametrize("key", FRONTMATTER)
def test_every_key_of_the_frontmatter_has_its_entry(
    key: str, manual: dict[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert f'id="{key}"' in manual["reference/frontmatter/"]
    assert re.search(r"(?:Always required|Required|Optional)\b", str(FRONTMATTER[key]["description"]))
    (tmp_path / "postmortems").mkdir()
    assert main(["--root", str(tmp_path), "explain", key]) == 0
    assert capsys.readouterr().out.startswith(f"# {key}\n")


def test_every_word_is_told(manual: dict[str, str]) -> None:
    words = [word for words in default_policy().words.values() for word in words]
    assert [word for word in words if f"<code>{word}</code>" not in manual["reference/frontmatter/"]] == []


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_of_the_policy_has_its_entry(key: str, manual: dict[str, str]) -> None:
    # What each block may hold, and that a rule has a severity, is told once.
    key = re.sub(r"^requires\.\w+\.", "requires.block.", key)
    if not re.fullmatch(r"rules\..+\.severity", key):
        assert f'id="{key}"' in manual["reference/configuration/"]


def test_every_setting_of_the_page_is_one(manual: dict[str, str], tmp_path: Path) -> None:
    page = manual["reference/configuration/"]
    blocks = [unescape(re.sub("<[^>]*>", "", text)) for text in re.findall(r"<pre.*?</pre>", page, re.DOTALL)]
    assert len(blocks) > 10
    for block in blocks:
        (tmp_path / "postmortem.toml").write_text(block, encoding="utf-8")
        assert read_policy(tmp_path), block


def test_the_page_of_the_frontmatter_follows_the_policy(tmp_path: Path) -> None:
    (tmp_path / "postmortem.toml").write_text(
        "[severities]\nP2 = 'SEV2'\n[words]\nkind = ['brownout']\n[requires.ours]\nstatus = ['reviewed', 'closed']\nkeys = ['links']\n",
        "utf-8",
    )
    knowledge = read_knowledge(tmp_path, read_policy(tmp_path), dt.date(2026, 3, 4))
    html = next(page.make().html for page in all_pages(knowledge) if page.path == "reference/frontmatter/")
    assert "<code>brownout</code>" in html
    assert "P2" not in re.sub(r"<[^>]+>", "", html.partition('<h2 id="severity">')[2].partition("<h2 ")[0])
    links = html.partition('<h2 id="links">')[2].partition("<h2 ")[0]
    assert "Required once reviewed, at least one." in links
    told = json.loads("".join(data_files(knowledge)["api/schema.json"]()))["properties"]["links"]["description"]
    assert told.endswith("Required once reviewed, at least one.")


@pytest.mark.parametrize("key", [key for key, node in FRONTMATTER.items() if "." not in key])
def test_the_example_of_a_key_passes(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # 25 March 2025, soon after the incident of the examples.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1742860800")
    main(["explain", key])
    example = dict(_FENCE.findall(capsys.readouterr().out))["yaml"]
    assert check(tmp_path, overlaid(example), capsys) == []


# What the pages by hand have to name


def test_every_option_of_the_plugin_is_told() -> None:
    page = (DOCS / "handbook" / "site.md").read_text(encoding="utf-8")
    names = [name for name, _ in PostmortemsConfig._schema]
    assert "root" in names
    assert [name for name in names if f"\n| `{name}` |" not in page] == []


def test_every_hook_and_every_input_of_the_action_is_told() -> None:
    page = (DOCS / "handbook" / "adopting.md").read_text(encoding="utf-8")
    hooks = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))]
    assert [hook for hook in hooks if f"- id: {hook}\n" not in page] == []
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert [name for name in inputs if f"\n| `{name}` |" not in page] == []


def test_an_old_repository_that_follows_the_page_sees_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts: dict[str, str] = {}
    for language, text in fences(DOCS / "handbook" / "adopting.md"):
        texts.setdefault(language, text)
    (tmp_path / "postmortem.toml").write_text(texts["toml"], encoding="utf-8")
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "2024-11-02-checkout-down.md").write_text(texts["markdown"], encoding="utf-8")
    (tmp_path / "postmortems" / "2026-03-04-orders-late.md").write_text(worked(), encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    monkeypatch.chdir(tmp_path)
    for part in texts["console"].split("$ ")[1:]:
        command, *shown = part.splitlines()
        assert main(command.split()[1:]) == 0
        streams = capsys.readouterr()
        assert [line for line in shown if line != "..." and line not in streams.out + streams.err] == []


def test_every_section_is_told() -> None:
    page = (DOCS / "handbook" / "writing.md").read_text(encoding="utf-8")
    policy = default_policy()
    assert [title for title in (*policy.section_order, *policy.optional_sections) if f"`{title}`" not in page] == []


def test_every_published_file_is_told(tmp_path: Path) -> None:
    page = (DOCS / "handbook" / "data.md").read_text(encoding="utf-8")
    addresses = data_files(read_knowledge(tmp_path, default_policy(), dt.date(2026, 3, 4)))
    assert [address for address in addresses if f"| `/{address}` |" not in page] == []


# What the pages say


def fences(page: Path) -> list[tuple[str, str]]:
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def overlaid(part: str) -> str:
    """A draft in which these keys take the place of its own."""
    keys = {
        "id": "id: x",
        "title": "title: Checkout was down",
        "status": "status: draft",
        "severity": "severity: P3",
        "timestamps": "timestamps:\n  started: 2025-03-14T09:05:00Z",
        "roles": 'roles:\n  author: "@ada"',
    }
    for match in re.finditer(r"^([\w-]+):.*\n(?:(?:[ -].*)?\n)*", part, re.MULTILINE):
        keys[match[1]] = match[0].rstrip("\n")
    return "---\n" + "\n".join(keys.values()) + "\n---\n"


def check(base: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The errors in a postmortem; that it relates to one that is not there, and is not finished, is no fault of an example."""
    (base / "postmortems").mkdir(exist_ok=True)
    id = re.search(r"^id: (.*)$", text, re.MULTILINE)
    assert id
    file = base / "postmortems" / f"{id[1]}.md"
    file.write_text(text, encoding="utf-8")
    main(["--root", str(base), "check", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    file.unlink()
    beside = ("unknown-related", "unaddressed-cause", "missing-section", "action-addresses")
    return [d["message"] for d in report["diagnostics"] if d["severity"] == "error" and d["rule"] not in beside]


def worked() -> str:
    return [text for language, text in fences(DOCS / "handbook" / "writing.md") if text.startswith("---\n")][-1]


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.stem)
def test_every_postmortem_on_a_page_passes(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    for language, text in fences(page):
        if text.startswith("---\n"):
            file = tmp_path / "postmortems" / f"{re.findall(r'^id: (.*)$', text, re.MULTILINE)[0]}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            assert main(["--root", str(tmp_path), "check", str(file)]) == 0, capsys.readouterr().out
            file.unlink()
        elif language == "yaml" and not text.startswith("# "):
            assert check(tmp_path, overlaid(text), capsys) == []
        elif language == "toml":
            (tmp_path / "postmortem.toml").write_text(text, encoding="utf-8")
            read_policy(tmp_path)
            (tmp_path / "postmortem.toml").unlink()


def test_the_finished_report_has_no_finding_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "2026-03-04-orders-late.md").write_text(worked(), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 0
    assert "all good" in capsys.readouterr().out
    assert "status: reviewed" in worked()


def story(page: Path, base: Path, run: Run) -> Iterator[tuple[str, str, str]]:
    """Each command of a page with what the page says that it prints, and what it prints."""
    (base / "postmortems").mkdir(parents=True)
    (base / "postmortem.toml").touch()
    (base / "postmortems" / "2026-03-04-orders-late.md").write_text(worked(), encoding="utf-8")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Orders were late"]):
        run(["git", *command], base)
    for language, text in fences(page):
        if text.startswith("---\n"):
            id = re.findall(r"^id: (.*)$", text, re.MULTILINE)[0]
            (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")
        elif language == "console":
            for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
                env = {"SOURCE_DATE_EPOCH": DAY, "POSTMORTEM_CACHE": ""}
                yield command, said, run(["bash", "-c", command], base, code=None, env=env).stdout


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.stem)
def test_every_command_prints_what_the_page_says(page: Path, tmp_path: Path, run: Run) -> None:
    for command, said, printed in story(page, tmp_path / "base", run):
        pattern = "(?:.*\n)*?".join(re.escape(part) for part in re.split(r"^\.\.\.\n", said, flags=re.MULTILINE))
        assert re.fullmatch(pattern, printed), f"{command}\n--- said\n{said}--- printed\n{printed}"


def test_the_site_s_configurations_build(tmp_path: Path, run: Run) -> None:
    page = DOCS / "handbook" / "site.md"
    found = [text for language, text in fences(page) if text.startswith("# mkdocs.yml")]
    assert [re.findall(r"root: (\S+)", text) for text in found] == [[], ["."], ["docs"]]
    link = re.findall(r"`(\[[^`]*\]\(incidents/[^`]*\))`", page.read_text(encoding="utf-8"))[0]
    for number, text in enumerate(found):
        base = tmp_path / str(number)
        folder = base / "".join(re.findall(r"root: (\S+)", text)) / "postmortems"
        folder.mkdir(parents=True)
        (base / "docs").mkdir(exist_ok=True)
        (folder / "2026-03-04-orders-late.md").write_text(worked(), encoding="utf-8")
        (base / "docs" / "about.md").write_text(f"# About\n\nOnce there were {link}.\n", encoding="utf-8")
        # That one is the dashboard.
        for name in set(re.findall(r"- (\w+\.md)", text)) - {"index.md"}:
            (base / "docs" / name).write_text("# Page\n", encoding="utf-8")
        (base / "mkdocs.yml").write_text(text, encoding="utf-8")
        run([sys.executable, "-m", "mkdocs", "build", "--strict"], base, env={"NO_MKDOCS_2_WARNING": "1"})
        assert (base / "site" / "incidents" / "2026-03-04-orders-late" / "index.html").is_file()


def test_the_hooks_and_jobs_are_what_their_programs_read(tmp_path: Path, run: Run) -> None:
    texts = [text for page in TOLD for language, text in fences(page) if language == "yaml" and text.startswith("# ")]
    named = {text.splitlines()[0].removeprefix("# "): text for text in texts}
    workflows = {".github/workflows/postmortems.yml", ".github/workflows/site.yml"}
    assert set(named) >= {".pre-commit-config.yaml", ".gitlab-ci.yml", *workflows}
    (tmp_path / "hooks.yaml").write_text(named[".pre-commit-config.yaml"], encoding="utf-8")
    run(["pre-commit", "validate-config", "hooks.yaml"], tmp_path)
    for name, schema in (
        (".github/workflows/", "vendor.github-workflows"),
        (".gitlab-ci.yml", "vendor.gitlab-ci"),
    ):
        for text in (text for text in texts if text.startswith(f"# {name}")):
            (tmp_path / "job.yml").write_text(text, encoding="utf-8")
            run(["check-jsonschema", "--builtin-schema", schema, "job.yml"], tmp_path)


def test_the_editor_s_pattern_finds_the_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = json.loads(next(text for language, text in fences(DOCS / "handbook" / "adopting.md") if language == "json"))
    pattern = tasks["tasks"][0]["problemMatcher"]["pattern"]
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "x.md").write_text(overlaid("severity: P9\n"), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    found = [re.search(pattern["regexp"], line) for line in capsys.readouterr().out.splitlines()]
    assert [(m[pattern["file"]], m[pattern["line"]], m[pattern["severity"]]) for m in found if m][:1] == [
        ("postmortems/x.md", "5", "error")
    ]


# Where the pages lead


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids |= {unescape(value) for name, value in attrs if name == "id" and value}
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))


def test_every_link_of_the_handbook_leads_to_a_page_and_its_anchor(worktree: Path, tmp_path: Path, run: Run) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    printed = run(command, worktree, env={"NO_MKDOCS_2_WARNING": "1"}).stdout
    assert "WARNING" not in printed
    pages = {
        file.relative_to(site).as_posix(): _Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")
    }
    walked = [name for name in pages if name.startswith(("handbook/", "reference/", "architecture/"))]
    assert "handbook/index.html" in walked
    dead = []
    for name in walked:
        for link in pages[name].links:
            parts = urlsplit(urljoin(f"http://site/{name}", link))
            if parts.netloc != "site":
                continue
            target = unquote(parts.path).lstrip("/")
            target += "index.html" if not target or target.endswith("/") else ""
            fragment = unquote(parts.fragment)
            if not (site / target).is_file() or (fragment and fragment not in pages[target].ids | {"__skip", "__toc"}):
                dead.append(f"{name}: {link}")
    assert dead == []


def test_every_page_of_the_handbook_is_in_the_navigation() -> None:
    configuration = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [page.name for page in HANDBOOK if f"handbook/{page.name}" not in configuration] == []
    assert [page for page in manual_paths() if f"- {page}index.md" not in configuration] == []


def manual_paths() -> list[str]:
    return ["reference/", "reference/frontmatter/", "reference/configuration/", "reference/commands/", "reference/rules/",
            "reference/policy/"]  # fmt: skip
