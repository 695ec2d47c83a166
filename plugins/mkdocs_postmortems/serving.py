"""What is shown while a site is served and a build is refused: the site as it was."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import get_plugin_logger

from mkdocs_postmortems.refusal import Refusal
from postmortem_kb.paths import path_text

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")


def keep_answering(server: LiveReloadServer, following: Callable[[], object]) -> None:
    """Let a server answer after a build that was refused: MkDocs lets every reader wait until a build succeeds.

    Args:
        server: That of MkDocs.
        following: What follows the pages of a build once all are there, another thing for each; None before.
    """
    server.builder = partial(_build, server.builder, Path(server.root, "index.html"), following)


def _build(build: Callable[[], None], home: Path, following: Callable[[], object]) -> None:
    before = following()
    try:
        build()
    except MkDocsException as error:
        refused = Refusal(str(error))
    except OSError as error:
        if not isinstance(error.filename, str | bytes):
            raise
        # Its rights are others than they were, or it went while it was read, as during a checkout.
        refused = Refusal(f"{path_text(os.fsdecode(error.filename))}: {error.strerror}")
    else:
        return
    if not home.is_file():
        # The folder was emptied before: who waits sees the page when it is there, who is told that there is none does not.
        raise refused
    refused.show()
    if following() in (None, before):
        log.error("The site stays as it was until this is mended.")
    else:
        log.error("The rest of the site is shown.")
