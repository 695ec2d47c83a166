"""From the library's pages to MkDocs' files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents

from postmortem_kb.pages.page import Content, Heading
from postmortem_kb.pages.page import Page as LibraryPage
from postmortem_kb.policy import Policy

TEMPLATE = "postmortem.html"


class FinishedPage(Page):
    """A page whose HTML is there before MkDocs asks for it."""

    def __init__(self, source: LibraryPage, finished: Content, file: File, config: MkDocsConfig) -> None:
        self.source = source
        self.finished = finished
        super().__init__(None, file, config)

    def read_source(self, config: MkDocsConfig) -> None:
        """Set what templates ask of a page; themes print it as it is, so it is escaped here."""
        self.markdown = ""
        self.meta = {
            "title": escape(self.source.title),
            "description": escape(self.source.description),
            "template": TEMPLATE,
            "hide": [*([] if self.parent else ["navigation"]), *([] if self.finished.headings else ["toc"])],
            # It is found by the search of the knowledge base.
            "search": {"exclude": True},
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the HTML as it is."""
        self.content = self.finished.html
        self.toc = table_of_contents(self.finished.headings)


class WrittenFile(File):
    """A page that is written without MkDocs, which knows it as the target of links only."""

    title = ""

    def is_documentation_page(self) -> bool:
        """It is not rendered."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """It is there."""


def table_of_contents(headings: Sequence[Heading]) -> TableOfContents:
    """The headings for the theme's sidebar, a level 3 below the level 2 above it."""
    top: list[AnchorLink] = []
    for heading in headings:
        link = AnchorLink(escape(heading.title), heading.id, heading.level)
        (top[-1].children if top and heading.level > 2 else top).append(link)
    return TableOfContents(top)


def whole_address(config: MkDocsConfig, path: str) -> str:
    """The address of a page with that of the site; empty where the site has none."""
    site = config.site_url or ""
    return urljoin(site if site.endswith("/") else f"{site}/", path) if site else ""


def unsaid(config: MkDocsConfig, policy: Policy) -> Iterator[str]:
    """The addresses that the generator knows and the policy, which feeds and the command line go by, does not: what they are for."""
    if config.repo_url and not policy.repo_url:
        yield (
            "Incidents have no links to edit them and to report a problem: mkdocs.yml names the repository, postmortem.toml does not. "
            f'Write it there, too: `[site]` with `repo_url = "{config.repo_url}"`.'
        )
    if config.site_url and not policy.site_url:
        yield (
            "Feed and calendar have no whole addresses: mkdocs.yml names that of the site, postmortem.toml does not. "
            f'Write it there, too: `[site]` with `url = "{config.site_url}"`.'
        )


def make_room(addresses: Collection[str], files: Files) -> Iterator[str]:
    """Take away the docs folder's pages that would be written where generated ones are.

    Args:
        addresses: The files of the site that are generated.
        files: Those of the build.

    Yields:
        What was taken away, and what to do about it.
    """
    for file in list(files):
        if file.abs_src_path and file.dest_uri in addresses and not file.inclusion.is_excluded():  # type: ignore[no-untyped-call]
            files.remove(file)
            address = f"/{file.dest_uri.removesuffix('index.html')}"
            yield f"{file.src_uri} is left out: its address, {address}, is that of a generated page. Give the file another name."


def name_pages(nav: Navigation, configured: Any, main: Mapping[str, FinishedPage]) -> None:
    """Give the generated pages in the navigation their names: those that `mkdocs.yml` says, else their own.

    Args:
        nav: The navigation of a build.
        configured: `nav` in `mkdocs.yml`.
        main: The pages in it that the theme renders, by path.
    """
    for page in nav.pages:
        if isinstance(page.file, WrittenFile) and page.title is None:
            page.title = escape(page.file.title)
    _give_titles(configured, main)


def _give_titles(item: Any, pages: Mapping[str, FinishedPage]) -> None:
    # MkDocs does so only for pages that it makes itself.
    if isinstance(item, list):
        for inner in item:
            _give_titles(inner, pages)
    elif isinstance(item, dict):
        for title, inner in item.items():
            page = pages.get(inner.lstrip("/").removesuffix("index.md")) if isinstance(inner, str) else None
            if page and inner.endswith("index.md"):
                page.title = title
            _give_titles(inner, pages)


def add_page(source: LibraryPage, finished: Content, files: Files, config: MkDocsConfig) -> FinishedPage:
    """Add a page to the files of a build."""
    file = File.generated(config, f"{source.path}index.md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
    _append(files, file)
    return FinishedPage(source, finished, file, config)


def add_target(source: LibraryPage, files: Files, config: MkDocsConfig) -> None:
    """Let pages link to a page that is written without MkDocs."""
    place, html = f"{source.path}index.md", f"{source.path}index.html"
    file = WrittenFile(place, None, config.site_dir, True, dest_uri=html, inclusion=InclusionLevel.INCLUDED)
    file.url = source.path
    file.title = source.title
    _append(files, file)


def add_asset(address: str, path: str, files: Files, config: MkDocsConfig) -> None:
    """Add a file that a page shows."""
    _append(files, File.generated(config, address, abs_src_path=path, inclusion=InclusionLevel.INCLUDED))


def _append(files: Files, file: File) -> None:
    existing = files.get_file_from_path(file.src_uri)
    if existing is not None:
        files.remove(existing)
    files.append(file)
