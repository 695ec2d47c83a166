"""MkDocs as `postmortem build` and `postmortem serve` start it: a site that would lack the postmortems is told of first."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Timer, main_thread
from typing import Any

from mkdocs.__main__ import cli
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import get_plugin_logger

from mkdocs_postmortems.plugin import PostmortemsPlugin
from mkdocs_postmortems.public import audience_of
from mkdocs_postmortems.refusal import Refusal
from postmortem_kb.audience import INTERNAL, PUBLIC

_NO_ADDRESS = (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES)
log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")

_AGAIN = 0.05
"""Seconds, after which nothing of the kind runs any more."""
_CONFIGURING = ("config_file", "site_dir", "theme", "use_directory_urls")
"""The options of MkDocs that set something in its configuration."""


def main() -> None:
    """Run MkDocs with the arguments of this process, after a look at its configuration."""
    # From here on, a key ends it as MkDocs does.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "pthread_kill"):
        sys.unraisablehook = _unheard
    for name in ("build", "serve"):
        command = cli.commands[name]
        assert command.callback
        command.callback = partial(_looked_at, command.callback)
    cli(prog_name="mkdocs")


def _unheard(lost: sys.UnraisableHookArgs) -> None:
    """Press a key again that fell into what Python calls on the side, as where a process begins or a reference ends, and was lost there."""
    if lost.exc_type is KeyboardInterrupt:
        Timer(_AGAIN, signal.pthread_kill, (main_thread().ident, signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(lost)


def _looked_at(run: Callable[..., None], **options: Any) -> None:
    config = _configuration({name: options[name] for name in _CONFIGURING if name in options})
    if not any(isinstance(plugin, PostmortemsPlugin) for plugin in config.plugins.values()):
        _without_postmortems(config)
    try:
        run(**options)
    except OSError as error:
        if told := _told(error, config, options):
            raise Refusal(f"postmortems: {told}") from None
        raise


def _told(error: OSError, config: MkDocsConfig, options: dict[str, Any]) -> str:
    """What the machine does not let us do; nothing where it may be the fault of a program."""
    file = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if f"{file}/".startswith(f"{config.site_dir}/"):
        return f"the site cannot be written: {file}: {error.strerror}"
    if "dev_addr" in options and error.errno in _NO_ADDRESS:
        address = options["dev_addr"] or ":".join(map(str, config.dev_addr))
        return (
            f"the site cannot be shown at {address}: {error.strerror}. Is it shown already? "
            "For another port: `postmortem serve -- --dev-addr 127.0.0.1:9000`"
        )
    return ""


def _configuration(options: dict[str, Any]) -> MkDocsConfig:
    """The configuration that MkDocs will read; what it only warns of is left to MkDocs.

    Raises:
        Refusal: It is broken.
    """
    logging.disable(logging.WARNING)
    try:
        return load_config(**options)
    except MkDocsException as error:
        raise Refusal(error.message) from None
    finally:
        logging.disable(logging.NOTSET)


def _without_postmortems(config: MkDocsConfig) -> None:
    """Say that nothing of ours takes part in a build, so that nothing keeps internal pages at home either."""
    file = Path(config.config_file_path).name
    reason = f"`plugins` in {file} does not list `postmortems`"
    if audience_of(INTERNAL) == PUBLIC:
        raise Refusal(f"postmortems: {reason}, so a public site would hold every page of {config.docs_dir}: add it")
    log.warning("%s, so the site holds no postmortems", reason)


if __name__ == "__main__":
    main()
