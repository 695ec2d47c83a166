"""What is shown while a site is served and a build is refused: the site as it was."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import get_plugin_logger

from mkdocs_postmortems.refusal import Refusal

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")


def keep_answering(server: LiveReloadServer) -> None:
    """Let a server answer after a build that was refused: MkDocs lets every reader wait until a build succeeds."""
    server.builder = partial(_build, server.builder, Path(server.root, "index.html"))


def _build(build: Callable[[], None], home: Path) -> None:
    try:
        build()
    except MkDocsException as error:
        refused = Refusal(str(error))
        if not home.is_file():
            # The folder was emptied before: who waits sees the page when it is there, who is told that there is none does not.
            raise refused from None
        refused.show()
        log.error("The site stays as it was until this is mended.")  # noqa: TRY400 - it is the file of a user that is wrong
