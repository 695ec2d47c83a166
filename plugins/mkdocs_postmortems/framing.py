"""Renders pages through the theme: one of each kind by MkDocs' templates, the others into its frame."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

import jinja2
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation

from mkdocs_postmortems.frame import Frame
from mkdocs_postmortems.site import TEMPLATE, FinishedPage, table_of_contents, whole_address
from postmortem_kb.pages.page import Content, Heading, Page, key_of

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")

_TOC = '{% import "partials/language.html" as lang with context %}{% include "partials/toc.html" %}'
_SLOTS = Content("pmframecontent", (Heading("pmframeanchor", "pmframeheading"),))
_PROOF = Content("<p>Proof</p>", (Heading("one", "One & more"), Heading("two", "Two"), Heading("three", "Three", 3)))


class Kind(NamedTuple):
    """What pages have in common that differ in their slots only."""

    area: str
    depth: int
    headings: bool
    description: bool

    @classmethod
    def of(cls, page: Page, *, headings: bool) -> Kind:
        """The kind of a page."""
        return cls(page.area, page.path.count("/"), headings, bool(page.description))


class Framing:
    """The frames of one build. Whether a frame says all is proven on a second page; where it does not, every page is rendered."""

    def __init__(
        self,
        env: jinja2.Environment,
        config: MkDocsConfig,
        files: Files,
        nav: Navigation,
        areas: Mapping[str, FinishedPage],
    ) -> None:
        self._template = env.get_template(TEMPLATE)
        self._config = config
        self._nav = nav
        self._files: Sequence[File] = files.documentation_pages()
        self._areas = areas
        self._frames: dict[Kind, Frame | None] = {}
        self._proven: dict[tuple[object, ...], bool] = {}
        self._toc = env.from_string(_TOC)
        self._tocs: dict[tuple[Heading, ...], str] = {}

    def prepare(self, page: Page) -> None:
        """Make the frames that a page may need, before processes are forked that would each make their own."""
        for headings in (True, False):
            self._frame(Kind.of(page, headings=headings))

    def mark(self, page: Page, *, headings: bool) -> str:
        """A digest of all that the theme makes of a page, its content aside; empty where only the theme knows what that is."""
        frame = self._frame(Kind.of(page, headings=headings))
        # What a slot takes is no part of the frame: the address follows from the site's, the list of contents from a template.
        contents = self._contents(_PROOF.headings) if headings else ""
        return key_of(frame.mark, whole_address(self._config, page.path), contents) if frame else ""

    def html(self, page: Page, content: Content) -> str:
        """The whole page."""
        frame = self._frame(Kind.of(page, headings=bool(content.headings)))
        return frame.fill(self._values(page, content)) if frame else self._render(page, content)

    def _frame(self, kind: Kind) -> Frame | None:
        if kind not in self._frames:
            self._frames[kind] = self._made(kind)
        return self._frames[kind]

    def _made(self, kind: Kind) -> Frame | None:
        rest = kind.depth - kind.area.count("/")
        path, other = (kind.area + f"{word}/" * rest for word in ("pmframepath", "pmproofpath"))
        page = _page(path, "pmframetitle", kind, "pmframedescription")
        content = _SLOTS if kind.headings else Content(_SLOTS.html)
        texts = {text: name for name, text in self._values(page, content).items()}
        frame = Frame.of(self._render(page, content), texts)
        same = kind[2:]
        if same not in self._proven:
            proof = _PROOF if kind.headings else Content(_PROOF.html)
            proof_page = _page(other, "<Proof> & more", kind, 'The "proof"')
            self._proven[same] = frame.fill(self._values(proof_page, proof)) == self._render(proof_page, proof)
            if not self._proven[same]:
                log.info("The theme makes pages differ in more than their content, so each is rendered by itself.")
        return frame if self._proven[same] else None

    def _values(self, page: Page, content: Content) -> dict[str, str]:
        return {
            "title": escape(page.title),
            "description": escape(page.description),
            "content": content.html,
            "anchor": content.headings[0].id if content.headings else "",
            "contents": self._contents(content.headings),
            "address": whole_address(self._config, page.path),
        }

    def _contents(self, headings: tuple[Heading, ...]) -> str:
        """The table of contents, as the theme's own template renders it."""
        if headings and headings not in self._tocs:
            page = _page("", "", Kind("", 0, headings=True, description=False), "")
            finished = self._finished(page, Content("", headings))
            finished.toc = table_of_contents(headings)
            self._tocs[headings] = self._toc.render(get_context(self._nav, self._files, self._config, finished))
        return self._tocs.get(headings, "")

    def _render(self, page: Page, content: Content) -> str:
        finished = self._finished(page, content)
        finished.read_source(self._config)
        finished.render(self._config, Files([]))
        area = self._areas.get(page.area)
        if area:
            area.active = True
        try:
            return self._template.render(get_context(self._nav, self._files, self._config, finished))
        finally:
            if area:
                area.active = False

    def _finished(self, page: Page, content: Content) -> FinishedPage:
        return FinishedPage(
            page, content, File.generated(self._config, f"{page.path}index.md", content=""), self._config
        )


def _page(path: str, title: str, kind: Kind, description: str) -> Page:
    return Page(path, title, kind.area, "", lambda: _SLOTS, description if kind.description else "")
