"""A target for coverage-guided fuzzing: any bytes, read and held against every rule.

    python -m pip install atheris
    python tests/fuzz/reader.py -max_total_time=600 -rss_limit_mb=2048 CORPUS

The first folder takes new inputs; the repository's postmortems and the hostile inputs are written into it to begin with.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "hostile"))

with atheris.instrument_imports(include=["postmortem_kb", "markdown_it", "mdit_py_plugins"]):
    from inputs import inputs

    from postmortem_kb.catalog import Catalog
    from postmortem_kb.check import context_of
    from postmortem_kb.examination import examine
    from postmortem_kb.policy import read_policy
    from postmortem_kb.rules import RULES
    from postmortem_kb.rules.rule import Scope
    from postmortem_kb.source.document import parse_document

PATH = "postmortems/x.md"
LARGEST_SEED = 20_000
RULES_OF_ONE_FILE = [rule for rule in RULES if rule.SCOPE is not Scope.CHANGE]
POLICY = read_policy(ROOT / "tests")
CONTEXT = context_of(Catalog(ROOT / "tests", POLICY.limits, (PATH,)), POLICY, date(2026, 6, 1))


def read(content: bytes) -> None:
    """Nothing raises, and every finding stands inside the file."""
    document = parse_document(PATH, content, POLICY.limits)
    for _, finding in examine(document, CONTEXT, RULES_OF_ONE_FILE):
        span = finding.span
        if document.text.string:
            assert 1 <= span.line <= span.end_line <= len(document.text.starts), finding
            assert 1 <= span.column <= len(document.text.line(span.line)) + 1, finding
            assert 1 <= span.end_column <= len(document.text.line(span.end_line)) + 1, finding
    CONTEXT.forget(document)


def plant(corpus: Path) -> None:
    """Write the seeds."""
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = [file.read_bytes() for file in sorted((ROOT / "postmortems").rglob("*.md"))]
    seeds += [content for entry in inputs() if len(content := entry.content) <= LARGEST_SEED]
    for number, content in enumerate(seeds):
        (corpus / f"seed-{number:04}").write_bytes(content)


def main() -> None:
    """Fuzz until the time is over."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if folders:
        plant(folders[0])
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
