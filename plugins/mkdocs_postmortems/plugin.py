"""The plugin `postmortems`: it conducts, the library plays."""

from __future__ import annotations

import gc
import logging
from concurrent.futures import CancelledError
from contextlib import suppress
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from mkdocs_postmortems.building import Building
from mkdocs_postmortems.config import PostmortemsConfig
from mkdocs_postmortems.public import audience_of, forget_repository, keep_pictures, keep_public, leave_out
from mkdocs_postmortems.receipts import Receipts
from mkdocs_postmortems.refusal import Refusal
from mkdocs_postmortems.security import content_security_policy
from mkdocs_postmortems.serving import keep_answering
from mkdocs_postmortems.site import FinishedPage, name_pages, unsaid
from mkdocs_postmortems.sources import check_folders, hide_sources, keep_shown
from mkdocs_postmortems.theme import set_theme, severity_colours, take_over_search
from mkdocs_postmortems.turn import Turn
from postmortem_kb.audience import PUBLIC
from postmortem_kb.clock import today
from postmortem_kb.errors import UsageError
from postmortem_kb.git import refusal
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages.page import compiled_templates
from postmortem_kb.policy import read_policy
from postmortem_kb.root import find_root, knowledge_base
from postmortem_kb.shelf import shelf_of

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

    from mkdocs_postmortems.watching import Look

log: logging.LoggerAdapter[logging.Logger] = get_plugin_logger("postmortems")

_MAIN = (
    "", "incidents/", "actions/", "services/", "causes/", "owners/", "tags/", "patterns/", "metrics/", "reference/"
)  # fmt: skip
"""The pages that the navigation begins with."""


class PostmortemsPlugin(BasePlugin[PostmortemsConfig]):  # type: ignore[no-untyped-call]
    """Publishes the postmortems of a repository."""

    building: Building | None = None
    command, dirty = "build", False

    def __init__(self) -> None:
        self.receipts = Receipts()
        self._following: Thread | None = None
        self._turn: Turn | None = None
        self._seen: dict[str, Look] | None = None
        self._server: LiveReloadServer | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Remember what MkDocs was asked for; that it is defined keeps this object while `serve` builds again and again."""
        self.command, self.dirty = command, dirty

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Set the look, and read nothing yet: a broken configuration stops the build here."""
        # What fails from here on has nothing to do with what an earlier build made.
        self._wait()
        self.building = None
        self.audience = audience_of(self.config.audience)
        if not self.config.enabled:
            leave_out(self.audience)
            return config
        self.root = self._root(config)
        check_folders(config, self.root)
        if self.command == "serve":
            from mkdocs_postmortems.watching import first_look, follow

            # Before anything is read: what changes from here on is seen, also during the first build.
            if self._seen is None:
                self._seen = first_look(config, self.root)
            elif self._server:
                follow(self._server, config, self.root, self._seen)
        set_theme(config)
        take_over_search(config)
        if self.audience == PUBLIC:
            forget_repository(config, dirty=self.dirty)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read the postmortems, before the folder of the site is emptied: what is as it was is kept."""
        if not self.config.enabled:
            return
        self.receipts.begin(self.root)
        # A build makes much and drops little: looking for garbage finds none and takes a fifth of the time.
        gc.disable()
        try:
            policy = read_policy(self.root)
            shelf = shelf_of(self.root, self.audience, policy)
            knowledge = read_knowledge(self.root, policy, today(), shelf, self.audience)
        except UsageError as error:
            raise Refusal(str(error)) from None
        for path, reason in knowledge.left_out.items():
            log.warning("%s is left out: %s. `postmortem check` tells more.", path, reason)
        if not knowledge.history and self.audience != PUBLIC and (told := refusal(self.root)):
            log.warning("No page shows its revisions, for git refuses: %s", told)
        if self.command == "build":
            for line in unsaid(config, policy):
                log.info("%s", line)
            # `serve` has a folder of its own.
            self._turn = Turn(
                config.site_dir, lambda: log.info("Another build writes the site; this one waits for its end.")
            )
        # Known before it begins, so that whatever ends it finds it.
        self.building = Building(knowledge, shelf, config)
        self.building.begin(_MAIN)

    @event_priority(50)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the main pages, before plugins that look at every page."""
        if self.building:
            hide_sources(files, config, self.root)
            for line in chain(keep_shown(files, config, self.root), self.building.make_room(files)):
                log.warning("%s", line)
            self.building.add_main_pages(files, config)
            if self.audience == PUBLIC:
                keep_public(files, config)
        return files

    @event_priority(50)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Put the main pages first, unless `nav` in `mkdocs.yml` names them itself."""
        if self.building:
            pages = self.building.main
            name_pages(nav, config.nav, pages)
            first = [pages[path] for path in _MAIN if path in pages and pages[path] not in nav.pages]
            nav.items[:0] = first
            nav.pages[:0] = first
            nav.homepage = pages.get("", nav.homepage)
            self.nav = nav
        return nav

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Write all other pages, and begin with the search index."""
        env.filters["content_security_policy"] = content_security_policy
        # `serve` reloads pages by an inline script, which no policy would let run.
        env.bytecode_cache = env.bytecode_cache or compiled_templates()
        env.globals["served"] = self.command == "serve"
        env.globals["severities"] = severity_colours(self.building.policy.severity_names) if self.building else {}
        if self.building:
            if self.audience == PUBLIC:
                keep_pictures(files, config)
            self.building.write_pages(env, files, self.nav, config)
        return env

    def on_template_context(
        self, context: TemplateContext, *, template_name: str, config: MkDocsConfig
    ) -> TemplateContext:
        """Name all pages in the sitemap."""
        if self.building and template_name == "sitemap.xml":
            context["pages"] = [*context["pages"], *self.building.sitemap(config)]
        return context

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        """Mark the main page to which a page belongs, and let the search read those of the handbook."""
        if self.building and isinstance(page, FinishedPage):
            self.building.activate(page, active=True)
        elif self.building and not page.meta.get("search", {}).get("exclude"):
            self.building.read_handbook(page)
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Take the mark off again."""
        if self.building and isinstance(page, FinishedPage):
            self.building.activate(page, active=False)
        return output

    @event_priority(100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Wait for the search index, and remember what was written and from what."""
        if self.command == "build":
            # What was made stays until the program ends, which is soon: nobody needs to go over it.
            gc.freeze()
        gc.enable()
        if self.building and self.command == "serve":
            # Who writes waits for the page. The search follows a second later.
            self._following = Thread(target=self._follow, args=(self.building,))
            self._following.start()
        elif self.building:
            try:
                self.building.close()
            except UsageError as error:
                raise Refusal(str(error)) from None
            asked = self.building.asked()
            if asked is not None and not self.dirty:
                self.receipts.leave(config, self.root, asked)
            self.building = None
            self._end_turn()

    def on_build_error(self, *, error: Exception) -> None:
        """Stop what still runs, unless all pages are there, as where warnings are errors: then the search follows them."""
        gc.enable()
        if self.building and not self._following:
            self.building.abandon()
            # From the end of this turn on, the folder is that of another build.
            self.building = None
        self._end_turn()

    def on_shutdown(self) -> None:
        """Let nothing be written any more, also where a key interrupted a build, of which MkDocs tells nobody: it removes the folder."""
        if self.building:
            self.building.stop()
            self._wait()
            self.building.abandon()

    @event_priority(100)
    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:
        """Build again when a postmortem, the policy or what git remembers changes, and go on where that is refused."""
        keep_answering(server, lambda: self._following)
        if self._seen is not None:
            from mkdocs_postmortems.watching import watch

            # Before other plugins watch something of their own.
            watch(server, config, self._seen)
            self._server = server
        return server

    def _end_turn(self) -> None:
        if self._turn:
            self._turn.end()
            self._turn = None

    def _follow(self, building: Building) -> None:
        try:
            # Whoever ends `serve` waits for no search.
            with suppress(CancelledError):
                building.close()
        except UsageError as error:
            log.error("%s", error)  # noqa: TRY400 - it says what to do; where in our code it was found helps nobody

    def _wait(self) -> None:
        if self._following:
            self._following.join()
            self._following = None

    def _root(self, config: MkDocsConfig) -> Path:
        folder = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        if self.config.root and not (folder / self.config.root).is_dir():
            raise Refusal(f"postmortems: `root` in mkdocs.yml: there is no folder {folder / self.config.root}")
        try:
            if self.config.root:
                return knowledge_base(folder / self.config.root).resolve()
            return find_root(folder, "the option `root` of the plugin `postmortems` in mkdocs.yml")
        except UsageError as error:
            raise Refusal(str(error)) from None
