"""What the hostile inputs of the tests cost, each as a whole process: `postmortem check` on a folder with that one file.

Prints the five that take longest, and ends with 1 where one takes over a second of processor time or over 300 MB.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS, MEGABYTES = 1.0, 300.0
SHOWN = 5

sys.path.insert(0, str(ROOT / "tests" / "hostile"))
from inputs import inputs  # type: ignore[import-not-found]  # noqa: E402 - the tests' data stands where the tests are


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    name: str
    seconds: float
    """Of the processor, in the program and in the system for it."""
    megabytes: float
    """At the peak."""


def measure(folder: Path, name: str, program: str) -> Cost:
    """Check a folder."""
    null = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        program,
        [program, "--root", str(folder), "check"],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)],
    )
    os.close(null)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        print(f"{name}: ended with {os.waitstatus_to_exitcode(status)}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Cost(name, usage.ru_utime + usage.ru_stime, kilobytes / 1024)


def costs() -> Iterator[Cost]:
    """Of each input."""
    program = str(Path(sys.executable).parent / "postmortem")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "postmortems" / "x.md"
        file.parent.mkdir()
        for entry in inputs():
            file.write_bytes(entry.content)
            yield measure(Path(name), f"{entry.theme}: {entry.name}", program)


def main() -> int:
    """Print the slowest."""
    found = sorted(costs(), key=lambda cost: cost.seconds, reverse=True)
    largest = max(found, key=lambda cost: cost.megabytes)
    print(f"{len(found)} inputs; the slowest, and the largest:")
    for cost in (*found[:SHOWN], largest):
        print(f"{cost.seconds:8.2f} s {cost.megabytes:8.0f} MB  {cost.name}")
    return int(any(cost.seconds > SECONDS or cost.megabytes > MEGABYTES for cost in found))


if __name__ == "__main__":
    sys.exit(main())
