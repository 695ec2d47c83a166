"""Starts MkDocs as a program: the library itself knows nothing of it."""

from __future__ import annotations

import os
import re
import runpy
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from postmortem_kb.audience import INTERNAL, VARIABLE
from postmortem_kb.errors import UsageError
from postmortem_kb.receipt import VARIABLE as RECEIPT
from postmortem_kb.receipt import holds, receipt_of
from postmortem_kb.root import knowledge_base
from postmortem_kb.workers import processes

_CONFIGURATION = "mkdocs.yml"
_PROGRAM = "mkdocs_postmortems.program"
"""MkDocs, with a look at its configuration first."""
_INTERRUPTED = 130
_QUIET = frozenset(("-q", "--quiet"))
_SMALLEST = "site_name: Postmortems\ntheme:\n  name: material\nplugins:\n  - postmortems\n  - search"


def run_mkdocs(verb: str, root: Path | None, options: list[str], audience: str = INTERNAL) -> int:
    """Run a command of MkDocs on the nearest `mkdocs.yml`.

    Returns:
        0 when it went well, 2 when MkDocs or the plugin refused to begin, 130 when it was interrupted before its end, 1 otherwise.

    Raises:
        UsageError: MkDocs or its configuration is missing, or its docs folder cannot be made.
    """
    missing = [name for name in ("mkdocs", "material") if find_spec(name) is None]
    if missing:
        raise UsageError("the site needs MkDocs and Material: install `postmortem-kb[site]`")
    # Where the configuration lies elsewhere than the postmortems, it says where these are.
    folder = (root if root and (root / _CONFIGURATION).is_file() else knowledge_base(root)).resolve()
    configuration = folder / _CONFIGURATION
    if not configuration.is_file():
        raise UsageError(f"there is no `{_CONFIGURATION}` in {folder}; the smallest one is:\n\n{_SMALLEST}")
    _make_docs_folder(configuration)
    receipt = receipt_of(folder, audience, options) if verb == "build" else ""
    if holds(receipt):
        if _QUIET.isdisjoint(options):
            click.echo("postmortem: nothing changed, the site is as it was built", err=True)
        return 0
    # Material's notice about MkDocs 2 is for those who choose a generator, not for those who write postmortems.
    environment = {"NO_MKDOCS_2_WARNING": os.environ.get("NO_MKDOCS_2_WARNING", "1"), RECEIPT: receipt}
    if audience != INTERNAL:
        environment[VARIABLE] = audience
    code = _run([verb, "--config-file", str(configuration), *options], environment)
    return code if code in (0, 2, _INTERRUPTED) else 1


def _run(arguments: list[str], environment: dict[str, str]) -> int:
    """Run MkDocs in a process of its own to its end; who stops us stops it, too."""
    keys: list[int] = []
    process = processes().Process(target=_mkdocs, args=(arguments, environment))
    # What a script starts in the background ignores the key that interrupts, and would ignore us, too.
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process.start()
        # A key reaches the program as well as us, and its end is waited for. Raised while we wait, it could take along that the program has ended.
        signal.signal(signal.SIGINT, lambda number, _: keys.append(number))
        assert process.pid
        # As from the keyboard: MkDocs then removes what it wrote for the time of serving.
        before = signal.signal(signal.SIGTERM, lambda *_, pid=process.pid: os.kill(pid, signal.SIGINT))
        try:
            process.join()
        finally:
            signal.signal(signal.SIGTERM, before)
    finally:
        signal.signal(signal.SIGINT, ours)
    assert process.exitcode is not None
    return _INTERRUPTED if keys and process.exitcode else process.exitcode


def _mkdocs(arguments: list[str], environment: dict[str, str]) -> None:
    os.environ |= environment
    sys.argv = ["mkdocs", *arguments]
    # Nothing is begun yet that would have to be tidied, and an exception is easily lost among imports.
    signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    runpy.run_module(_PROGRAM, run_name="__main__", alter_sys=True)


def _make_docs_folder(configuration: Path) -> None:
    """MkDocs refuses to start without a docs folder, which a repository of postmortems alone does not need."""
    if re.search(r"^docs_dir\s*:", configuration.read_text(encoding="utf-8", errors="replace"), re.MULTILINE):
        return
    docs = configuration.parent / "docs"
    if not docs.exists():
        try:
            docs.mkdir()
        except OSError as error:
            raise UsageError(f"MkDocs needs a folder `{docs}`, which cannot be made: {error.strerror}") from None
        click.echo(f"postmortem: made {docs}, for pages of your own", err=True)
