"""How long `postmortem check` takes as a whole process, and how much memory, on generated postmortems.

The named peer is check-jsonschema on the same frontmatter alone, in the same run: machines differ, the ratio stays.
"""

from __future__ import annotations

import compileall
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import generate

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schema" / "postmortem_schema" / "postmortem.schema.json"
BIN = Path(sys.executable).parent
PEER = [str(BIN / "check-jsonschema"), "--schemafile", str(SCHEMA)]
OURS = [str(BIN / "postmortem")]
MANY, MOST = 1_000, 10_000


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, and the largest resident set of a process, in MB."""

    seconds: float
    memory: float


def measure(command: Sequence[str], runs: int, env: Mapping[str, str]) -> Cost:
    """The cheapest of several runs; a run that does not end well stops the benchmark."""
    costs = []
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(env))
        _, status, usage = os.wait4(process.pid, 0)
        costs.append(Cost(time.perf_counter() - start, usage.ru_maxrss / 1024))
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{command[:4]} ended with {process.returncode}")
    return min(costs, key=lambda cost: cost.seconds)


def frontmatters(base: Path, folder: Path) -> list[str]:
    """The frontmatter of each postmortem as a YAML file; dates in quotes, which the peer would read as dates."""
    folder.mkdir()
    files = []
    for file in sorted((base / "postmortems").rglob("*.md")):
        text = file.read_text(encoding="utf-8").split("---\n", 2)[1]
        text = re.sub(r"\b([0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+Z)?)$", r'"\1"', text, flags=re.MULTILINE)
        target = folder / f"{file.stem}.yaml"
        target.write_text(text, encoding="utf-8")
        files.append(str(target))
    return files


def row(name: str, ours: Cost, peer: Cost, most: float) -> None:
    """One line of the table."""
    ratio = ours.seconds / peer.seconds
    verdict = "holds" if ratio <= most else "does not hold"
    print(f"{name:<44}{ours.seconds:>9.3f} s{peer.seconds:>9.3f} s{ratio:>8.2f}{most:>8.2f}  {verdict}")


def main() -> None:
    """Print a row a question."""
    # As an installer leaves a program; an editable checkout may not be allowed to write what it compiles.
    for folder in ("src", "schema", "hooks"):
        compileall.compile_dir(str(ROOT / folder), quiet=1)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        remembering = os.environ | {"POSTMORTEM_CACHE": str(work / "cache")}
        forgetting = os.environ | {"POSTMORTEM_CACHE": ""}
        base, large = work / "base", work / "large"
        files = list(generate(base, MANY))
        yaml = frontmatters(base, work / "yaml")
        check = [*OURS, "--root", str(base), "check"]
        print(f"{'':<44}{'postmortem':>11}{'check-jsonschema':>11}{'ratio':>8}{'most':>8}")
        one = measure([*PEER, yaml[0]], 11, forgetting)
        row(f"one file of {MANY:,}, as a hook does", measure([*check, str(files[0])], 15, forgetting), one, 0.5)
        peer = measure([*PEER, *yaml], 2, forgetting)
        cold = measure(check, 3, forgetting)
        row(f"{MANY:,} files with bodies, cold", cold, peer, 0.6)
        measure(check, 1, remembering)
        row(f"{MANY:,} files again, nothing changed", measure(check, 3, remembering), peer, 0.15)
        for _ in generate(large, MOST):
            pass
        most = measure([*OURS, "--root", str(large), "check"], 1, forgetting)
        growth = most.seconds / MOST / (cold.seconds / MANY)
        print(f"\n{MOST:,} files: {most.seconds:.1f} s, {growth:.2f} of the cost a file at {MANY:,} (at most 1.2)")
        workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"memory of the largest process: {max(most.memory, workers):.0f} MB (at most 400)")


if __name__ == "__main__":
    main()
