"""A site for the public: what MkDocs itself would publish of the repository stays at home."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import frontmatter
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import Files

from mkdocs_postmortems.refusal import Refusal
from postmortem_kb.audience import AUDIENCES, INTERNAL, PUBLIC, VARIABLE

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")


def audience_of(configured: str) -> str:
    """For whom a build is: the public, where either `mkdocs.yml` or the command line says so.

    Raises:
        Refusal: The command line's variable holds no audience.
    """
    asked = os.environ.get(VARIABLE) or INTERNAL
    if asked not in AUDIENCES:
        raise Refusal(f"postmortems: {VARIABLE} is `{asked}`: it is one of {', '.join(AUDIENCES)}")
    return PUBLIC if PUBLIC in (asked, configured) else INTERNAL


def leave_out(audience: str) -> None:
    """Leave a site without postmortems to MkDocs, which knows of no audience.

    Raises:
        Refusal: The site is for the public.
    """
    if audience == PUBLIC:
        raise Refusal(
            "postmortems: the plugin is switched off (`enabled: false`), so a public site would hold every page of the docs "
            "folder: switch it on, or build for `internal`"
        )
    log.info("The plugin is switched off (`enabled: false`), so the site holds no postmortems.")


def forget_repository(config: MkDocsConfig, *, dirty: bool) -> None:
    """No link to the source, and no way to edit it.

    Raises:
        Refusal: The build would leave the pages of an earlier one where they are.
    """
    if dirty:
        raise Refusal("postmortems: a public site is built from nothing: leave out `--dirty`")
    for key in ("repo_url", "repo_name", "edit_uri", "edit_uri_template"):
        config[key] = None


def keep_public(files: Files, config: MkDocsConfig) -> None:
    """Of the docs folder leave only pages that say `visibility: public`, and what `mkdocs.yml` loads on every page."""
    loaded = {*config.extra_css, *(str(script) for script in config.extra_javascript)}
    docs = Path(config.docs_dir)
    for file in list(files):
        source = Path(file.abs_src_path) if file.abs_src_path else None
        if source and source.is_relative_to(docs) and file.src_uri not in loaded and not _is_public(source):
            files.remove(file)
    if config.nav is not None:
        config.nav = _pruned(config.nav, {file.src_uri for file in files}) or None


def _is_public(source: Path) -> bool:
    if source.suffix != ".md":
        return False
    try:
        return bool(frontmatter.load(str(source)).get("visibility") == PUBLIC)
    except Exception:  # noqa: BLE001 - python-frontmatter lets through whatever its parser raises; then it is internal
        return False


def _pruned(item: Any, known: Collection[str]) -> Any:
    """Navigation without what is not published, and without headings over nothing."""
    if isinstance(item, list):
        return [found for inner in item if (found := _pruned(inner, known))]
    if isinstance(item, dict):
        return {title: found for title, inner in item.items() if (found := _pruned(inner, known))}
    return item if isinstance(item, str) and item in known else None
