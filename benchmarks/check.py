"""How long `postmortem check` takes as a whole process, on the postmortems of this repository.

The named peer is check-jsonschema on the frontmatter alone, in the same run: machines differ, the ratio stays.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from postmortem_kb.catalog import postmortem_paths, read_catalog
from postmortem_kb.source.document import Limits

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schema" / "postmortem_schema" / "postmortem.schema.json"
BIN = Path(sys.executable).parent
RUNS = 7


def best(command: Sequence[str]) -> float:
    """The shortest of several runs of a command, in seconds; its exit code is not looked at."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print a row a question."""
    paths = list(postmortem_paths(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for document in read_catalog(ROOT, Limits()).documents():
            file = Path(folder) / f"{document.stem}.json"
            file.write_text(json.dumps(document.frontmatter.data), encoding="utf-8")
            files.append(str(file))
        peer = [str(BIN / "check-jsonschema"), "--schemafile", str(SCHEMA)]
        ours = [str(BIN / "postmortem"), "check"]
        print(f"{'':<28}{'postmortem check':>18}{'check-jsonschema':>18}{'ratio':>8}")
        for name, ours_arguments, peer_arguments in (
            ("one file, whole process", paths[:1], files[:1]),
            (f"all {len(paths)} files", [], files),
        ):
            own, other = best([*ours, *ours_arguments]), best([*peer, *peer_arguments])
            print(f"{name:<28}{own:>16.3f} s{other:>16.3f} s{own / other:>8.2f}")


if __name__ == "__main__":
    main()
