"""A site for the public: what MkDocs itself would publish of the repository stays at home."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import frontmatter
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files

from mkdocs_postmortems.refusal import Refusal
from postmortem_kb.audience import AUDIENCES, INTERNAL, PUBLIC, VARIABLE
from postmortem_kb.source.links import PICTURES

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")

_PICTURES = (*PICTURES, ".svg")
_LOADED = re.compile(r"""(?:url\(|@import)\s*["']?([^"'()]+)""")
"""What a style sheet loads."""


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
    """Of the docs folder leave pages that say `visibility: public`, what `mkdocs.yml` loads on every page, and pictures for now.

    Which of those are shown is known when all pages are rendered: see `keep_pictures`.
    """
    loaded = set(_loaded(files, config))
    for file in _of_docs(files, config):
        if file.is_documentation_page():
            kept = _is_public(Path(str(file.abs_src_path)))
        else:
            kept = _is_picture(file) or file.dest_uri in loaded
        if not kept:
            files.remove(file)
    if config.nav is not None:
        config.nav = _pruned(config.nav, {file.src_uri for file in files}) or None


def keep_pictures(files: Files, config: MkDocsConfig) -> None:
    """Of the docs folder's pictures leave those that a rendered page of it shows or links to, or `mkdocs.yml` loads."""
    ours = _of_docs(files, config)
    shown = set(_loaded(files, config))
    for file in ours:
        if file.page and file.page.content:
            page = _Addresses()
            page.feed(file.page.content)
            shown.update(_place(file.page.url, address) for address in page.found)
    for file in ours:
        if _is_picture(file) and file.dest_uri not in shown:
            files.remove(file)


def _is_picture(file: File) -> bool:
    return file.src_uri.lower().endswith(_PICTURES)


def _of_docs(files: Files, config: MkDocsConfig) -> list[File]:
    docs = Path(config.docs_dir)
    return [file for file in files if file.abs_src_path and Path(file.abs_src_path).is_relative_to(docs)]


def _loaded(files: Files, config: MkDocsConfig) -> Iterator[str]:
    """The places in the site of all that `mkdocs.yml` names for every page, and of what its style sheets load."""
    named = [*config.extra_css, *map(str, config.extra_javascript), *config.extra_templates]
    named += [str(config.theme.get(key) or "") for key in ("logo", "favicon")]
    places = {_place("", name) for name in named}
    yield from places
    for file in _of_docs(files, config):
        if file.dest_uri in places and file.is_css():
            text = Path(str(file.abs_src_path)).read_text(encoding="utf-8", errors="replace")
            yield from (_place(file.dest_uri, match[1].strip()) for match in _LOADED.finditer(text))


def _place(base: str, address: str) -> str:
    """Where in the site an address leads that stands at a place of it; empty: out of it."""
    try:
        parts = urlsplit(urljoin(f"/{base}", address))
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else unquote(parts.path).removeprefix("/")


class _Addresses(HTMLParser):
    """What a page shows or links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of an element."""
        for name, value in attrs:
            if name in ("src", "href", "data", "poster"):
                self.found.add(value or "")
            elif name == "srcset":
                self.found.update(part.split()[0] for part in (value or "").split(",") if part.strip())


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
