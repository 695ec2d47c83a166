"""The way out: data, tables, and a folder of Markdown that another generator builds, and that runs nothing there."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown import Markdown

from postmortem_kb.cli import main
from postmortem_kb.clock import today
from postmortem_kb.export.markdown.body import Writer
from postmortem_kb.export.markdown.other import page as other_page
from postmortem_kb.export.markdown.place import Place
from postmortem_kb.export.markdown.text import link, plain, table
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.pages.page import Content, Page
from postmortem_kb.policy import read_policy
from postmortem_kb.render.markdown import Links
from postmortem_kb.render.pictures import Picture
from postmortem_kb.source.body import Body, read_body
from postmortem_kb.source.text import Text

Run = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parent.parent
PNG = b"\x89PNG\r\n\x1a\n"
EVIL = "</title><script>hit()</script><img src=x onerror=hit()> {{ 7 * 7 }} {% raw %} &lt;b&gt;"
REVIEWED = """\
---
id: b
title: Checkout was down | again & again
status: reviewed
severity: P2
kind: outage
summary: Nobody could pay.
services: [checkout, "billing & tax"]
tags: [index]
timezone: Europe/Berlin
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:07:00Z
  resolved: 2026-03-05T09:30:00Z
published: 2026-03-08
roles:
  author: "@maria"
impact:
  customers: Nobody could pay
  downstream: [search, billing]
root_causes:
  - {id: RC1, category: capacity, statement: The pool was full, evidence: ["https://example.org/graph"]}
  - {id: RC2, category: process-gap, statement: Nobody looked, accepted_risk: {reason: It ends soon, by: "@kim", until: 2026-12-31}}
contributing_factors:
  - {id: CF1, kind: human, latent: true, statement: It was late}
action_items:
  - {id: A1, action: "=Size the pool", type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-03-20, addresses: [RC1], ticket: "https://example.org/OPS-1"}
  - {id: A2, action: Alert on the pool, type: detect, owner: "@maria", priority: P2, status: done, completed: 2026-03-21, verification: {how: A drill, on: 2026-03-22, result: It rang, x-note: secretive}}
related:
  - {id: a, relation: recurrence-of, note: The same pool}
links:
  - {title: The graph, url: "https://example.org/graph?a=1&b=(2)", kind: dashboard}
  - {title: Script, url: "javascript:hit()", kind: report}
briefs:
  executive: Sales stopped for a day.
x-team: payments
---

## Timeline

| Time | Event | Who |
| --- | --- | --- |
| 10:07 | Alert | Kim |
| 2026-03-05T09:30:00Z | Over | Maria |

## What Happened

See [the first time](a.md#timeline), [a section](#what-happened), [no section](a.md#nowhere), ![the pool](pool.png),
![no picture](../../postmortem.toml) and [the file](../../postmortem.toml).

> [!NOTE]
> Twice.

- [x] looked
- [ ] found
  - nested

    ```sh
    df -h
    ```

A note[^1]: ~~no~~ yes.

[^1]: Small print

## Appendix

Queries
"""
HOSTILE = """\
---
id: evil
title: "EVIL"
status: draft
severity: P3
services: ['"><script>hit()</script>']
tags: ["<svg onload=hit()>", "--8<-- \\"/etc/passwd\\""]
summary: "EVIL"
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
root_causes:
  - {id: RC1, category: capacity, statement: "EVIL", evidence: ["javascript:hit()", "https://x/\\"><script>hit()</script>"]}
action_items:
  - {id: A1, action: "- # EVIL", type: prevent, owner: "@maria", priority: P1, status: todo, success_criteria: "EVIL"}
links:
  - {title: "](javascript:hit())", url: "javascript:hit()", kind: report}
  - {title: "EVIL", url: "https://example.org/)<script>hit()</script>", kind: report}
briefs:
  executive: "EVIL\\n\\n!!! note\\n\\n[x]: javascript:hit()"
---

## Timeline

<script>hit()</script> [click](javascript:hit()) <javascript:hit()> ![x](javascript:hit())

[ref]: javascript:hit()

A [ref] and {: onclick=hit() } and --8<-- "/etc/passwd" and {{ 7 * 7 }} and `<script>hit()</script>`

--8<-- "/etc/passwd"

- <script>hit()</script>

  ```html
  <script>hit()</script>
  ```
- ```
  <img src=x onerror=hit()>
  ```

> ~~~
> <script>hit()</script>
> ~~~

| Time | Event |
| --- | --- |
| 09:00 | <b onclick=hit()>bold</b> `<script>\\|hit()</script>` |

## <script>hit()</script> {: onclick=hit() }

*[hit]: <script>

Not a definition
:   <script>hit()</script>
""".replace("EVIL", EVIL)


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    folder = tmp_path / "base"
    (folder / "postmortems").mkdir(parents=True)
    (folder / "postmortem.toml").write_text('[site]\nname = "Acme <b>& Co"\n', encoding="utf-8")
    (folder / "postmortems" / "a.md").write_text(draft("a", title="The first time"), encoding="utf-8")
    (folder / "postmortems" / "b.md").write_text(REVIEWED, encoding="utf-8")
    (folder / "postmortems" / "pool.png").write_bytes(PNG)
    return folder


def export(base: Path, to: Path, format_: str = "markdown") -> int:
    return main(["--root", str(base), "export", "--format", format_, str(to)])


def zensical(folder: Path, run: Run) -> Path:
    """Build an export as it is; any warning is an error."""
    run([sys.executable, "-m", "zensical", "build", "--clean", "--strict"], folder)
    return folder / "site"


class _Page(HTMLParser):
    """What a browser would run, load and follow on a page, and the words that it would show."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.leads: list[str] = []
        self.titles: list[str] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "title"):
            self.inside.append(tag)
        for name, value in attrs:
            if name.startswith("on") or re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE):
                self.runs.append(f"{tag} {name}={value}")
            if name in ("href", "src") and value:
                self.leads.append(value)
            if name == "title" and value:
                self.titles.append(value)
        if tag in ("iframe", "object", "embed", "base") or (tag == "img" and dict(attrs).get("src") == "x"):
            self.runs.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] == "script":
            self.runs += [data] if "hit()" in data else []
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def page(site: Path, address: str) -> _Page:
    return _Page((site / address / "index.html").read_text(encoding="utf-8"))


def test_zensical_builds_this_repository_s_export_strictly_with_every_page(tmp_path: Path, run: Run) -> None:
    target = tmp_path / "out"
    assert export(ROOT, target) == 0
    site = zensical(target, run)
    knowledge = read_knowledge(ROOT, read_policy(ROOT), today())
    # A list that the site shows over several pages is one page here.
    pages = [
        p.path
        for p in all_pages(knowledge)
        if not p.path.startswith(("reference/", "search/")) and not re.search("/page/|./actions/", p.path)
    ]
    missing = [path for path in pages if not (site / path / "index.html").is_file()]
    assert missing == []
    for postmortem in knowledge.postmortems:
        assert postmortem.title in page(site, f"incidents/{postmortem.id}").text


def test_links_and_pictures_of_the_built_export_are_there(base: Path, tmp_path: Path, run: Run) -> None:
    export(base, tmp_path / "out")
    site = zensical(tmp_path / "out", run)
    dead = []
    for file in site.rglob("*.html"):
        for address in _Page(file.read_text(encoding="utf-8")).leads:
            path, _, fragment = address.partition("#")
            if re.match(r"[a-z]+:", address) or file.name == "404.html":
                continue
            target = (file.parent / unquote(path)).resolve() if path else file
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (fragment and f'id="{fragment}"' not in target.read_text(encoding="utf-8")):
                dead.append(f"{file.relative_to(site)}: {address}")
    assert dead == []
    html = (site / "incidents" / "b" / "index.html").read_text(encoding="utf-8")
    assert '<a href="../a/#timeline">the first time</a>' in html
    assert '<a href="#what-happened">a section</a>' in html
    assert '<a href="../a/">no section</a>' in html
    assert re.search(r'<img alt="the pool" src="../../files/pool.png"', html)
    assert "postmortem.toml" not in html


def test_a_hostile_postmortem_runs_nothing_in_zensical_and_loses_no_text(base: Path, tmp_path: Path, run: Run) -> None:
    (base / "postmortems" / "evil.md").write_text(HOSTILE, encoding="utf-8")
    export(base, tmp_path / "out")
    site = zensical(tmp_path / "out", run)
    for file in site.rglob("*.html"):
        found = _Page(file.read_text(encoding="utf-8"))
        assert found.runs == [], file
    text = page(site, "incidents/evil").text
    told = (EVIL, "{: onclick=hit() }", '--8<-- "/etc/passwd"', "<b onclick=hit()>bold</b>", "<script>|hit()</script>")
    assert [word for word in told if word not in text] == []
    assert text.count("<script>hit()</script>") > 10
    assert "root:" not in text
    for index in ("", "incidents", "services", "owners", "tags", "actions"):
        assert page(site, index).text


BLOCKS = ("", "- ", "1. ", "> ", "    ", "  ", "- > ", "> - ", "- [ ] ", "# ", "| ", "[^1]: ", "::: ", "!!! ", "/// ")
PIECES = (
    "<script>hit()</script>", "<img src=x onerror=hit()>", "<svg/onload=hit()>", "<!--", "-->", "<![CDATA[", "<?", "<div",
    "`", "``", "```", "~~~", "```html", "[x](javascript:hit())", "![x](javascript:hit())", "[x]: javascript:hit()",
    "<javascript:hit()>", "{: onclick=hit() }", "{onclick=hit()}", "&lt;script&gt;", "&#60;img src=x&#62;", "\\", "!", "[",
    "]", "(", ")", "|", "---", "===", "**", "_", "~~", "[^1]", "{{ 7 }}", "--8<--", "\x02", "\x0c", "\u2028", "word", ": ",
)  # fmt: skip
LINES = st.tuples(
    st.lists(st.sampled_from(BLOCKS), max_size=3),
    st.lists(st.sampled_from(PIECES), max_size=5),
    st.sampled_from(["", " "]),
).map(lambda line: "".join(line[0]) + line[2].join(line[1]))


def extensions() -> tuple[list[str], dict[str, Any]]:
    """What `zensical.toml` switches on, under the names that Python-Markdown has for it."""
    from postmortem_kb.export import markdown

    configured = tomllib.loads(markdown._CONFIGURATION.format(name='""', nav=""))["project"]["markdown_extensions"]
    inner = configured.pop("pymdownx")
    whole = configured | {f"pymdownx.{name}": options for name, options in inner.items()}
    return list(whole), whole


def rendered(text: str) -> _Page:
    names, options = extensions()
    return _Page(Markdown(extensions=names, extension_configs=options).convert(text))


def rewritten(text: str) -> str:
    body = read_body(Text.of(text), 0)
    return Writer(Links(lambda href: href, Picture)).blocks(body.tokens)


@given(st.lists(LINES, max_size=12).map("\n".join))
@example("[^1]: - [^1]: ")
def test_no_body_runs_anything_in_python_markdown(text: str) -> None:
    assert rendered(rewritten(text)).runs == []


@pytest.mark.parametrize("nest", ["- ", "> ", "1. ", "- > ", "> - "])
def test_what_is_deeply_nested_runs_nothing_and_is_read_to_its_end(nest: str) -> None:
    for depth in (1, 4, 8, 9, 12, 30):
        outside = "".join(nest[0] if nest == "> " else nest for _ in range(depth))
        inside = "".join("> " if mark == ">" else "  " * (mark in "-1") for mark in outside.replace("1. ", "1  "))
        text = f"{outside}told\n{inside}\n{inside}```html\n{inside}<script>hit()</script>\n{inside}```\n"
        found = rendered(rewritten(text))
        assert found.runs == []
        assert "told" in found.text
        assert "<script>hit()</script>" in found.text


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
@example("The pool (full) \"'`*_ at {{ 9 }} & &amp; \\ --8<-- :smile: ~x~ ==y== | ^z^ ++a++ $b$ https://x.example")
def test_the_title_of_a_link_or_picture_is_read_as_it_was_typed(text: str) -> None:
    written = link("label", "pool.png", text)
    shown = " ".join(text.replace("\x02", "\ufffd").replace("\x0c", "\ufffd").replace("\u2028", "\ufffd").split())
    for kind in ("", "!"):
        found = rendered(f"{kind}{written}\n\n| a |\n| --- |\n| {kind}{written} |")
        assert found.runs == []
        assert found.titles == [shown] * 2 * bool(shown)
        body = read_body(Text.of(f"{kind}{written}"), 0)
        assert str((body.tokens[1].children or [])[0].attrGet("title") or "") == shown


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_value_is_shown_as_it_was_typed(text: str) -> None:
    shown = " ".join(text.replace("\x02", "\ufffd").replace("\x0c", " ").replace("\u2028", " ").split())
    for found in (rendered(plain(text)), rendered(table(["a", "b"], [[plain(text), "c"]]))):
        assert found.runs == []
        assert found.text.removeprefix("a b ").removesuffix("c").strip() == shown


def test_what_a_body_says_stays_when_it_is_written_anew() -> None:
    titled = '![The pool](https://x.example/a.png "At ten (full)"), [it](https://x.example "Since \\"one\\"")\n'
    files = (file.read_text(encoding="utf-8") for file in (ROOT / "postmortems").rglob("[0-9]*.md"))
    for body in (titled, *(text.split("\n---\n", 1)[1] for text in files)):
        once = rewritten(body)
        assert tokens(read_body(Text.of(once), 0)) == tokens(read_body(Text.of(body), 0)), body[:200]
        assert rewritten(once) == once


def tokens(body: Body) -> list[tuple[str, str, str]]:
    """What a body consists of; how wide its lists are indented makes no difference."""
    return [
        (child.type, child.content, str(child.attrs))
        for token in body.tokens
        for child in (token.children if token.children is not None else [token])
        if child.type not in ("text", "softbreak") or child.content
    ]


def test_the_first_page_the_lists_and_the_sides_lead_to_each_other(base: Path, tmp_path: Path) -> None:
    export(base, tmp_path / "out")
    docs = tmp_path / "out" / "docs"
    told = {
        "index.md": ["- [Incidents](incidents/index.md): 2 incidents", "- [Action items](actions/index.md): 1 open"],
        "incidents/index.md": ["| 4 Mar 2026 | P2 | [Checkout was down &#124; again & again](b.md) |"],
        "actions/index.md": [
            "| 20 Mar 2026 | P1 | &#61;Size the pool | Prevent | [@maria](../owners/maria.md) | Todo |"
        ],
        "services/index.md": ["| [billing & tax](", "| [checkout](checkout.md) | 1 | 1 |"],
        "causes/capacity.md": ["# Capacity", "(../incidents/b.md)"],
        "tags/index/index.md": ["# index"],
        "tags/index.md": ["[index](index/index.md)"],
    }
    for name, parts in told.items():
        text = (docs / name).read_text(encoding="utf-8").replace("\u00a0", " ")
        assert [part for part in parts if part not in text] == [], name


def test_an_incident_is_readable_as_plain_text(base: Path, tmp_path: Path) -> None:
    export(base, tmp_path / "out")
    text = (tmp_path / "out" / "docs" / "incidents" / "b.md").read_text(encoding="utf-8").replace("\u00a0", " ")
    for told in (
        "# Checkout was down &#124; again & again",
        "- **Time to detect:** 7 min",
        "- **Services:** [checkout](../services/checkout.md), ",
        "| Time (UTC) | Time (Europe/Berlin) | Elapsed | Event | Who |",
        "| 4 Mar 2026, 09:07 | 10:07 | +7 min | Alert | Kim |",
        "- **Customers:** Nobody could pay\n- **Downstream:**\n    - search\n    - billing",
        "- **RC1** Root cause ([Capacity](../causes/capacity.md)): The pool was full\n    - Answered by A1",
        "    - Risk accepted by @kim until 31 Dec 2026: It ends soon",
        "- **CF1** Contributing factor (Human, latent): It was late\n    - No action answers this",
        "- **A1** &#61;Size the pool\n    - Todo, due 20 Mar 2026, prevent, P1, [@maria](../owners/maria.md)",
        "    - Ticket: [OPS-1](https://example.org/OPS-1)",
        "    - Verified 22 Mar 2026: A drill: It rang",
        "- Recurrence of: [The first time](a.md). The same pool",
        "- [The graph](https://example.org/graph?a=1&amp;b=%282%29) (Dashboard)",
        "- Script `javascript:hit()` (Report)",
        "### Executive\n\nSales stopped for a day.",
        "> **Note**\n>\n> Twice.",
        "- [x] looked",
        "A note[^1]&#58; ~~no~~ yes.",
        "[^1]: Small print",
    ):
        assert told in text, told
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [
        "Timeline", "Impact", "What Happened", "Root Cause", "Action Items", "Related Incidents", "Links", "Briefs",
        "Appendix",
    ]  # fmt: skip


def test_a_heading_keeps_its_marks_its_links_and_its_notes(base: Path, tmp_path: Path) -> None:
    body = "## Root Cause[^a]\n\n[^a]: Small print\n\n## Change [CHG-88](https://example.org/CHG-88) in `C\\#`, *C\\#*, C\\#\n\nSmaller.\n"
    text = (base / "postmortems" / "a.md").read_text(encoding="utf-8").partition("## Timeline")[0]
    (base / "postmortems" / "a.md").write_text(text + body, encoding="utf-8")
    export(base, tmp_path / "out")
    told = (tmp_path / "out" / "docs" / "incidents" / "a.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", told, re.MULTILINE) == [
        "Root Cause[^1]",
        "Change [CHG-88](https://example.org/CHG-88) in `C\\#`, *C#*, C\\#",
        "Related Incidents",
    ]


def test_a_relation_stands_on_both_pages_as_each_of_them_says_it(
    base: Path, tmp_path: Path, draft: Callable[..., str]
) -> None:
    related = {
        "x": "{id: y, relation: caused-by, note: It filled the disk}",
        "y": "{id: gone, relation: similar}",
        "p": "{id: q, relation: same-cause, note: As p says}",
        "q": "{id: p, relation: same-cause, note: As q says}",
    }
    for id, entry in related.items():
        text = draft(id, title=f"Incident {id}").replace("---\n\n", f"related:\n  - {entry}\n---\n\n", 1)
        (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")
    export(base, tmp_path / "out")
    shown = {}
    for id in related:
        text = (tmp_path / "out" / "docs" / "incidents" / f"{id}.md").read_text(encoding="utf-8")
        shown[id] = text.partition("## Related Incidents\n")[2].partition("\n## ")[0].strip().splitlines()
    assert shown == {
        "x": ["- Caused by: [Incident y](y.md). It filled the disk"],
        "y": ["- Cause of: [Incident x](x.md). It filled the disk"],
        # Who says the same of each other is shown once.
        "p": ["- Same cause: [Incident q](q.md). As p says"],
        "q": ["- Same cause: [Incident p](p.md). As q says"],
    }


def test_the_frontmatter_is_kept_below_one_key(base: Path, tmp_path: Path) -> None:
    (base / "postmortems" / "evil.md").write_text(HOSTILE, encoding="utf-8")
    export(base, tmp_path / "out")
    knowledge = read_knowledge(base, read_policy(base), today())
    for postmortem in knowledge.postmortems:
        text = (tmp_path / "out" / "docs" / "incidents" / f"{postmortem.id}.md").read_text(encoding="utf-8")
        kept = yaml.safe_load(text.split("\n---\n", 1)[0])
        assert kept.pop("postmortem") == postmortem.document.frontmatter.data
        assert set(kept) <= {"title", "description"}
        assert not [value for value in kept.values() if re.search('[<>"]', value)]


def test_a_page_without_a_writer_of_its_own_comes_from_its_html() -> None:
    html = """<header><h1>Times &amp; &lt;b&gt;</h1><p>In <em>minutes</em>, <time>all</time>, <strong> </strong>told.</p></header>
    <svg><title>drawn</title></svg><form><button>Filter</button></form>
    <h2 id="x">By service <span class="pm-count">2</span><a class="headerlink" href="#x">¶</a></h2>
    <table><caption>Medians</caption><tr><th>Service</th><th>TTD</th></tr>
    <tr><td><a href="../services/a/">a|b</a></td><td>5 min <span class="pm-meta">of 7</span></td></tr></table>
    <dl><div><dt>Median</dt><dd>5 min</dd></div></dl>
    <ul><li><span>P1</span><strong>First</strong> <strong>second</strong><div>- not a list</div>
    <ul><li><a href="javascript:hit()">deeper</a></li></ul></li></ul><p>1. <a href="../nowhere/">end</a></p>"""
    place = Place("metrics/index.md", {"services/a/": "services/a.md"})
    text = other_page(Page("metrics/", "Times", "metrics/", "", lambda: Content(html)), place)
    assert text.split("---\n\n", 1)[1] == (
        "# Times & &lt;b>\n\n"
        "In *minutes*, all, told.\n\n"
        "## By service\n\n"
        "Medians\n\n"
        "| Service | TTD |\n| --- | --- |\n| [a&#124;b](../services/a.md) | 5 min · of 7 |\n\n"
        "- **Median:** 5 min\n\n"
        "- P1 **First** **second** · - not a list\n    - deeper\n\n"
        "1\\. end\n"
    )


def test_every_page_of_the_site_could_be_made_from_its_html(base: Path) -> None:
    (base / "postmortems" / "evil.md").write_text(HOSTILE, encoding="utf-8")
    for source in all_pages(read_knowledge(base, read_policy(base), today())):
        assert rendered(other_page(source, Place("x.md", {})).split("\n---\n", 1)[1]).runs == [], source.path


def test_what_explains_a_drawing_is_left_out_with_it(tmp_path: Path) -> None:
    assert export(ROOT, tmp_path / "out") == 0
    text = (tmp_path / "out" / "docs" / "metrics" / "index.md").read_text(encoding="utf-8")
    assert "Times are medians of the incidents, or of as many as tell the time. Fewer than five" in text
    assert not re.search("dot|Rings|full colour", text)


def test_json_is_what_the_site_publishes(base: Path, tmp_path: Path) -> None:
    assert export(base, tmp_path / "out", "json") == 0
    for name in ("incidents", "actions"):
        data = json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))
        schema = json.loads((tmp_path / "out" / f"{name}.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(data)
        assert data["version"] == 1
    assert (tmp_path / "out" / "schema.json").is_file()


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_what_a_team_added_for_itself_is_no_part_of_the_data(format_: str, base: Path, tmp_path: Path) -> None:
    assert export(base, tmp_path / "out", format_) == 0
    told = b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*.*") if file.is_file())
    assert b"Size the pool" in told
    assert b"secretive" not in told
    assert b"payments" not in told


def test_csv_has_a_row_each_and_no_formulas(base: Path, tmp_path: Path) -> None:
    assert export(base, tmp_path / "out", "csv") == 0

    def rows(name: str) -> list[dict[str, str]]:
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    incidents = {row["id"]: row for row in rows("incidents.csv")}
    assert set(incidents) == {"a", "b"}
    assert incidents["b"]["services"] == "checkout; billing & tax"
    assert incidents["b"]["ttd_minutes"] == "7.0"
    assert incidents["b"]["causes"] == "capacity; process-gap"
    assert (incidents["b"]["actions"], incidents["b"]["open_actions"]) == ("2", "1")
    assert [row["action"] for row in rows("actions.csv")] == ["'=Size the pool", "Alert on the pool"]
    assert [row["owner"] for row in rows("actions.csv")] == ["'@maria", "'@maria"]


@pytest.mark.parametrize(
    ("name", "place", "wrong"),
    [
        ("incidents", ("timestamps", "started"), "soon"),
        ("incidents", ("timestamps", "started"), "2026-03-04 09:00"),
        ("incidents", ("published",), "March"),
        ("incidents", ("root_causes", 1, "accepted_risk", "until"), ""),
        ("incidents", ("action_items", 0, "due"), "soon"),
        ("incidents", ("action_items", 1, "verification", "on"), "soon"),
        ("incidents", ("times", "ttd_minutes"), -7),
        ("actions", ("due",), "soon"),
        ("actions", ("due",), ""),
        ("actions", ("dew",), "2026-03-20"),
        ("actions", ("overdue",), "yes"),
    ],
)
def test_the_published_schemas_refuse_what_a_reader_cannot_use(
    name: str, place: tuple[str | int, ...], wrong: object, base: Path, tmp_path: Path
) -> None:
    assert export(base, tmp_path / "out", "json") == 0
    data = json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))
    schema = Draft202012Validator(json.loads((tmp_path / "out" / f"{name}.schema.json").read_text(encoding="utf-8")))
    assert schema.is_valid(data)
    held: Any = next(entry for entry in data[name] if "b" in (entry["id"], entry.get("incident")))
    for key in place[:-1]:
        held = held[key]
    held[place[-1]] = wrong
    assert not schema.is_valid(data)


@pytest.mark.parametrize(
    "text",
    [
        "one\r=1+1",
        "one\r\ntwo",
        "one\ntwo",
        "one;two",
        "one\ttwo",
        'one "two", three',
        "one\u2028two",
        "one\0two",
        "one\x0btwo",
        "one\x85two",
        "\r=1",
    ],
)
def test_a_text_stays_one_cell_whatever_it_holds(text: str, base: Path, tmp_path: Path) -> None:
    file = base / "postmortems" / "b.md"
    typed = file.read_text(encoding="utf-8")
    for old in ("action: Alert on the pool", "summary: Nobody could pay."):
        assert old in typed
        typed = typed.replace(old, f"{old.partition(':')[0]}: {json.dumps(text)}")
    file.write_text(typed, encoding="utf-8")
    assert export(base, tmp_path / "out", "csv") == 0
    for name, key, rows in (("incidents.csv", "summary", 2), ("actions.csv", "action", 2)):
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as opened:
            found = list(csv.DictReader(opened, strict=True))
        assert len(found) == rows
        assert text.strip() in {row[key].removeprefix("'").strip() for row in found}
        # A spreadsheet may take these for the ends of cells as well, where no quotes stand around them.
        bare = re.sub(r'"(?:[^"]|"")*"', "", (tmp_path / "out" / name).read_bytes().decode("utf-8"))
        assert not re.search("[;\x00-\t\x0b-\x1f\x85\u2028\u2029]", bare)


@pytest.mark.parametrize("blank", ["", " ", "\t", "\n", "\f", "\xa0", "\u3000", "\x00", "\ufeff", "\u200b", " \r "])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
def test_no_blank_hides_a_formula(blank: str, sign: str, base: Path, tmp_path: Path) -> None:
    file = base / "postmortems" / "b.md"
    typed = file.read_text(encoding="utf-8").replace(
        "action: Alert on the pool", f"action: {json.dumps(f'{blank}{sign}1')}"
    )
    file.write_text(typed, encoding="utf-8")
    assert export(base, tmp_path / "out", "csv") == 0
    with (tmp_path / "out" / "actions.csv").open(encoding="utf-8", newline="") as opened:
        assert f"'{blank}{sign}1" in [row["action"] for row in csv.DictReader(opened)]


def test_an_export_replaces_an_earlier_one_and_leaves_the_rest_alone(base: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    export(base, target)
    (target / "site").mkdir()
    (target / "site" / "index.html").write_text("mine", encoding="utf-8")
    (base / "postmortems" / "b.md").unlink()
    assert export(base, target) == 0
    assert not (target / "docs" / "incidents" / "b.md").exists()
    assert not (target / "docs" / "causes" / "capacity.md").exists()
    assert (target / "site" / "index.html").read_text(encoding="utf-8") == "mine"
    assert export(base, target, "csv") == 0
    assert sorted(file.name for file in target.iterdir()) == [
        ".postmortem-export",
        "actions.csv",
        "incidents.csv",
        "site",
    ]


@pytest.mark.parametrize(
    ("place", "content", "told"),
    [
        ("notes.txt", "mine", "not empty"),
        ("docs/incidents/a.md", "mine", "not empty"),
        (".git/HEAD", "mine", "not empty"),
    ],
)
def test_a_folder_that_holds_something_else_is_refused(
    place: str, content: str, told: str, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out" / place
    file.parent.mkdir(parents=True)
    file.write_text(content, encoding="utf-8")
    assert export(base, tmp_path / "out") == 2
    assert told in capsys.readouterr().err
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == [file]
    assert file.read_text(encoding="utf-8") == content


def test_a_file_in_the_way_is_refused_even_in_a_folder_of_ours(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out"
    export(base, target, "csv")
    (target / "zensical.toml").write_text("mine", encoding="utf-8")
    assert export(base, target) == 2
    assert "`zensical.toml` was not made by an export" in capsys.readouterr().err
    assert (target / "zensical.toml").read_text(encoding="utf-8") == "mine"
    assert (target / "incidents.csv").is_file()


def test_neither_links_nor_the_list_of_files_lead_out_of_the_folder(base: Path, tmp_path: Path) -> None:
    target, outside = tmp_path / "out", tmp_path / "outside"
    export(base, target)
    outside.mkdir()
    (outside / "keep.md").write_text("mine", encoding="utf-8")
    with (target / ".postmortem-export").open("a", encoding="utf-8") as file:
        file.write("../outside/keep.md\n/etc/hostname\ndocs/../../outside/keep.md\nlink/keep.md\n")
    (target / "link").symlink_to(outside)
    assert export(base, target) == 0
    assert (outside / "keep.md").read_text(encoding="utf-8") == "mine"
    shutil.rmtree(target / "docs" / "incidents")
    (target / "docs" / "incidents").symlink_to(outside)
    assert export(base, target) == 2
    assert [file.name for file in outside.iterdir()] == ["keep.md"]
    (target / "docs" / "incidents").unlink()
    (target / "zensical.toml").unlink()
    (target / "zensical.toml").symlink_to(outside / "keep.md")
    assert export(base, target) == 0
    assert (outside / "keep.md").read_text(encoding="utf-8") == "mine"
    assert not (target / "zensical.toml").is_symlink()
    (outside / "list").write_text((target / ".postmortem-export").read_text(encoding="utf-8"), encoding="utf-8")
    (target / ".postmortem-export").unlink()
    (target / ".postmortem-export").symlink_to(outside / "list")
    assert export(base, target, "csv") == 0
    assert "zensical.toml" in (outside / "list").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("target", "told"), [("postmortems/out", "every Markdown file is a postmortem"), ("postmortem.toml", "is a file")]
)
def test_a_place_that_is_no_place_is_refused(
    target: str, told: str, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(base, base / target) == 2
    assert told in capsys.readouterr().err
    assert not (base / "postmortems" / "out").exists()


def test_a_postmortem_that_cannot_be_read_is_named(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], draft: Callable[..., str]
) -> None:
    (base / "postmortems" / "c.md").write_text(draft("c", title="[a, b]"), encoding="utf-8")
    assert export(base, tmp_path / "out") == 0
    assert "postmortems/c.md is left out: `title` must be text, not a list (line 3)" in capsys.readouterr().err
    assert not (tmp_path / "out" / "docs" / "incidents" / "c.md").exists()


def test_an_empty_catalog_is_exported_too(base: Path, tmp_path: Path, run: Run) -> None:
    for file in (base / "postmortems").glob("*.md"):
        file.unlink()
    for format_ in ("json", "csv", "markdown"):
        assert export(base, tmp_path / format_, format_) == 0
    assert "Nothing here yet" in page(zensical(tmp_path / "markdown", run), "incidents").text
