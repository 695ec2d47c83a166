"""How long a site takes to build, and how much memory, on generated postmortems.

The named peer is plain Material with its search plugin on the same Markdown, incidents out of the navigation, in the same
run: machines differ, the ratio stays.
"""

from __future__ import annotations

import compileall
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus import generate, identifier

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
MANY, MOST = 1_000, 10_000
PEER = "site_name: Peer\ntheme: {name: material, font: false}\nplugins: [search]\nnav: [index.md]\nnot_in_nav: /*/*\n"
OURS = "site_name: Postmortems\ntheme: {name: material}\nplugins: [postmortems]\n"


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, and the most memory of a process with all that it started, in MB."""

    seconds: float
    memory: float


def measure(command: Sequence[str | Path], cwd: Path, cache: Path, *, memory: bool = False) -> Cost:
    """What a command takes; one that does not end well stops the benchmark. Asking for its memory slows it down."""
    environment = os.environ | {"POSTMORTEM_CACHE": str(cache), "NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    most = [0.0]
    watching = threading.Thread(target=_watch, args=(process, most))
    if memory:
        watching.start()
    code = process.wait()
    seconds = time.perf_counter() - start
    if memory:
        watching.join()
    if code:
        sys.exit(f"{command} ended with {code}")
    return Cost(seconds, most[0])


def _watch(process: subprocess.Popen[bytes], most: list[float]) -> None:
    """Add up what the processes of a session hold; a page that several share counts once."""
    while process.poll() is None:
        total = 0
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(entry.name)) == process.pid:
                    rollup = (entry / "smaps_rollup").read_text()
                    total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            except (OSError, StopIteration):
                continue
        most[0] = max(most[0], total / 1024)
        time.sleep(0.25)


def peer(base: Path, work: Path) -> Cost:
    """Plain Material on the same files."""
    docs = work / "docs"
    shutil.copytree(base / "postmortems", docs)
    (docs / "index.md").write_text("# Home\n", encoding="utf-8")
    (work / "mkdocs.yml").write_text(PEER, encoding="utf-8")
    return measure([BIN / "mkdocs", "build", "--quiet"], work, work / "cache")


def edit(base: Path, number: int) -> None:
    """Change a sentence, a title and the state of an action of one postmortem."""
    file = next(base.rglob(f"{identifier(number)}.md"))
    text = file.read_text(encoding="utf-8").replace("title: ", "title: Edited ", 1)
    text = text.replace("status: todo", "status: in-progress", 1).replace(
        "## What Happened\n", "## What Happened\n\nEdited.\n"
    )
    file.write_text(text, encoding="utf-8")


def row(name: str, ours: Cost, other: Cost, most: float) -> None:
    """One line of the table."""
    ratio = ours.seconds / other.seconds
    verdict = "holds" if ratio <= most else "does not hold"
    print(f"{name:<44}{ours.seconds:>9.2f} s{other.seconds:>9.2f} s{ratio:>8.3f}{most:>8.2f}  {verdict}", flush=True)


def builds(work: Path, count: int) -> tuple[Cost, Cost]:
    """Print the builds of a number of postmortems; gives the cold one of ours and that of the peer."""
    base = work / str(count)
    for _ in generate(base, count):
        pass
    (base / "mkdocs.yml").write_text(OURS, encoding="utf-8")
    command: list[str | Path] = [BIN / "postmortem", "build", "--", "--quiet"]
    cache = work / f"cache{count}"
    others, colds = [peer(base, work / f"peer{count}")], [measure(command, base, cache)]
    # What is short is taken in turns, for others work on the same machine; of both the best one counts.
    for turn in range(2 if count == MANY else 0):
        others.append(peer(base, work / f"peer{count} {turn}"))
        again = [*command[:2], "--site-dir", work / f"site{count} {turn}", *command[2:]]
        colds.append(measure(again, base, work / f"cache{count} {turn}"))
    other, cold = min(others, key=_seconds), min(colds, key=_seconds)
    row(f"{count:,} postmortems, cold", cold, other, 1.0)
    row(
        f"{count:,} again, nothing changed",
        min((measure(command, base, cache) for _ in range(3)), key=_seconds),
        other,
        0.12,
    )
    edits = []
    for number in range(3):
        edit(base, count // 2 + number)
        edits.append(measure(command, base, cache))
    row(f"{count:,} again, one edited", min(edits, key=_seconds), other, 0.15)
    return cold, other


def served(base: Path, cache: Path) -> None:
    """Print how long it takes until a served site shows an edit."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"POSTMORTEM_CACHE": str(cache)}
    command: list[str | Path] = [BIN / "postmortem", "serve", "--", "--quiet", "--dev-addr", f"127.0.0.1:{port}"]
    times = []
    with subprocess.Popen(command, cwd=base, env=environment) as process:
        address = f"http://127.0.0.1:{port}/incidents/{identifier(1)}/"
        shown(address, "<h1")
        for number in range(3):
            # As somebody who writes: after the last build is done.
            time.sleep(5)
            file, word = next(base.rglob(f"{identifier(1)}.md")), f"Served {number}"
            text = file.read_text(encoding="utf-8").replace("## What Happened\n", f"## What Happened\n\n{word}.\n")
            file.write_text(text, encoding="utf-8")
            times.append(shown(address, word))
        process.terminate()
    verdict = "holds" if min(times) <= 2 else "does not hold"
    print(f"{MANY:,} served, one edited: shown after {min(times):.2f} s (at most 2)  {verdict}", flush=True)


def shown(address: str, word: str) -> float:
    """Seconds until a page has a word."""
    start = time.perf_counter()
    while True:
        with suppress(OSError), urllib.request.urlopen(address, timeout=60) as response:
            if word in response.read().decode("utf-8"):
                return time.perf_counter() - start
        time.sleep(0.02)


def _seconds(cost: Cost) -> float:
    return cost.seconds


def main() -> None:
    """Print a row a question."""
    for folder in ("src", "schema", "plugins"):
        compileall.compile_dir(str(ROOT / folder), quiet=1)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        print(f"{'':<44}{'postmortem':>11}{'mkdocs':>11}{'ratio':>8}{'most':>8}")
        many, _ = builds(work, MANY)
        served(work / str(MANY), work / f"cache{MANY}")
        if "--quick" in sys.argv:
            return
        most, _ = builds(work, MOST)
        growth = most.seconds / MOST / (many.seconds / MANY)
        again = measure([BIN / "postmortem", "build", "--", "--quiet"], work / str(MOST), work / "empty", memory=True)
        print(
            f"\n{MOST:,} cold: {growth:.2f} of the cost a page at {MANY:,} (at most 1.3), {again.memory:.0f} MB (at most 1,500)"
        )


if __name__ == "__main__":
    main()
