"""The plugin `postmortems`: it conducts, the library plays."""

from __future__ import annotations

import logging
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from mkdocs_postmortems.config import PostmortemsConfig
from mkdocs_postmortems.public import audience_of, forget_repository, keep_public
from mkdocs_postmortems.security import content_security_policy
from mkdocs_postmortems.site import FinishedPage, add_asset, add_page, add_text
from mkdocs_postmortems.sources import check_folders, keep_shown
from mkdocs_postmortems.theme import set_theme
from postmortem_kb.audience import PUBLIC
from postmortem_kb.clock import today
from postmortem_kb.errors import UsageError
from postmortem_kb.export.data import files as data_files
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.policy import FOLDER, read_policy
from postmortem_kb.root import find_root

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")

_MAIN = ("", "incidents/", "actions/", "services/", "causes/", "owners/", "tags/")
"""The pages that the navigation begins with."""


class PostmortemsPlugin(BasePlugin[PostmortemsConfig]):  # type: ignore[no-untyped-call]
    """Publishes the postmortems of a repository."""

    command, dirty = "build", False

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember what MkDocs was asked for; that it is defined keeps this object while `serve` builds again and again."""
        self.command, self.dirty = command, dirty

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Give the template its policy; `serve` reloads pages by an inline script, which no policy would let run."""
        env.filters["content_security_policy"] = content_security_policy
        env.globals["served"] = self.command == "serve"
        return env

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Set the look, and read nothing yet: a broken configuration stops the build here."""
        self.pages: dict[str, FinishedPage] = {}
        if self.config.enabled:
            self.root = self._root(config)
            check_folders(config, self.root)
            set_theme(config)
            self.audience = audience_of(self.config.audience)
            if self.audience == PUBLIC:
                forget_repository(config, dirty=self.dirty)
        return config

    @event_priority(50)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add all pages, before plugins that look at every page."""
        if not self.config.enabled:
            return files
        knowledge = self._knowledge()
        for path, reason in knowledge.left_out.items():
            log.warning("%s is left out: %s. `postmortem check` tells more.", path, reason)
        self._hide_sources(files, config)
        for line in keep_shown(files, config, self.root):
            log.warning("%s", line)
        if self.audience == PUBLIC:
            keep_public(files, config)
        for source in all_pages(knowledge):
            self.pages[source.path] = add_page(source, files, config)
            for address, path in source.files.items():
                add_asset(address, str(self.root / path), files, config)
        for address, text in data_files(knowledge).items():
            add_text(address, text, files, config)
        return files

    @event_priority(50)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Put the main pages first, unless `nav` in `mkdocs.yml` names them itself."""
        first = [self.pages[path] for path in _MAIN if path in self.pages and self.pages[path] not in nav.pages]
        nav.items[:0] = first
        nav.pages[:0] = first
        nav.homepage = self.pages.get("", nav.homepage)
        return nav

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Mark the main page to which a page belongs."""
        if isinstance(page, FinishedPage) and page.source.area in self.pages:
            self.pages[page.source.area].active = True
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Take the mark off again."""
        if isinstance(page, FinishedPage) and page.source.area in self.pages:
            self.pages[page.source.area].active = False
        return output

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:
        """Build again when a postmortem or the policy changes."""
        if self.config.enabled:
            server.watch(str(self.root / FOLDER))
            if (self.root / "postmortem.toml").is_file():
                server.watch(str(self.root / "postmortem.toml"))
        return server

    def _root(self, config: MkDocsConfig) -> Path:
        folder = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        if self.config.root and not (folder / self.config.root).is_dir():
            raise PluginError(f"postmortems: `root` in mkdocs.yml: there is no folder {folder / self.config.root}")
        try:
            return (folder / self.config.root).resolve() if self.config.root else find_root(folder)
        except UsageError as error:
            raise PluginError(str(error)) from None

    def _knowledge(self) -> Knowledge:
        try:
            return read_knowledge(self.root, read_policy(self.root), today(), self.audience)
        except UsageError as error:
            raise PluginError(str(error)) from None

    def _hide_sources(self, files: Files, config: MkDocsConfig) -> None:
        """Where the docs folder holds the postmortems, their sources are no pages of their own."""
        folder = self.root / FOLDER
        for file in list(files):
            if file.abs_src_path and Path(file.abs_src_path).is_relative_to(folder):
                files.remove(file)
