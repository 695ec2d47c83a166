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
from postmortem_kb.errors import INTERRUPTED, UsageError
from postmortem_kb.receipt import VARIABLE as RECEIPT
from postmortem_kb.receipt import holds, receipt_of
from postmortem_kb.root import knowledge_base
from postmortem_kb.workers import processes

_CONFIGURATIONS = ("mkdocs.yml", "mkdocs.yaml")
"""What MkDocs calls its configuration, the first that is there."""
_PROGRAM = "mkdocs_postmortems.program"
"""MkDocs, with a look at its configuration first."""
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
    configuration = _configured(root)
    _make_docs_folder(configuration)
    receipt = receipt_of(configuration.parent, audience, options) if verb == "build" else ""
    if holds(receipt):
        if _QUIET.isdisjoint(options):
            click.echo("postmortem: nothing changed, the site is as it was built", err=True)
        return 0
    # Material's notice about MkDocs 2 is for those who choose a generator, not for those who write postmortems.
    environment = {"NO_MKDOCS_2_WARNING": os.environ.get("NO_MKDOCS_2_WARNING", "1"), RECEIPT: receipt}
    if audience != INTERNAL:
        environment[VARIABLE] = audience
    code = _run([verb, "--config-file", str(configuration), *options], environment)
    return code if code in (0, 2, INTERRUPTED) else 1


def _configured(root: Path | None) -> Path:
    """The configuration in the folder that was named or is the current one, or in the knowledge base."""
    # Where the configuration lies elsewhere than the postmortems, it says where these are.
    if file := _configuration_in((root or Path.cwd()).resolve()):
        return file
    folder = knowledge_base(root).resolve()
    file = _nearest_configuration(folder)
    if file is None:
        raise UsageError(f"there is no `{_CONFIGURATIONS[0]}` in {folder}; the smallest one is:\n\n{_SMALLEST}")
    above = file.parent
    if above == folder:
        return file
    raise UsageError(
        f"there is no `{_CONFIGURATIONS[0]}` in {folder}, but in {above}: if that is meant, name `{above}` with `--root`, "
        f"and there these postmortems: `plugins: [{{postmortems: {{root: {folder.relative_to(above).as_posix()}}}}}]`"
    )


def _configuration_in(folder: Path) -> Path | None:
    return next((folder / name for name in _CONFIGURATIONS if (folder / name).is_file()), None)


def _nearest_configuration(folder: Path) -> Path | None:
    return next(filter(None, map(_configuration_in, (folder, *folder.parents))), None)


def names_audience(root: Path) -> bool:
    """Whether the `mkdocs.yml` of a knowledge base, or the next above it, says that anybody but its own people may read the site.

    It is not followed where it inherits another file, and a variable in it is taken for such a word.
    """
    # Imported here: a build leaves that to MkDocs.
    import yaml

    file = _nearest_configuration(root.resolve())
    try:
        top = yaml.compose(file.read_text(encoding="utf-8") if file else "", Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return False
    nodes = [top] if top else []
    for name in ("plugins", "postmortems", "audience"):
        # Plugins are a list or a mapping, each a name or a mapping of its name to its options.
        parts = [part for node in nodes for part in (node.value if isinstance(node, yaml.SequenceNode) else [node])]
        pairs = [pair for part in parts if isinstance(part, yaml.MappingNode) for pair in part.value]
        nodes = [value for key, value in pairs if key.value == name]
    return any(node.value != INTERNAL for node in nodes)


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
    return INTERRUPTED if keys and process.exitcode else process.exitcode


def _mkdocs(arguments: list[str], environment: dict[str, str]) -> None:
    os.environ |= environment
    sys.argv = ["mkdocs", *arguments]
    # Nothing is begun yet that would have to be tidied, and an exception is easily lost among imports.
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
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
