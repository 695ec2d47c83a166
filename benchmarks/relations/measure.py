"""How well past incidents are found, and at what cost: the labelled set of this folder, and generated catalogs.

Plain TF-IDF (scikit-learn) and BM25 (bm25s) see the title, the summary, the statements and the body of each document in the same run. Explicit relations
are left out of everything here, for some of the labels are written down as such.

    python benchmarks/relations/measure.py            # quality, and cost at 1,000 and 10,000
    python benchmarks/relations/measure.py --most 50000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from corpus import generate

from postmortem_kb.catalog import read_catalog
from postmortem_kb.insight import similarity
from postmortem_kb.insight.profile import profile_of
from postmortem_kb.source.document import Document
from postmortem_kb.source.limits import Limits

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BIN = Path(sys.executable).parent
MANY = 10_000
TEXT = "ALERT orders-db: replica lag over 300 s, stale reads after a failover"

Ranking = Mapping[str, Sequence[str]]
Relatives = Mapping[str, set[str]]


def documents() -> list[Document]:
    """The labelled incidents with the catalog of this repository, by id."""
    found = [document for base in (HERE, ROOT) for document in read_catalog(base, Limits()).documents()]
    return sorted(found, key=lambda document: document.id)


def relatives(ids: Sequence[str]) -> Relatives:
    """What belongs together: all fellow members of an incident's groups."""
    found: dict[str, set[str]] = {id: set() for id in ids}
    for group in tomllib.loads((HERE / "labels.toml").read_text(encoding="utf-8"))["groups"]:
        for id in group["members"]:
            found[id] |= {*group["members"]} - {id}
    return {id: some for id, some in found.items() if some}


def plain(document: Document) -> str:
    """What a document tells, for those who read text alone."""
    front = document.frontmatter
    told = [str(front.get(key) or "") for key in ("title", "summary")]
    for key in ("root_causes", "contributing_factors"):
        told += [str(item.get("statement", "")) for _, item in front.mappings(key)]
    return "\n".join([*told, document.text.string[document.body_start :]])


def ranked(scores: Sequence[Sequence[float]], ids: Sequence[str]) -> Ranking:
    """The others of each id, best first, equal ones by id."""
    return {
        id: [other for _, other in sorted((-score, o) for score, o in zip(row, ids, strict=True) if o != id)]
        for id, row in zip(ids, scores, strict=True)
    }


def tf_idf(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """Plain TF-IDF cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(stop_words="english").fit_transform(texts)
    scores: Sequence[Sequence[float]] = (matrix @ matrix.T).toarray().tolist()
    return scores


def bm25(texts: Sequence[str]) -> Sequence[Sequence[float]]:
    """BM25 with each document as the query."""
    import bm25s

    tokens = bm25s.tokenize(list(texts), stopwords="en", show_progress=False, return_ids=False)
    retriever = bm25s.BM25()
    retriever.index(tokens, show_progress=False)
    return [retriever.get_scores(words).tolist() for words in tokens]


def engine(files: Sequence[Document]) -> Sequence[Sequence[float]]:
    """Ours, without what is written of others."""
    profiles = [profile_of(document) for document in files]
    index = similarity.Index(profiles)
    everything = range(len(profiles))
    return [[score for score, _ in index.scores(index.question(profile), everything)] for profile in profiles]


@contextmanager
def without(**signals: float) -> Iterator[None]:
    """The engine with some of its signals weighed otherwise."""
    before = {name: getattr(similarity, name) for name in signals}
    for name, weight in signals.items():
        setattr(similarity, name, weight)
    yield
    for name, weight in before.items():
        setattr(similarity, name, weight)


def row(name: str, ranking: Ranking, related: Relatives) -> None:
    """One line of the table of quality."""
    sums = [0.0] * 4
    for id, wanted in related.items():
        places = [place for place, other in enumerate(ranking[id], 1) if other in wanted]
        within = sum(place <= 5 for place in places) / min(5, len(wanted))
        values = (places[0] == 1, places[0] <= 3, 1 / places[0], within)
        sums = [total + value for total, value in zip(sums, values, strict=True)]
    print(f"{name:<44}" + "".join(f"{total / len(related):>10.3f}" for total in sums))


def quality() -> None:
    """Engine and baselines on the labelled set, and what each signal brings."""
    files = documents()
    ids = [document.id for document in files]
    related = relatives(ids)
    print(f"{len(ids)} incidents, {len(related)} of them with relatives")
    print(f"{'':<44}{'hit@1':>10}{'hit@3':>10}{'MRR':>10}{'recall@5':>10}")
    texts = [plain(document) for document in files]
    row("plain TF-IDF (scikit-learn)", ranked(tf_idf(texts), ids), related)
    row("BM25 (bm25s)", ranked(bm25(texts), ids), related)
    row("postmortem similar", ranked(engine(files), ids), related)
    with without(FACTS=0.0):
        row("  without stated facts", ranked(engine(files), ids), related)
    with without(MECHANISM=0.0):
        row("  without mechanisms", ranked(engine(files), ids), related)
    with without(MECHANISM=0.0, FACTS=0.0):
        row("  with what is told only", ranked(engine(files), ids), related)


def timed(command: Sequence[str], cache: Path) -> tuple[float, float, float]:
    """Seconds on the wall, seconds of the processors, and the largest resident set in MB, of a process and its workers."""
    measured = (
        "import resource, runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "finally:\n"
        "  used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "  print(sum(u.ru_utime + u.ru_stime for u in used), max(u.ru_maxrss for u in used), file=sys.stderr)"
    )
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", measured, *command],
        env=os.environ | {"POSTMORTEM_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - begin
    processors, memory = done.stderr.split()[-2:]
    return seconds, float(processors), int(memory) / 1024


def cost(most: int) -> None:
    """Time and memory as whole processes, on generated catalogs."""
    print(f"\n{'':<44}{'seconds':>10}{'CPU':>10}{'MB':>10}  at most")
    for count in sorted({1_000, 10_000, most}):
        with tempfile.TemporaryDirectory() as name:
            _cost(Path(name), count)


def _cost(work: Path, count: int) -> None:
    base, cache = work / "base", work / "cache"
    files = list(generate(base, count))
    all_relations = [str(Path(__file__)), "--relations", str(base)]
    one_text = [str(BIN / "postmortem"), "--root", str(base), "similar", "--text", TEXT]

    def line(name: str, command: Sequence[str], limit: str = "") -> None:
        seconds, processors, memory = timed(command, cache)
        shown = limit if count == MANY else ""
        print(f"{f'{count:,}: {name}':<44}{seconds:>10.2f}{processors:>10.2f}{memory:>10.0f}  {shown}", flush=True)

    line("all relations, cold", all_relations, "25 s, 1 GB")
    line("all relations, nothing changed", all_relations)
    line("one text, nothing changed", one_text, "1 s")
    text = files[count // 2].read_text(encoding="utf-8")
    files[count // 2].write_text(f"{text}\nThe certificate of the replica expired.\n", encoding="utf-8")
    line("one text, after one edit", one_text)
    line("all relations, after one edit", all_relations)


def relations(base: Path) -> None:
    """All relations of a catalog, as the site works them out."""
    import gc

    from postmortem_kb.insight.computed import all_matches
    from postmortem_kb.insight.profiles import read_profiles
    from postmortem_kb.insight.shelf import shelf_of

    gc.disable()
    shelf = shelf_of(base)
    read = read_profiles(read_catalog(base, Limits()), shelf)
    all_matches(read.profiles, 5, shelf, read.state, read.marks)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=10_000, help="the size of the largest catalog")
    parser.add_argument("--relations", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.relations:
        relations(wanted.relations)
    else:
        quality()
        cost(wanted.most)
