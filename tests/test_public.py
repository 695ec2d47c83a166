"""The public site of a repository in which every kind of place holds a word that only its own people may read."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from postmortem_kb.audience.keys import ALWAYS
from postmortem_kb.audience.wording import Wording
from postmortem_kb.cli import main
from postmortem_kb.contract import schema_for
from postmortem_kb.export import data
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.policy import read_policy
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.render.pictures import Picture
from postmortem_kb.source.body import Body
from postmortem_kb.validator import resolved

ROOT = Path(__file__).parent.parent
Run = Callable[..., object]
PICTURE = b"\x89PNG\r\n\x1a\n"
MKDOCS = """\
site_name: Status
repo_url: https://git.example.com/{inside}/postmortems
edit_uri: edit/{hidden}/
strict: true
theme: {name: material, font: false, logo: img/logo.png, favicon: /icon.svg}
extra_css: [css/own.css, "https://cdn.example.com/hidden.css"]
extra_javascript: [{path: own.js, defer: true}]
extra_templates: [own.txt]
plugins: [postmortems, search]
nav:
  - {inside}: {inside}.md
  - About: about.md
"""
POLICY = """\
[site]
repo_url = "https://git.example.com/{inside}"

[services]
names = ["checkout", "{hidden}"]

[words]
category = ["{inside}"]

[triggers]
when = ["Whenever {inside} calls."]

[requires.{inside}]
severity = ["P4"]
keys = ["x-{inside}"]

[public]
hosts = ["status.example.com"]

# {hidden}
"""


SHOWN = ("a b.png", "img/d.svg", "img/small.png", "img/large.jpg", "img/wide.webp")
OWN = """
![A](a%20b.png) <img src="../img/d.svg"> [![Small](img/small.png)](img/large.jpg)

<picture><source srcset="../img/wide.webp 2x, ../img/wide.webp 3x"></picture>
"""


class Canaries:
    """Words that stand nowhere else; each remembers where it was put."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        """On the internal site, by word."""
        self.hidden: dict[str, str] = {}
        """On neither site."""
        self.public: set[str] = set()

    def fill(self, place: str, text: str) -> str:
        """A text with a word for each `{inside}` (internal site only), `{hidden}` (neither) and `{public}` (both)."""
        for mark in ("inside", "hidden", "public"):
            while f"{{{mark}}}" in text:
                word = f"{mark}kestrel{len(self.shown) + len(self.hidden) + len(self.public):03d}x"
                text = text.replace(f"{{{mark}}}", word, 1)
                line = next(line for line in text.splitlines() if word in line)
                if mark == "public":
                    self.public.add(word)
                else:
                    (self.shown if mark == "inside" else self.hidden)[word] = f"{place}: {line.strip()}"
        return text


SECRET = """\
---
id: {id}
title: Title {inside}
status: {status}
severity: P2
kind: outage
incidents: [INC-{inside}]
visibility: {visibility}
summary: Summary {inside}
services: [checkout, "s{inside}"]
data_assets: [table.{inside}]
tags: [{inside}]
timestamps: {started: 2026-03-01T09:00:00Z, detected: 2026-03-01T09:05:00Z, resolved: 2026-03-01T10:00:00Z}
detection: {source: alert, alert: Alert{inside}}
roles: {author: "@{inside}", facilitator: "@{inside}", responders: ["@{inside}", "@acme/{inside}"]}
sign_offs: [{by: "@{inside}", role: Head of {inside}, on: 2026-03-02}]
published: 2026-03-03
impact:
  customers: Customers {inside}
  data_affected: Rows {inside}
  downstream: [Dashboard {inside}]
  financial: Cost {inside}
root_causes:
  - {id: RC1, category: code-bug, statement: Statement {inside}, evidence: ["https://git.example.com/{inside}"]}
  - {id: RC2, category: capacity, statement: Second, accepted_risk: {reason: Reason {inside}, by: "@{inside}", until: 2030-01-01}}
contributing_factors: [{id: CF1, kind: process, statement: Factor {inside}}]
action_items:
  - {id: A1, action: Action {inside}, type: prevent, owner: "@{inside}", priority: P1, status: todo, due: 2026-04-01,
     ticket: T-{inside}, addresses: [RC1], success_criteria: Criteria {inside}, verification: {how: How {inside}}}
  - {id: A2, action: Second, type: detect, owner: "@acme/{inside}", priority: P2, status: cancelled, reason: Because {inside}}
related: [{id: open, relation: similar, note: Note {inside}}]
links: [{title: Link {inside}, url: "https://chat.example.com/{inside}"}]
briefs: {executive: Brief {inside}, operations: Brief {inside}, customer: Brief {inside}}
suppress: [{rule: timeline-range, reason: Because of {inside}}]
x-{hidden}: {hidden}
# {hidden}
---

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Event {inside} |

## What Happened

Story {inside}, ![Alt {inside}]({picture}.png "Title {inside}"), [words {inside}](https://wiki.example.com/{inside}).
"""

OPEN = """\
---
id: open
title: Title {public}, told by @{inside}
status: reviewed
severity: P2
kind: outage
incidents: [INC-{inside}]
visibility: public
summary: Summary {public}, see https://wiki.example.com/{inside} or write to {inside}@example.com<!-- {inside} -->
services: [checkout]
data_assets: [table.{inside}]
tags: [{public}]
timestamps: {started: 2026-03-04T09:00:00Z, detected: 2026-03-04T09:05:00Z, resolved: 2026-03-04T10:00:00Z, x-{hidden}: y}
detection: {source: alert, alert: Alert{inside}}
roles: {author: "@{inside}", facilitator: "@{inside}", scribe: "@{inside}", incident_commander: "@acme/{inside}",
  data_steward: "@{inside}", responders: ["@{inside}"], reviewers: ["@{inside}"]}
sign_offs: [{by: "@{inside}", role: Head of {inside}, on: 2026-03-05}]
published: 2026-03-06
impact:
  customers: Customers {public}
  data_loss: None {public}
  data_affected: Rows {inside}
  downstream: [Dashboard {inside}]
  sla_breach: Promise to {inside}
  financial: Cost {inside}
root_causes:
  - {id: RC1, category: code-bug, statement: "Statement {public} of @{inside}", evidence: ["https://git.example.com/{inside}", "https://status.example.com/{public}"]}
  - {id: RC2, category: capacity, statement: Second, accepted_risk: {reason: Reason {inside}, by: "@{inside}", until: 2030-01-01, x-{hidden}: {hidden}}}
contributing_factors: [{id: CF1, kind: process, statement: Factor {public}, evidence: [postmortems/{inside}.log]}]
action_items:
  - {id: A1, action: "Action {public} with @acme/{inside}", type: prevent, owner: "@{inside}", priority: P1, status: todo,
     due: 2026-04-01, ticket: "https://tickets.example.com/{inside}", addresses: [RC1], success_criteria: Criteria {inside},
     verification: {how: How {inside}, result: Result {inside}}, evidence: ["https://git.example.com/{inside}"]}
  - {id: A2, action: Second, type: detect, owner: "@acme/{inside}", priority: P2, status: cancelled, ticket: T-{inside}, reason: Because {inside}}
related:
  - {id: {secret}, relation: caused-by, note: Note {inside}}
  - {id: {draft}, relation: similar, note: Note {inside}}
links:
  - {title: Link {inside}, url: "https://chat.example.com/{inside}", kind: chat}
  - {title: Link {public}, url: "https://status.example.com/1", kind: status-page}
briefs: {executive: Brief {inside}, operations: Brief {inside}}
suppress: [{rule: timeline-range, reason: Because of {inside}}]
x-{hidden}: {a: [{hidden}]}
# {hidden}
---

Before the first heading {inside}.

## Timeline

| Time | Event | Who |
| --- | --- | --- |
| 09:00 | Event {public} [log](https://logs.example.com/{inside}) | @{inside} |

## What Happened

Story {public}. @{inside} asked @acme/{inside}, @jörg{inside}, `@{inside}` and **@{inside}**, \\@{inside} and &#64;{inside}.
Mail to {inside}@example.com, <{inside}@example.com> or [them](mailto:{inside}@example.com).
Seen at https://grafana.example.com/{inside}, <https://grafana.example.com/{inside}>, www.{inside}.example.com,
[here](https://grafana.example.com/{inside} "Title {inside}"), [there][{label}], [secret]({secret}.md),
[draft]({draft}.md#{inside}), [file](files/{sql}.sql), [rules](../postmortem.toml), [x](//{inside}.example.com/).
![Alt {inside}](https://pictures.example.com/{hidden}.png) ![Alt {inside}](files/{hidden}.svg)
![Alt {public}](files/{shown}.png "Title {public} by @{inside}")

<!-- comment {inside} -->

Half of it is **bold**: @**{inside}**.

A <span title="{inside}">word</span><!-- {inside}
over lines
-->

[{label}]: https://wiki.example.com/{inside} "{inside}"
[//]: # ({hidden})

```console {hidden}
$ curl https://api.example.com/{inside}  # {public}
user @{inside} at root:{inside}@example.com
```

    indented @{inside}

- [x] done by @{inside}[^{note}]

> [!NOTE]
> Ask @{inside}.

[^{note}]: Footnote {public} of @acme/{inside}
[^n{hidden}]: Nobody refers to it {hidden}

### Lower heading of @{inside}

# Another document {inside}

Its text {inside}.

## Human Factors

Section {inside}[^s], ![Alt {inside}](files/{inpicture}.png)

[^s]: Footnote {inside}

## Our Own Notes

Section {inside}

## Appendix

Section {inside}

## Lessons Learned

1. Lesson {public}
"""


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, run: Run, canaries: Canaries) -> Path:
    """A repository in which everything holds a canary."""
    root = tmp_path_factory.mktemp("canaries")
    fill = canaries.fill
    team = f"postmortems/team-{fill('a folder', '{inside}')}"
    picture, inpicture = fill("a picture's name", "{inside}"), fill("a picture's name", "{inside}")
    shown, sql = fill("the name of a public picture", "{inside}"), fill("a file's name", "{inside}")
    labels = {name: fill("a label", "{hidden}") for name in ("label", "note")}
    names = {name: fill("an id", "{inside}") for name in ("secret", "draft")}

    def lay(path: str, text: str | bytes, place: str = "", **marks: str) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            for mark, value in marks.items():
                text = text.replace(f"{{{mark}}}", value)
            text = fill(place or path, text).encode()
        file.write_bytes(text)

    lay("mkdocs.yml", MKDOCS)
    guide = next(word for word, place in canaries.shown.items() if place.endswith(f"{word}.md"))
    lay(f"docs/{guide}.md", "# Guide {inside}\n\n![](shot.png)\n")
    lay("docs/shot.png", PICTURE + fill("bytes beside the handbook", "{inside}").encode())
    lay("docs/about.md", f"---\nvisibility: public\n---\n# About {{public}}\n{OWN}")
    lay("docs/deep.md", "# {inside}")
    lay("docs/hidden.css", "/* {hidden} */")
    for name in ("img/logo.png", "icon.svg", "img/back.png", "own.woff2", "own.js", "own.txt", *SHOWN):
        lay(f"docs/{name}", "Own {public}")
    lay(
        "docs/css/own.css",
        "/* {public} */ body { background: url('../img/back.png') }\n@font-face { src: url(../own.woff2) } b { background: url(../deep/index.html) }",
    )
    lay("postmortem.toml", POLICY)
    lay(f"{team}/open.md", OPEN, "a public postmortem", inpicture=inpicture, shown=shown, sql=sql, **labels, **names)
    for name, status, visibility in (("secret", "reviewed", "internal"), ("draft", "draft", "public")):
        text = SECRET.replace("{id}", names[name]).replace("{status}", status).replace("{visibility}", visibility)
        lay(f"{team}/{names[name]}.md", text, f"a postmortem, {visibility} and {status}", picture=picture)
    lay(f"{team}/{picture}.png", PICTURE + fill("bytes of a picture", "{inside}").encode())
    lay(f"{team}/files/{inpicture}.png", PICTURE + fill("bytes of a picture", "{inside}").encode())
    lay(f"{team}/files/{shown}.png", PICTURE + fill("bytes of a picture", "{public}").encode())
    lay(f"{team}/files/{sql}.sql", "{hidden}")
    svg = next(word for word, place in canaries.hidden.items() if f"{word}.svg" in place)
    lay(f"{team}/files/{svg}.svg", "<svg>{hidden}</svg>")
    for path in ("README.md", "_template.md", f"{team.removeprefix('postmortems/')}/notes.txt"):
        lay(f"postmortems/{path}", "Text {hidden}")
    lay(".env", "SECRET={hidden}")
    lay("runbooks/{}.md".format(fill("a file's name", "{hidden}")), "# Runbook {hidden}")
    who = {
        "GIT_AUTHOR_NAME": fill("an author", "{hidden}"),
        "GIT_AUTHOR_EMAIL": fill("an author", "{hidden}@example.com"),
    }
    run(["git", "init", "-q", "-b", fill("a branch", "{hidden}")], root)
    run(["git", "add", "-A"], root)
    run(["git", "commit", "-qm", fill("a commit", "Subject {inside}")], root, env=who)
    return root


def build(base: Path, run: Run, *options: str) -> Path:
    site = base.parent / f"site-{len(list(base.parent.iterdir()))}"
    run([sys.executable, "-m", "postmortem_kb.cli", "--root", base, "build", "--site-dir", site, *options], base)
    return site


@pytest.fixture(scope="module")
def public(base: Path, run: Run) -> Path:
    return build(base, run, "--audience", "public")


@pytest.fixture(scope="module")
def internal(base: Path, run: Run) -> Path:
    return build(base, run)


def contents(site: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that a site holds, lower case: names of files, their bytes, and what those unpack to."""
    for file in sorted(site.rglob("*")):
        yield f"the name {file.relative_to(site)}", str(file.relative_to(site)).lower().encode()
        if file.is_file():
            content = file.read_bytes()
            yield str(file.relative_to(site)), content.lower()
            for unpack in (gzip.decompress, zlib.decompress, lambda packed: zlib.decompress(packed, -15)):
                try:
                    yield f"{file.relative_to(site)}, unpacked", unpack(content).lower()
                except (OSError, EOFError, zlib.error):
                    continue


def found(site: Path, words: dict[str, str]) -> dict[str, str]:
    """The words that a site holds, each with where it was put and where it was found."""
    held = list(contents(site))
    return {
        word: f"{place} -> {where}"
        for word, place in words.items()
        if (where := next((name for name, content in held if word.encode() in content), ""))
    }


def test_nothing_internal_is_in_the_public_site(public: Path, canaries: Canaries) -> None:
    planted = canaries.shown | canaries.hidden
    assert len(planted) >= 150
    assert found(public, planted) == {}


@pytest.mark.parametrize("format", ["json", "csv", "markdown"])
def test_nothing_internal_is_in_the_public_export(
    format: str, base: Path, tmp_path: Path, canaries: Canaries, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "export"
    assert main(["--root", str(base), "export", "--audience", "public", "--format", format, str(target)]) == 0
    assert found(target, canaries.shown | canaries.hidden) == {}
    assert found(target, dict.fromkeys(canaries.public, ""))


def test_the_internal_site_holds_what_the_public_must_not_see(internal: Path, canaries: Canaries) -> None:
    assert len(canaries.shown) >= 150
    assert set(canaries.shown) - set(found(internal, canaries.shown)) == set()


def test_what_is_public_stays(public: Path, canaries: Canaries) -> None:
    assert canaries.public - set(found(public, dict.fromkeys(canaries.public, ""))) == set()


def test_the_public_is_counted_by_what_it_sees(public: Path) -> None:
    incidents = json.loads((public / "api" / "incidents.json").read_text(encoding="utf-8"))["incidents"]
    assert [incident["id"] for incident in incidents] == ["open"]
    assert incidents[0]["path"] == "postmortems/open.md"
    assert "1 postmortem," in (public / "incidents" / "index.html").read_text(encoding="utf-8")
    for gone in ("owners", "reference"):
        assert not (public / gone).exists()
    assert "2 revisions" not in (public / "incidents" / "open" / "index.html").read_text(encoding="utf-8")


def test_the_public_site_names_nobody(public: Path) -> None:
    html = (public / "incidents" / "open" / "index.html").read_text(encoding="utf-8")
    assert "@_" not in html
    assert "Someone asked a team" in html
    assert "owners/" not in html
    actions = (public / "actions" / "index.html").read_text(encoding="utf-8")
    assert "no due date" not in actions


def test_the_same_folder_may_hold_one_site_after_the_other(
    base: Path, run: Run, canaries: Canaries, public: Path
) -> None:
    """What an earlier build left for the other readers is gone, down to the names of folders."""
    site = base.parent / "shared"
    for audience in ("public", "internal", "public", "public"):
        command = [sys.executable, "-m", "postmortem_kb.cli", "--root", base, "build", "--site-dir", site]
        run([*command, "--audience", audience], base)
    assert found(site, canaries.shown | canaries.hidden) == {}
    for where, content in contents(public):
        if not where.startswith("the name ") and not where.endswith((".gz", "unpacked")):
            assert (site / where).read_bytes().lower() == content, where


@pytest.mark.parametrize(
    ("audience", "variable"), [("public", ""), ("public", "internal"), ("internal", "public")], ids=str
)
def test_the_public_wins_where_two_places_name_an_audience(
    audience: str, variable: str, tmp_path: Path, run: Run, draft: Callable[..., str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text(draft("a"), encoding="utf-8")
    plugin = f"plugins: [{{postmortems: {{audience: {audience}}}}}, search]"
    configuration = f"site_name: A\ntheme: {{name: material, font: false}}\n{plugin}\n"
    (tmp_path / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-q"]
    run(command, tmp_path, env={"POSTMORTEM_AUDIENCE": variable, "NO_MKDOCS_2_WARNING": "1"})
    assert (tmp_path / "site" / "incidents" / "index.html").is_file()
    assert not (tmp_path / "site" / "incidents" / "a").exists()


@pytest.mark.parametrize("folder", ["", "docs"], ids=["beside", "above"])
@pytest.mark.parametrize(
    ("configuration", "asked"),
    [
        ("plugins: [{postmortems: {audience: public}}, search]", True),
        ("plugins:\n  search: {}\n  postmortems:\n    audience: !ENV [WHO, internal]", True),
        ("extra: {hook: !!python/name:os.path}\nplugins: [{postmortems: {audience: internal}}]", False),
        ("plugins: [search, postmortems, {other: {audience: public}}]", False),
        ("plugins: [", False),
        ("", False),
    ],
)
def test_an_export_asks_for_its_audience_where_the_site_names_one(
    configuration: str,
    asked: bool,
    folder: str,
    tmp_path: Path,
    draft: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who publishes an export beside a public site would publish what the site leaves out."""
    (tmp_path / folder / "postmortems").mkdir(parents=True)
    (tmp_path / folder / "postmortems" / "a.md").write_text(draft("a"), encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    command = ["--root", str(tmp_path / folder), "export", str(tmp_path / "out")]
    assert main(command) == (2 if asked else 0)
    assert ("--audience public" in capsys.readouterr().err) == asked
    assert (tmp_path / "out").exists() != asked
    for audience in ("internal", "public"):
        assert main([*command, "--audience", audience]) == 0
        assert ('"a"' in (tmp_path / "out" / "incidents.json").read_text(encoding="utf-8")) == (audience == "internal")


@pytest.mark.parametrize("link", ["file", "folder", "docs", "repository"])
def test_what_is_linked_into_the_docs_folder_is_no_page_of_the_handbook(
    link: str, tmp_path: Path, run: Run, draft: Callable[..., str]
) -> None:
    """A draft that is to be public once, or all of a public postmortem, would be published as it stands in its file."""
    base = tmp_path / "base"
    (base / "docs").mkdir(parents=True)
    folder = base / ("docs/postmortems" if link in ("docs", "repository") else "postmortems")
    folder.mkdir()
    kestrel = draft("a").replace("status: draft", "status: draft\nvisibility: public") + "\n## Appendix\n\nKestrel\n"
    (folder / "a.md").write_text(kestrel, encoding="utf-8")
    (folder / "_b.md").write_text(kestrel, encoding="utf-8")
    (folder / "README.md").write_text("---\nvisibility: public\n---\n# How we write them\n", encoding="utf-8")
    root, docs = (", root: docs", "docs") if link in ("docs", "repository") else ("", "docs")
    if link == "file":
        for name in ("a", "_b"):
            (base / "docs" / f"linked{name}.md").symlink_to(f"../postmortems/{name}.md")
    elif link == "folder":
        (base / "docs" / "linked").symlink_to("../postmortems")
    elif link == "docs":
        docs = "linked"
        (base / docs).symlink_to("docs")
    plugin = f"plugins: [{{postmortems: {{audience: public{root}}}}}, search]"
    theme = "theme: {name: material, font: false}"
    (base / "mkdocs.yml").write_text(f"site_name: A\n{theme}\ndocs_dir: {docs}\n{plugin}\n", encoding="utf-8")
    (tmp_path / "linked").symlink_to("base")
    configuration = tmp_path / ("linked" if link == "repository" else "base") / "mkdocs.yml"
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "-f", configuration, "-d", tmp_path / "site"]
    run(command, tmp_path, env={"NO_MKDOCS_2_WARNING": "1"})
    assert found(tmp_path / "site", {"kestrel": "a draft"}) == {}
    # What tells of their folder may be linked to on purpose.
    assert bool(found(tmp_path / "site", {"how we write them": "a page"})) == (link == "folder")


@pytest.mark.parametrize("audience", ["internal", "public"])
@pytest.mark.parametrize(
    ("plugin", "told"),
    [
        ("search", "does not list `postmortems`"),
        ("{postmortems: {enabled: false}}", "`enabled: false`"),
        ("{postmortems: {enabled: !ENV [POSTMORTEMS, false]}}", "`enabled: false`"),
    ],
    ids=["missing", "off", "off by a variable"],
)
def test_nothing_is_published_for_the_public_without_the_plugin(
    plugin: str, told: str, audience: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What keeps internal pages at home is the plugin; an internal site without it says what it lacks."""
    for name in ("postmortems", "docs", "site"):
        (tmp_path / name).mkdir()
    (tmp_path / "docs" / "index.md").write_text("# For ourselves\n", encoding="utf-8")
    (tmp_path / "site" / "old.html").write_text("As it was.", encoding="utf-8")
    configuration = f"site_name: A\ntheme: {{name: material, font: false}}\nplugins: [{plugin}]\n"
    (tmp_path / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    code = main(["--root", str(tmp_path), "build", "--audience", audience])
    printed = capfd.readouterr().err
    assert told in printed
    assert code == (2 if audience == "public" else 0)
    assert ("the site holds no postmortems" in printed) == (audience == "internal")
    assert (tmp_path / "site" / "old.html").exists() == (audience == "public")
    assert (tmp_path / "site" / "index.html").exists() == (audience == "internal")


def test_a_plugin_for_the_public_is_not_switched_off_by_mkdocs_itself(tmp_path: Path, run: Run) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    plugin = "{postmortems: {audience: public, enabled: false}}"
    configuration = f"site_name: A\ntheme: {{name: material, font: false}}\nplugins: [{plugin}]\n"
    (tmp_path / "mkdocs.yml").write_text(configuration, encoding="utf-8")
    run([sys.executable, "-m", "mkdocs", "build", "-q"], tmp_path, code=2, env={"NO_MKDOCS_2_WARNING": "1"})
    assert not (tmp_path / "site").exists()


def test_an_unknown_audience_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(tmp_path), "build", "--audience", "everybody"]) == 2
    assert "everybody" in capsys.readouterr().err


def test_every_key_of_the_contract_is_decided_on() -> None:
    """A key that is added has to get its line in the manual, and a reason."""
    schemas = ROOT / "schema" / "postmortem_schema"
    schema = json.loads((schemas / "postmortem.schema.json").read_text(encoding="utf-8"))
    policy = json.loads((schemas / "policy.schema.json").read_text(encoding="utf-8"))
    chosen = set(policy["properties"]["public"]["properties"]["keys"]["items"]["enum"])
    keys = set(_keys(schema, schema, ()))
    page = (ROOT / "docs" / "reference" / "audience.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.*?) \| (.*?) \|", page, re.MULTILINE)
    never = {name for cell, public in rows if public == "never" for name in re.findall(r"`([a-z_.]+)`", cell)}
    listed = {name for cell, public in rows if public == "if you say so" for name in re.findall(r"`([a-z_.]+)`", cell)}
    assert keys >= ALWAYS
    assert listed == chosen
    groups = [ALWAYS, chosen, never]
    decided = {key: [any(key == n or key.startswith(f"{n}.") for n in group) for group in groups] for key in keys}
    assert {key: found for key, found in decided.items() if sum(found) != 1} == {}


def _keys(node: dict[str, Any], schema: dict[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    for name, inner in node["properties"].items():
        found = resolved(inner, schema)
        found = resolved(found.get("items", found), schema)
        if "properties" in found:
            yield from _keys(found, schema, (*above, name))
        else:
            yield ".".join((*above, name))


@pytest.mark.parametrize("key", ["action_items.due", "impact.financial", "root_causes.accepted_risk", "data_assets"])
def test_a_key_is_public_when_the_policy_says_so(key: str, base: Path, tmp_path: Path, canaries: Canaries) -> None:
    shutil.copytree(base, tmp_path / "base")
    before = main_json(tmp_path / "base")
    publish(tmp_path / "base", key)
    assert f'"{key.rpartition(".")[2]}"' not in before
    after = main_json(tmp_path / "base")
    assert f'"{key.rpartition(".")[2]}"' in after
    # Keys of one's own stay at home, below a public key, too: they are not even in the text that pages are made from.
    (postmortem,) = read_public(tmp_path / "base").postmortems
    assert [word for word in canaries.hidden if word in postmortem.document.text.string] == []


@pytest.mark.parametrize("asked", ["[[falcon]]", "falcon", "{who: falcon}"])
def test_what_is_no_key_of_the_contract_is_not_public_below_one_that_is(asked: str, base: Path, tmp_path: Path) -> None:
    """Nobody has chosen it, and it may be a misspelt name of what stays at home."""
    shutil.copytree(base, tmp_path / "base")
    publish(tmp_path / "base", "root_causes.accepted_risk")
    file = next((tmp_path / "base").rglob("open.md"))
    text = file.read_text(encoding="utf-8")
    more = text.replace("until: 2030-01-01,", f"until: 2030-01-01, asked: {asked},")
    assert more != text
    file.write_text(more, encoding="utf-8")
    told = main_json(tmp_path / "base")
    assert '"2030-01-01"' in told
    assert "falcon" not in told


def publish(root: Path, key: str) -> None:
    """Let the policy say that a key is public."""
    policy = root / "postmortem.toml"
    text = policy.read_text(encoding="utf-8")
    policy.write_text(text.replace("hosts = [", f'keys = ["{key}"]\nhosts = ['), encoding="utf-8")


@pytest.mark.parametrize(("loud", "named"), [("Loud", "P3"), ("P3", "Falcon")], ids=["free", "taken"])
def test_a_severity_is_called_as_here_only_where_a_public_postmortem_has_it(
    loud: str, named: str, tmp_path: Path
) -> None:
    """A name that internal ones alone bear tells of them; but no two severities may get one name."""
    (tmp_path / "postmortems").mkdir()
    severities = f'[severities]\nP2 = "{loud}"\nP3 = "Falcon"\n[words]\nseverity = ["P5", "P6"]\n'
    (tmp_path / "postmortem.toml").write_text(severities, encoding="utf-8")
    for id, severity, visibility in (("a", loud, "public"), ("b", "P6", "public"), ("c", "Falcon", "internal")):
        text = TOLD.format(body="Story").replace("id: open", f"id: {id}").replace("P3", severity)
        text = text.replace("visibility: public", f"visibility: {visibility}")
        (tmp_path / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")
    schema = json.dumps(schema_for(read_public(tmp_path).policy))
    assert json.dumps(["P1", loud, named, "P4", "P6"]) in schema
    assert "P5" not in schema


def read_public(root: Path) -> Knowledge:
    return read_knowledge(root, read_policy(root), date(2026, 3, 10), audience="public")


def main_json(root: Path) -> str:
    """What the public reads of the postmortems as data."""
    knowledge = read_public(root)
    assert len(knowledge.postmortems) == 1
    assert "someone" not in json.dumps(data.incidents(knowledge)["incidents"][0].get("roles"))
    return json.dumps(data.incidents(knowledge))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ann@acme.example@bob", "Someone"),
        ("Ask ann@acme.example.@bob now", "Ask someone now"),
        ("@acme/sre@bob", "Someone"),
        ("bob@@ann", "Someone"),
        ("checkout@v4@bob", "Someone"),
        ("actions/checkout@v4", "actions/checkout@v4"),
        ("nginx@sha256:e3b0c442", "nginx@sha256:e3b0c442"),
        ("library@1.2.3:jar", "library@1.2.3:jar"),
        ("Write to ann@acme.example: she knows", "Write to someone: she knows"),
        ("**ann@acme.example:** no", "**someone:** no"),
        ("Ping @acme/sre, @bob.", "Ping a team, someone."),
        ("Ping @acme/data/platform, @acme/a/b/c.", "Ping a team, a team."),
        ("Ask sean.o'brien@acme.example now", "Ask someone now"),
        ("Ask first/last@acme.example, a&b=c#d~e!f@acme.example", "Ask someone, someone"),
        ('Ask "ann smith"@acme.example, not "bob".', 'Ask someone, not "bob".'),
        ("'ann@acme.example', \"@ann\" and/or @bob's", "'someone', \"someone\" and/or someone's"),
    ],
)
def test_names_that_follow_on_each_other_are_one(text: str, told: str) -> None:
    assert Wording([]).told(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@`falcon`", "Someone"),
        ("Ask `ann`@acme.example now", "Ask someone now"),
        ("Ask @acme/`falcon`, `x` failed", "Ask a team, x failed"),
        ("`@ann` set `x`", "`someone` set `x`"),
        ("At `https://wiki.internal/x`, `y`", "At `(internal address)`, `y`"),
    ],
)
def test_a_name_that_is_code_in_a_part_is_not_told_in_the_frontmatter(text: str, told: str) -> None:
    assert Wording([]).plain(text) == told


@pytest.mark.parametrize("text", ["a'" * 150_000, "a''" * 100_000, '"a' * 100_000, "a/b=" * 100_000, "@a/" * 100_000])
def test_no_line_of_signs_is_read_twice(text: str) -> None:
    """From each sign anew, this would take minutes."""
    Wording([]).told(text)


def test_a_line_of_signs_before_no_name_is_read_once() -> None:
    """From each sign anew, this would take a quarter of an hour."""
    signs = "@" * 300_000
    assert Wording([]).told(signs) == signs


HOSTS = ("status.example.com", "*.example.org", "xn--bcher-kva.example")
AROUND = (
    *("X", '"X"', "'X'", "`X`", "<X>", "(X)", "[X]", "{X}", "|X|", "**X**", "_X_", "~~X~~"),
    *(
        "X,",
        "X.",
        "X;",
        "X:",
        "X!",
        "X?",
        "X...",
        "X'",
        '"X."',
        '"X",',
        "(X).",
        "1.X",
        "-X",
        "...X",
        "see:X",
    ),
    *("\u201cX\u201d", "\u201eX\u201c", "\u2018X\u2019", "\u00abX\u00bb", "\u300cX\u300d", "\u201cX.\u201d"),
    *('{"url":"X","status":503}', "<loc>X</loc>", "[status](X)", '"[status](X)"'),
)
"""What an address stands in; none of it tells anything."""


@pytest.mark.parametrize(
    "address",
    [
        *("https://status.example.com", "https://status.example.com/x", "HTTP://Status.Example.COM:8443/x?a=b#c"),
        *(
            "https://a.example.org/(x)/y_z",
            "www.a.example.org/x",
            "https://a.example.org/?to=https://status.example.com/",
            "https://a.example.org/x//?to=//status.example.com/y",
        ),
        *("https://b\u00fccher.example/x", "https://xn--bcher-kva.example/x"),
    ],
)
def test_an_address_of_a_public_host_stays_whatever_it_stands_in(address: str) -> None:
    texts = [around.replace("X", address) for around in AROUND]
    assert [Wording(HOSTS).told(text) for text in texts] == texts


@pytest.mark.parametrize(
    "address",
    [
        *("https://wiki.internal/x", "HTTPS://WIKI.internal:8080", "ftp://wiki.internal", "www.wiki.internal/x"),
        *("https://ann:word@status.example.com", "https://status.example.com@wiki.internal", "slack://wiki"),
        *("https://example.org", "https://status.example.com.wiki.internal", "https://status.example.com\\wiki"),
        *("https://wiki.internal/ann's/page", "https://wiki.internal/<team>/page", "https://wiki.internal/{id}/page"),
        *("https://status.example.com/?to=https://wiki.internal/x", "https://status.example.com/?to=www.wiki.internal"),
        "https://status.example.com/?to=https%253A%252F%252Fwiki.internal",
        "https://status.example.com/?mail=ann%40wiki.internal",
        "https://status.example.com/login?next=//wiki.internal/x",
        "https://status.example.com/#//wiki.internal",
        "https://status.example.com/a//wiki.internal/x",
        "https://status.example.com/?u=https:wiki.internal/x",
        "https://status.example.com/?u=%5C%5Cwiki.internal",
        # Browsers go to the host before the sign; what is behind it only looks like one that is listed.
        *(
            "https://wiki.internal\\.example.org/x",
            "https://wiki.internal\\\\a.example.org",
            "https://wiki.internal,a.example.org/x",
        ),
        *(
            "https:/wiki.internal/falcon",
            "HTTP:\\\\wiki.internal\\falcon",
            "\\\\files.internal\\falcon\\x",
            "\\\\files\\falcon$",
        ),
    ],
)
def test_no_part_of_any_other_address_is_told(address: str) -> None:
    for around in AROUND:
        told = Wording(HOSTS).told(around.replace("X", address))
        before, _, behind = around.partition("X")
        assert told.startswith(f"{before}(internal address)")
        # What follows without white space may be hidden as well.
        assert behind.endswith(told.removeprefix(f"{before}(internal address)"))


@pytest.mark.parametrize(
    "address",
    [
        *("git@git.internal:acme/falcon.git", "git@status.example.com:acme/falcon.git", "2nd@db:/var/lib"),
        *("ann@db::falcon", "root@10.0.0.1:~/falcon", "ann@wiki.internal:falcon@db:x"),
        *("git@[::1]:acme/falcon", "git@[2001:db8::1]:falcon", "root@[fe80::1%eth0]:/srv/falcon"),
    ],
)
def test_no_part_of_a_path_at_a_host_is_told(address: str) -> None:
    """As git and scp take it; the path would tell what the host does not."""
    for around in AROUND:
        before, _, behind = around.partition("X")
        told = Wording(HOSTS).told(around.replace("X", address))
        # What may stand in the name of a user is hidden with it.
        assert told.startswith(f"{before.rstrip('1.-_')}(internal address)")
        assert behind.endswith(told.partition("(internal address)")[2])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('See https://g.internal/?left={"expr":"rate(x)"} now', 'See (internal address))"} now'),
        ("https://wiki.internal/a|b and on", "(internal address) and on"),
        ("See \u201chttps://wiki.internal/x\u201d, then", "See \u201c(internal address)\u201d, then"),
        ("See https://wiki.internal/x\u2026 then", "See (internal address)\u2026 then"),
        ("Version 1.2.https is no address", "Version 1.2.https is no address"),
    ],
)
def test_an_address_ends_where_its_sentence_goes_on(text: str, told: str) -> None:
    assert Wording(HOSTS).told(text) == told


@pytest.mark.parametrize(
    "text", ["X|x", "X>x", "X\u00a0x", "X\u3000x", "X's", 'X"x"', "X}", "X\u2026", "| a |\n| - |\n| X\\|x |"]
)
def test_an_address_that_a_code_host_reads_on_does_not_keep_its_postmortem_at_home(text: str, tmp_path: Path) -> None:
    """The host in it is public, that in the link is none at all."""
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortem.toml").write_text('[public]\nhosts = ["status.example.com"]\n', encoding="utf-8")
    body = TOLD.format(body=text.replace("X", "https://status.example.com"))
    (tmp_path / "postmortems" / "open.md").write_text(body, encoding="utf-8")
    public = read_knowledge(tmp_path, read_policy(tmp_path), date(2026, 3, 10), audience="public")
    assert not public.left_out
    assert "(internal address)" in public.by_id["open"].document.text.string


def test_the_story_reads_as_it_was_written() -> None:
    """Of this repository's own postmortems, whose links are the only internal thing."""
    policy = read_policy(ROOT)
    public = read_knowledge(ROOT, policy, date(2026, 3, 10), audience="public")
    for postmortem in read_knowledge(ROOT, policy, date(2026, 3, 10)).postmortems:
        expected = [part for part in story(postmortem.document.body) if part[0] in policy.public.sections]
        assert story(public.by_id[postmortem.id].document.body) == expected, postmortem.id


def story(body: Body) -> list[tuple[str, str]]:
    """The sections of a body as HTML, without what marks dead links."""
    markdown = Markdown(body, Links(lambda href: None, lambda src: None))
    found = [(section.title, markdown.blocks(section.first, section.last)) for section in body.sections]
    return [(title, re.sub(r"</?span[^>]*>", "", html)) for title, html in found]


TOLD = """\
---
id: open
title: Checkout was down
status: reviewed
severity: P3
visibility: public
timestamps: {{started: 2026-03-01T09:00:00Z}}
roles: {{author: "@maria"}}
---

## What Happened

{body}
"""


def told_of(body: str, root: Path) -> str:
    """The text that the public gets of a body."""
    (root / "postmortems").mkdir()
    (root / "postmortems" / "open.md").write_text(TOLD.format(body=body), encoding="utf-8")
    return read_public(root).by_id["open"].document.text.string


def test_a_link_within_the_page_leads_where_its_heading_went(tmp_path: Path) -> None:
    """What shared its name stays at home, who is named in it is not told, and what is not public is no target."""
    body = """\
[fix](#details-1), [kim](#kim-mends-it), [sign](#pool--queue), [Ö](#öl), [part](#root-cause), [gone](#details), [us](#human-factors)

### Details

### @kim mends it

### Pool & queue

### Öl

## Human Factors
"""
    text = told_of(f"x\n\n## Appendix\n\n### Details\n\n## What Happened\n\n{body}", tmp_path)
    assert (
        "[fix](#details), [kim](#someone-mends-it), [sign](#pool--queue), [Ö](#%C3%B6l), [part](#root-cause), gone, us\n"
        in text
    )


def test_a_section_is_public_by_its_heading_as_it_is_written_too(tmp_path: Path) -> None:
    (tmp_path / "postmortem.toml").write_text("[public]\nsections = ['How `reset` *failed*']\n", encoding="utf-8")
    text = told_of("x\n\n## How `reset` *failed*\n\nTwice\n\n## How it went on\n\nBadly", tmp_path)
    assert "## How `reset` *failed*\n\nTwice" in text
    assert "Badly" not in text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "![The pool of @kim](pool.png), [status](https://status.example.com), **bold** and `code`",
            '<img src="open-1.png" alt="The pool of someone">, <a href="https://status.example.com">status</a>, <strong>bold</strong> and <code>code</code>',
        ),
        (
            "![The pool\nof **@kim** by `@ann`](pool.png) here",
            '<img src="open-1.png" alt="The pool of someone by someone"> here',
        ),
        ("![a@`x`kim](pool.png) here", '<img src="open-1.png" alt="Someone"> here'),
        ("![@kim](pool.png)@ann", '<img src="open-1.png" alt="Someone">Someone'),
        (
            r"![A \] B \[C\](x) \*D\* &amp;amp; @kim \| ~~](pool.png) here",
            '<img src="open-1.png" alt="A ] B [C](x) *D* &amp;amp; someone | ~~"> here',
        ),
        ("kim@![example.com](pool.png) **left**", "Someone left"),
        ("We told **@kim**, then *@acme/sre* now.", "We told <strong>someone</strong>, then <em>a team</em> now."),
        ("Write to @kim now", "Write to someone now"),
        (
            "@kim **and @ann** left. **@bob** stayed",
            "Someone <strong>and someone</strong> left. <strong>Someone</strong> stayed",
        ),
        ("It was over.\n@kim left", "It was over.\nSomeone left"),
        ("It was over for\n@kim", "It was over for\nsomeone"),
        ("See [@kim](https://wiki.example.com) now", "See someone now"),
        (
            "Clone git@git.example.com:acme/falcon.git, **then** go",
            "Clone (internal address), <strong>then</strong> go",
        ),
        ("Clone git@**git.example.com**:acme/falcon.git", "Clone (internal address)"),
        ("Clone git@git.example.com:`acme/falcon`, now", "Clone (internal address), now"),
        ("Write to **ann**@example.com now", "Write to someone now"),
        ("Ask @acme/**falcon**, or @kim*mueller*", "Ask a team, or someone"),
        (
            "At `https://wiki.example.com/x`-like, **https://wiki.example.com/y**: [status](https://status.example.com)",
            'At <code>(internal address)</code>-like, <strong>(internal address)</strong>: <a href="https://status.example.com">status</a>',
        ),
    ],
)
def test_a_name_takes_nothing_else_of_its_paragraph_along(body: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "pool.png").write_bytes(PICTURE)
    (tmp_path / "postmortem.toml").write_text('[public]\nhosts = ["status.example.com"]\n', encoding="utf-8")
    (tmp_path / "postmortems" / "open.md").write_text(TOLD.format(body=body), encoding="utf-8")
    public = read_knowledge(tmp_path, read_policy(tmp_path), date(2026, 3, 10), audience="public")
    found = public.by_id["open"].document.body
    markdown = Markdown(found, Links(lambda href: href, Picture))
    html = markdown.blocks(found.sections[0].first, found.sections[0].last)
    html = re.sub(r'<a class="pm-zoom"[^>]*>(<img[^>]*>)</a>', r"\1", html)
    assert re.sub(r' (?:rel|loading)="[^"]*"', "", html).strip() == f"<p>{told}</p>"


@pytest.mark.parametrize(
    "body",
    [
        "- It`s slow\n- <!-- kestrel --> and he`s late",
        "> It`s slow\n\n> <!-- kestrel --> and he`s late",
        "### It`s slow\n<!-- kestrel --> and he`s late",
        "It`s slow\n<!-- kestrel ` -->\nand late",
        "It\\`s slow <!-- kestrel --> and he\\`s late",
        "| A | B |\n| --- | --- |\n| It`s slow | <!-- kestrel --> he`s late |",
        "<!--\n```\n-->\n\nslow <!-- kestrel --> late\n\n```\ncode\n```",
        "<details>\n```\nslow <!-- kestrel -->\n```\n</details>",
        "slow <?x > kestrel ?> late",
        "slow <![CDATA[ > kestrel ]]> late",
        "slow <!-- never ends\n\n<!-- kestrel",
        "[^1] slow\n\n```\ncode\n```\n\n[^1]: It`s\n\n    <!-- kestrel --> he`s",
    ],
)
def test_what_a_code_host_does_not_show_is_not_told_whatever_stands_around_it(body: str, tmp_path: Path) -> None:
    """A single backtick before a comment is no beginning of code, nor is a fence within one."""
    told = told_of(body, tmp_path)
    assert "kestrel" not in told
    assert "slow" in told


@pytest.mark.parametrize(
    "body",
    [
        r"See X, then",
        r"- copied to X",
        r"> X",
        "One[^1]\n\n[^1]: In X",
        "| A |\n| --- |\n| X |",
        r"**In X** or **\\kestrel**\falcon",
        r"`X` and [x](https://status.example.com 'X')",
        r"![X](pool.png 'X') and \X",
        "```\nX\n```",
        "### In X",
    ],
)
def test_a_folder_at_a_host_is_not_told_wherever_it_stands(body: str, tmp_path: Path) -> None:
    """Markdown makes one of two backslashes in a sentence, and keeps both in code."""
    told = told_of(body.replace("X", "\\\\kestrel\\falcon\\log.txt"), tmp_path)
    assert "kestrel" not in told
    assert "falcon" not in told
    assert "internal address" in told


@pytest.mark.parametrize("language", ["mermaid", "Mermaid live", "sql"])
def test_a_comment_in_a_diagram_is_not_told(language: str, tmp_path: Path) -> None:
    """The page holds the source of a diagram; of other code, a code host shows the comments."""
    diagram = "%%{init: {'theme': 'neutral'}}%%\nflowchart LR\n  %% kestrel\n  A --> B\n\n%% kestrel"
    body = f"- as drawn\n\n  ```{language}\n  {diagram.replace(chr(10), chr(10) + '  ')}\n  ```"
    told = told_of(body, tmp_path)
    assert told.count("kestrel") == (2 if language == "sql" else 0)
    for kept in ("neutral", "flowchart LR", "A --> B"):
        assert kept in told


@pytest.mark.parametrize(
    "body",
    [
        "`<!-- kestrel -->`",
        "one `a <!-- `\nand `<!-- kestrel -->`",
        "| A |\n| --- |\n| `<!-- a \\| kestrel -->` |",
        "```html\n<!-- kestrel -->\n```",
        "- list\n\n      <!-- kestrel -->",
        "[^1]\n\n[^1]: Note\n\n    ```\n    <!-- kestrel -->\n    ```\n\n```\ncode\n```",
        "below `<b>` is <!-- text kestrel",
    ],
)
def test_what_a_code_host_shows_as_code_or_text_is_told(body: str, tmp_path: Path) -> None:
    told = told_of(body, tmp_path)
    assert "kestrel" in told
    assert "<!--" in told.replace("\\<", "<").replace("&lt;", "<")


UNFIT: dict[str, Callable[[str], str]] = {
    "nested too deeply": lambda text: text + "*a **b " * 9000,
    "longer than is read": lambda text: text + "x\n\n" * 30000,
    # What is a name followed by an address becomes an address of its own.
    "an address behind a name": lambda text: text + "Ask @<https://status.example.com>.\n",
}


@pytest.mark.parametrize("unfit", UNFIT)
def test_what_cannot_be_made_fit_is_left_out(unfit: str, base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path / "base")
    file = next((tmp_path / "base").rglob("open.md"))
    file.write_text(UNFIT[unfit](file.read_text(encoding="utf-8")), encoding="utf-8")
    knowledge = read_public(tmp_path / "base")
    assert knowledge.postmortems == ()
    assert list(knowledge.left_out) == [file.relative_to(tmp_path / "base").as_posix()]
