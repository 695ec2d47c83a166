"""What a build is made from, as far as MkDocs knows: where something else may be read, the build leaves no receipt."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import CountHandler

from postmortem_kb.policy import CONFIGURATION, FOLDER
from postmortem_kb.receipt import VARIABLE, Sources, circumstances, leave

_PLUGINS = frozenset(("postmortems", "search", "material/search"))
_EXTENSIONS = frozenset(
    [
        "abbr",
        "admonition",
        "attr_list",
        "codehilite",
        "def_list",
        "extra",
        "fenced_code",
        "footnotes",
        "legacy_attrs",
        "legacy_em",
        "md_in_html",
        "meta",
        "nl2br",
        "sane_lists",
        "smarty",
        "tables",
        "toc",
        "wikilinks",
    ]
)
_PREFIXES = ("pymdownx.", "material.extensions.", "markdown.extensions.")
_READERS = frozenset(("pymdownx.snippets", "pymdownx.b64"))
_ELSEWHERE = re.compile(r"!ENV|!!python/(?!name:(?:material|pymdownx|materialx)\.)|^INHERIT\s*:", re.MULTILINE)
"""What makes a configuration depend on more than its file."""


class Receipts:
    """Watches one run of MkDocs from its beginning."""

    def __init__(self) -> None:
        self._began = time.time_ns()
        self._circumstances = ""
        # Whoever builds again wants to read again what is wrong.
        self._told = CountHandler()
        self._told.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self._told)

    def begin(self, root: Path) -> None:
        """Note how a repository stands, before anything of it is read."""
        if os.environ.get(VARIABLE):
            self._circumstances = circumstances(root)

    def leave(self, config: MkDocsConfig, root: Path, shown: Iterable[str]) -> None:
        """Leave the receipt that `postmortem build` asked for.

        Args:
            config: That of the build.
            root: The repository.
            shown: The files of the repository that pages ask about, there or not.
        """
        receipt = os.environ.get(VARIABLE)
        if not receipt or self._told.get_counts() or not _tells_all(config):
            return
        here = Path(__file__).parent
        folders = [config.docs_dir, str(root / FOLDER), str(here), config.theme.custom_dir]
        files = [config.config_file_path, str(root / CONFIGURATION), *(str(root / path) for path in shown)]
        sources = Sources(str(root), tuple(filter(None, folders)), tuple(filter(None, files)))
        leave(receipt, sources, config.site_dir, self._began, self._circumstances)


def _tells_all(config: MkDocsConfig) -> bool:
    """Whether nothing but the configuration's own file, the docs folder and the theme is read."""
    extensions = {name for name in config.markdown_extensions if not name.startswith(_PREFIXES)}
    try:
        text = Path(config.config_file_path or "").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return (
        _PLUGINS.issuperset(config.plugins)
        and _EXTENSIONS.issuperset(extensions)
        and _READERS.isdisjoint(config.markdown_extensions)
        and not config.hooks
        and not _ELSEWHERE.search(text)
    )
