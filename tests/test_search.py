"""The search index as a browser finds it, made by the real Pagefind."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import cbor2
import pytest
from mkdocs_postmortems.outputs import Outputs
from mkdocs_postmortems.search import FOLDER, MAIN, Search, Searched
from mkdocs_postmortems.unspaced import apart

from postmortem_kb.insight.tokens import UNSPACED
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.policy import default_policy

# Words that begin alike, as those of a language do, and that no stemmer shortens.
WORDS = ["".join(letters) * 2 for letters in itertools.product("bdfk", "ao", "bdfk", "ao", "bdfk")]


def index(site: Path, pages: int) -> Search:
    search = Search(Outputs(site, None), pages, "en")
    parts: dict[str, list[Searched]] = {name: [] for name in search.bundles}
    for number in range(pages):
        path = f"incidents/incident-{number}/"
        words = " ".join(word for place, word in enumerate(WORDS) if (place + number) % 7)
        search.stage(path, f'<html lang="en"><body data-pagefind-body><h1>{number}</h1><p>{words}</p></body></html>')
        parts[search.part(path)].append(Searched(path, str(number)))
    for name, staged in parts.items():
        if staged:
            search.start(staged, name)
    search.finish()
    return search


def read(file: Path) -> Any:
    return cbor2.loads(gzip.decompress(file.read_bytes()).removeprefix(b"pagefind_dcd"))


def test_every_word_lies_in_one_piece_of_a_part_and_so_do_words_that_begin_like_it(tmp_path: Path) -> None:
    index(tmp_path, 100)
    bundle = tmp_path / FOLDER / "0"
    (language,) = json.loads((bundle / "pagefind-entry.json").read_text())["languages"].values()
    pieces = read(bundle / f"pagefind.{language['hash']}.pf_meta")[2]
    assert len(pieces) > 5
    assert [name for first, last, name in pieces if first <= "" <= last] == [pieces[0][2]]
    for first, last, name in pieces:
        for word, *_ in read(bundle / "index" / f"{name}.pf_index")[0]:
            claims = [other for *bounds, other in pieces if bounds[0] <= word <= bounds[1]]
            assert claims == [name], f"{word} lies in {first} to {last}"
            claims = [other for *bounds, other in pieces if bounds[0] <= f"{word}{word}" <= bounds[1]]
            assert len(claims) <= 1


@pytest.mark.parametrize(("incidents", "parts"), [(0, 0), (1, 1), (159, 1), (160, 2), (1_000, 12), (50_000, 16)])
def test_a_catalog_has_parts_as_it_grows(incidents: int, parts: int, tmp_path: Path) -> None:
    search = Search(Outputs(tmp_path, None), incidents, "en")
    try:
        assert search.bundles == [*map(str, range(parts)), MAIN]
        assert search.part("handbook/") == MAIN
    finally:
        search.close()


def test_what_stands_above_every_timeline_is_no_word_of_it(tmp_path: Path, draft: Callable[..., str]) -> None:
    lessons = "\n## Lessons\n\n| Time | Pool |\n| --- | --- |\n| noon | small |\n"
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text(draft("a") + lessons, encoding="utf-8")
    knowledge = read_knowledge(tmp_path, default_policy(), dt.date(2026, 4, 1))
    (text,) = [page.make().search for page in all_pages(knowledge) if page.path == "incidents/a/"]
    assert "<p>Orders fail</p>" in text
    assert "<p>Event</p>" not in text
    assert "<p>Time</p><p>Pool</p>" in text


def test_names_stand_apart_in_what_is_shown_of_a_result(tmp_path: Path, draft: Callable[..., str]) -> None:
    (tmp_path / "postmortems").mkdir()
    text = draft("a").replace("roles:", "services: [checkout, orders]\ntags: [dns]\nroles:")
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    knowledge = read_knowledge(tmp_path, default_policy(), dt.date(2026, 4, 1))
    (read,) = [page.make().search for page in all_pages(knowledge) if page.path == "incidents/a/"]
    assert "<p>a, checkout, orders, dns</p>" in read


def test_what_a_page_tells_from_the_frontmatter_is_found_in_its_section(
    tmp_path: Path, draft: Callable[..., str]
) -> None:
    keys = """\
detection: {source: alert, alert: PoolFull}
root_causes:
  - {id: RC1, category: capacity, statement: Full, accepted_risk: {reason: It goes in June, by: "@kim", until: 2026-07-01}}
action_items:
  - {id: A1, action: Size it, type: prevent, owner: "@kim", priority: P1, status: cancelled, reason: Too dear,
     success_criteria: No waiting, verification: {how: A load test, result: It held}}
briefs: {executive: Sales stopped, operations: Restart the pool, customer: We are sorry}
roles:"""
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text(draft("a").replace("roles:", keys), encoding="utf-8")
    knowledge = read_knowledge(tmp_path, default_policy(), dt.date(2026, 4, 1))
    (read,) = [page.make().search for page in all_pages(knowledge) if page.path == "incidents/a/"]
    assert "<p>a, PoolFull</p>" in read
    sections = dict(re.findall(r'<h2 id="([^"]+)">[^<]*</h2>((?:<p>[^<]*</p>)+)', read))
    assert sections["root-cause"] == "<p>Full</p><p>It goes in June</p>"
    assert (
        sections["action-items"] == "<p>A1 Size it @kim</p><p>No waiting</p><p>A load test It held</p><p>Too dear</p>"
    )
    assert sections["brief-executive"] == "<p>Sales stopped</p>"
    assert sections["brief-operations"] == "<p>Restart the pool</p>"
    assert sections["brief-customer"] == "<p>We are sorry</p>"


def test_a_picture_is_found_by_the_words_that_stand_for_it(tmp_path: Path, draft: Callable[..., str]) -> None:
    (tmp_path / "postmortems").mkdir()
    text = draft("a") + "\n## Lessons\n\nSee ![the *pool* filling](pool.png) below.\n"
    (tmp_path / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    knowledge = read_knowledge(tmp_path, default_policy(), dt.date(2026, 4, 1))
    (read,) = [page.make().search for page in all_pages(knowledge) if page.path == "incidents/a/"]
    assert "<p>the pool filling</p>" in read


def test_a_browser_gets_the_program_once(tmp_path: Path) -> None:
    search = index(tmp_path, 170)
    assert search.bundles == ["0", "1", MAIN]
    found = sorted(file.parent.name for file in tmp_path.rglob("pagefind.js"))
    assert found == ["0"]
    assert not {file.name for file in tmp_path.rglob("*.css")}


def test_a_browser_and_the_index_part_the_same_signs() -> None:
    script = files("mkdocs_postmortems") / "templates" / "assets" / "postmortems" / "find.js"
    (pattern,) = re.findall("UNSPACED = /(.+)/;", script.read_text(encoding="utf-8"))
    signs = [chr(number) for number in range(0x10000) if not 0xD800 <= number < 0xE000]
    assert re.findall(pattern, "".join(signs)) == re.findall(UNSPACED, "".join(signs))


@pytest.mark.parametrize(
    ("read", "staged"),
    [
        ('<p title="接続">接続OK、<b>鍵</b></p>', '<p title="接続"> 接 続 OK、<b> 鍵 </b></p>'),
        ("<p>풀이 nginx 앞</p>", "<p> 풀 이  \u2060 nginx \u2060  앞 </p>"),
        ("<p>ข้อ ฟ้า ﾌﾟｰﾙ \uff21\uff30\uff29 \uff1c</p>", "<p> ข้ อ  \u2060  ฟ้ า  \u2060  プ ー ル  API \uff1c</p>"),
        ("<p>Straße, naïve, база</p>", "<p>Straße, naïve, база</p>"),
    ],
)
def test_only_scripts_without_spaces_are_given_some(read: str, staged: str) -> None:
    assert apart(read) == staged
