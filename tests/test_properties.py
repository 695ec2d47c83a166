"""Any text, bytes, YAML and Markdown can be read, and what is said of it stands inside the file."""

from __future__ import annotations

import re
from datetime import date
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from markdown_it import MarkdownIt
from mdit_py_plugins.gfm import gfm_plugin

from postmortem_kb.audience.edition import public_documents
from postmortem_kb.catalog import Catalog
from postmortem_kb.check import check
from postmortem_kb.diagnostic import Finding, Span
from postmortem_kb.policy import read_policy
from postmortem_kb.rules import RULES
from postmortem_kb.source.dialect import parse
from postmortem_kb.source.document import Document, parse_document
from postmortem_kb.source.footnotes import gather_footnotes
from postmortem_kb.source.limits import Limits
from postmortem_kb.source.links import targets
from postmortem_kb.source.text import Text
from postmortem_kb.source.yaml import read_yaml

ROOT = Path(__file__).parent
PATH = "postmortems/x.md"
LIMITS = Limits()
POLICY = read_policy(ROOT)
TODAY = date(2026, 6, 1)

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
_INVISIBLE = st.sampled_from(
    ["\r", "\n", "\r\n", "\t", "\x0b", "\f", "\x85", "\u2028", "\u202e", "\ufeff", "\0", "\x1b"]
)

_SCALARS = st.one_of(
    st.sampled_from(
        ["no", "on", "010", "1_000", "10:30", "~", "", "1.10", "-1", ".inf", "2026-02-30", "@a", '"@a"', "'b'", "[]", "{}",
         "2026-03-04T09:00:00Z", "P1", "draft", "reviewed", "&a b", "*a", "!!set", "|", ">-", "# c", "a: b", "- a", "'", '"',
         "\U0001f4a5", "todo", "prevent", "RC1", "A1", "similar", "x", "Europe/Berlin", "9" * 30]
    ),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12),
)  # fmt: skip
_KEYS = st.one_of(
    st.sampled_from(
        ["id", "title", "status", "severity", "kind", "summary", "services", "tags", "timestamps", "started", "resolved",
         "detected", "timezone", "roles", "author", "sign_offs", "by", "on", "published", "impact", "customers", "root_causes",
         "statement", "evidence", "accepted_risk", "until", "contributing_factors", "action_items", "type", "owner", "due",
         "priority", "addresses", "completed", "ticket", "related", "relation", "links", "url", "suppress", "rule", "reason",
         "visibility", "x-a", "<<", "1", "? a", "downtime_minutes"]
    ),
    _SCALARS,
)  # fmt: skip


def _flow(children: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.one_of(
        st.lists(children, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(_KEYS, children), max_size=4).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items) + "}"
        ),
    )


_VALUES = st.recursive(_SCALARS, _flow, max_leaves=8)


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.split("\n"))


def _blocks(children: SearchStrategy[str]) -> SearchStrategy[str]:
    mapping = st.lists(st.tuples(_KEYS, children), min_size=1, max_size=5).map(
        lambda items: "\n".join(f"{key}:\n{_indented(value)}" for key, value in items)
    )
    sequence = st.lists(children, min_size=1, max_size=4).map(
        lambda items: "\n".join(f"- {_indented(value)[2:]}" for value in items)
    )
    return st.one_of(mapping, sequence)


_LINES = st.lists(st.tuples(_KEYS, _VALUES).map(lambda item: f"{item[0]}: {item[1]}"), min_size=1, max_size=5).map(
    "\n".join
)
YAML = st.recursive(_LINES, _blocks, max_leaves=6)

_SPANS = st.one_of(
    st.sampled_from(
        ["*a*", "**b**", "`c`", "[d](e)", "![f](g.png)", "[h][i]", "[^1]", "<http://j>", "http://k.l", "www.m.n", "o@p.q", "~~r~~",
         "&amp;", "&lt;b&gt;", "\\*", "<br>", "<!-- s -->", "TODO", "{t}", "javascript:u", "[v](javascript:w)", "`x\ny`", "[", "](",
         ")", "!", "*", "_", "`", "``", "<", ">", "|", "\\", "\U0001f4a5", "09:05", "TTR: 5 min", "  \n", "\\\n", "[z](\n<a>)"]
    ),
    ANY_TEXT.map(lambda text: text[:20]),
)  # fmt: skip
_INLINE = st.lists(_SPANS, max_size=6).map("".join)
_CELL = st.one_of(
    st.sampled_from(["09:05", "2026-03-04 10:00", "0001-01-01 00:00", "25:00", "", "Time", "Event"]), _INLINE
)
_ROW = st.lists(_CELL.map(lambda cell: cell.replace("\n", " ")), max_size=4).map(
    lambda cells: f"| {' | '.join(cells)} |"
)
_BLOCKS = st.one_of(
    _INLINE,
    st.sampled_from(
        ["## Timeline", "## Impact", "## Action Items", "## 5 Whys Analysis", "## Root Cause", "##", "Impact\n---", "```", "~~~", "---",
         "[i]: j", "[^1]: k", "[^1]:\n    l", "> [!NOTE]", "- [ ] m", "<div>", "    n", "\t- o", "| Time | Event |\n| --- | --- |"]
    ),
    st.lists(_ROW, max_size=4).map(lambda rows: "\n".join(["| Time | Event |", "| --- | --- |", *rows])),
    st.tuples(st.sampled_from(["> ", "- ", "1. ", "    ", "[^2]: ", "# ", "\t"]), _INLINE).map("".join),
)  # fmt: skip
MARKDOWN = st.lists(_BLOCKS, max_size=8).map("\n\n".join) | st.lists(_BLOCKS, max_size=8).map("\n".join)
_NESTS = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(["- ", "1. ", "> ", "    ", "  ", "# ", "[^1]: ", "[^2]: ", "[^3]: ", "~~~\n"]), max_size=4
        ),
        st.sampled_from(["w", "w", "w[^1]", "w [^2] [^3]", ""]),
    ),
    max_size=10,
)
NESTED = _NESTS.map(
    lambda lines: "\n".join("".join(marks) + word.replace("w", f"w{n}") for n, (marks, word) in enumerate(lines))
)
"""Blocks in blocks, with words that are numbered."""
_DRAFT = (
    "id: x\ntitle: a\nstatus: {}\nseverity: P1\ntimestamps:\n  started: 2026-03-04T09:00:00Z\nroles:\n  author: '@a'\n"
)
_FRONTMATTER = st.one_of(
    YAML,
    st.sampled_from(["draft", "reviewed", "closed"]).map(_DRAFT.format),
    st.tuples(st.sampled_from(["draft", "reviewed", "closed"]), YAML).map(lambda p: _DRAFT.format(p[0]) + p[1]),
)
_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
DOCUMENTS = st.one_of(
    st.tuples(_FRONTMATTER, MARKDOWN, _ENDS).map(lambda p: f"---\n{p[0]}\n---\n{p[1]}\n".replace("\n", p[2])),
    st.tuples(_FRONTMATTER, _INVISIBLE, MARKDOWN).map(lambda p: f"---\n{p[0]}{p[1]}\n---\n{p[1]}{p[2]}"),
    ANY_TEXT,
).map(lambda text: text.encode())  # fmt: skip


def inside(span: Span, text: Text) -> bool:
    return (
        1 <= span.line <= span.end_line <= len(text.starts)
        and 1 <= span.column <= len(text.line(span.line)) + 1
        and 1 <= span.end_column <= len(text.line(span.end_line)) + 1
        and (span.line, span.column) <= (span.end_line, span.end_column)
    )


def read(content: bytes) -> tuple[Document, list[Finding]]:
    document = parse_document(PATH, content, LIMITS)
    return document, [finding for findings in document.problems.values() for finding in findings]


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(content: bytes) -> None:
    document, findings = read(content)
    assert document.readable or findings
    assert document.body.tokens is not None


@given(DOCUMENTS)
def test_what_is_wrong_with_a_file_stands_inside_it(content: bytes) -> None:
    document, findings = read(content)
    assert all(inside(finding.span, document.text) for finding in (*findings, *document.body.excess))


@given(DOCUMENTS)
def test_what_a_body_holds_stands_inside_the_file(content: bytes) -> None:
    body = read(content)[0].body
    for run in body.prose():
        assert all(inside(run.span(*match.span()), body.text) for match in re.finditer(r"\S+", run.text))
    assert all(inside(target.span, body.text) for target in targets(body))
    for section in body.sections:
        assert inside(section.span, body.text)
        for table in body.tables(section):
            for cell in (*table.header, *(cell for row in table.rows for cell in row)):
                assert inside(cell.span, body.text)


@given(MARKDOWN | ANY_TEXT)
def test_within_the_limits_the_dialect_is_what_the_parser_makes_of_it(text: str) -> None:
    env: dict[str, object] = {}
    tokens, excess = parse(text, env, rows=2000)
    assert excess == {}
    plain = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).use(gfm_plugin)
    plain.core.ruler.at("footnote_tail", gather_footnotes)
    assert plain.renderer.render(tokens, plain.options, env) == plain.render(text)


@given(NESTED)
def test_no_word_of_what_is_nested_is_lost(text: str) -> None:
    tokens, _ = parse(text, {}, rows=2000)
    depth = list(accumulate(token.nesting for token in tokens))
    assert min(depth, default=0) == 0 == (depth or [0])[-1]
    told = " ".join(token.content for token in tokens)
    assert re.findall(r"w\d+", text) == sorted(re.findall(r"w\d+", told), key=lambda word: int(word[1:]))


@given(DOCUMENTS)
def test_a_value_is_where_its_place_says(content: bytes) -> None:
    document = read(content)[0]
    frontmatter = document.frontmatter
    if document.problems:
        return
    for path in frontmatter.places:
        value = frontmatter.get(*path)
        assert inside(frontmatter.at_key(*path), document.text)
        if isinstance(value, dict | list) or not path:
            continue
        offset, raw = frontmatter.raw(*path)
        assert document.text.string[offset : offset + len(raw)] == raw
        again = [read_yaml(text, nesting=8, items=9).value for text in (f"a: {raw}", f"a: {raw}\n", f"[{raw}]")]
        found = [next(iter(held.values() if isinstance(held, dict) else held or ()), None) for held in again]
        assert any(one == value and type(one) is type(value) for one in found), (raw, found, value)


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.lists(ANY_TEXT | _INVISIBLE, max_size=8).map("".join))
def test_offsets_and_positions_lead_to_each_other(string: str) -> None:
    text = Text.of(string)
    for offset in range(len(string) + 1):
        line, column = text.position(offset)
        assert text.offset(line, column) == offset
        assert 1 <= line <= len(text.starts)
    assert "".join(string[a:b] for a, b in zip(text.starts, (*text.starts[1:], len(string)), strict=True)) == string


@given(MARKDOWN)
def test_the_public_s_edition_is_a_text_that_names_nobody(root: Path, body: str) -> None:
    head = _DRAFT.format("closed") + "visibility: public"
    document = parse_document(PATH, f"---\n{head}\n---\n\n## Timeline\n\n{body}\n".encode(), LIMITS)
    for told, reason in public_documents([(document, "")], root, POLICY):
        assert not reason
        # What is fixed to a version, like an action of a workflow, is no name.
        assert re.findall(r"@(?!v?[0-9.]+(?!\w))\w+", told.text.string) == ["@_"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("properties")
    (folder / "postmortems").mkdir()
    return folder


@given(content=DOCUMENTS)
@example(content=b"---\n0:\n---\n`\n`&ap;TODO")
def test_a_check_of_any_document_stands_inside_it(root: Path, content: bytes) -> None:
    (root / PATH).write_bytes(content)
    text = read(content)[0].text
    for diagnostic in check(Catalog(root, LIMITS, (PATH,)), POLICY, TODAY, rules=RULES):
        assert inside(diagnostic.span, text), diagnostic
