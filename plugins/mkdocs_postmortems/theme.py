"""The look: our templates and style sheet inside Material, and nothing from another host."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import jinja2
from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from mkdocs_postmortems.refusal import Refusal

_SEARCH, _THEIRS = "material/search", "material.plugins.search.plugin"
_HERE = Path(__file__).parent
_FEATURES = (
    "navigation.tabs",
    "navigation.top",
    "toc.follow",
    "content.code.copy",
)
_MATERIAL = "partials/language.html"
"""A template that ours ask for, and that no theme has but Material and what extends it."""
_STYLES = ("postmortems", "incident")
_SCRIPTS = ("postmortems", "search", "reach")
_PALETTE = [
    {
        "media": f"(prefers-color-scheme: {scheme})",
        "scheme": name,
        "primary": "custom",
        "accent": "custom",
        "toggle": {"icon": icon, "name": f"Switch to the {other} theme"},
    }
    for scheme, name, icon, other in (
        ("light", "default", "material/weather-night", "dark"),
        ("dark", "slate", "material/weather-sunny", "light"),
    )
]


_COLOURS = {"P1": "red", "P2": "orange", "P3": "yellow"}


def severity_colours(names: Mapping[str, str]) -> dict[str, str]:
    """The colours of severities that have other names here than the style sheet knows, by name in small letters.

    Args:
        names: That of each severity of the default policy.
    """
    return {name.lower(): _COLOURS[word] for word, name in names.items() if word in _COLOURS and name != word}


class _Loader(jinja2.FileSystemLoader):
    """Names nothing below a hidden folder: MkDocs leaves that out, and Material has ten thousand icons there."""

    def list_templates(self) -> list[str]:
        found: set[str] = set()
        for place in self.searchpath:
            for folder, folders, names in os.walk(place):
                folders[:] = [name for name in folders if not name.startswith(".")]
                below = Path(folder).relative_to(place)
                found.update((below / name).as_posix() for name in names)
        return sorted(found)


class _BoxConfig(base.Config):  # type: ignore[no-untyped-call]
    enabled = c.Type(bool, default=True)


class _Box(BasePlugin[_BoxConfig]):  # type: ignore[no-untyped-call]
    """What the theme looks for before it shows its search box."""


def take_over_search(config: MkDocsConfig) -> None:
    """Let the theme show its search box, and ask our index: a second one would be as large as all pages together."""
    config.plugins.pop(_SEARCH, None)
    for event, methods in config.plugins.events.items():
        config.plugins.events[event] = [m for m in methods if type(getattr(m, "__self__", None)).__module__ != _THEIRS]
    box = _Box()
    box.load_config({})
    config.plugins[_SEARCH] = box


def set_theme(config: MkDocsConfig) -> None:
    """Add our templates behind the reader's own, and set what `mkdocs.yml` leaves open.

    Raises:
        Refusal: The theme is neither Material nor made from it.
    """
    theme = config.theme
    if not any(Path(folder, _MATERIAL).is_file() for folder in theme.dirs):
        name = f"`{theme.name}`" if theme.name else "one of your own"
        raise Refusal(
            f"postmortems: the theme is {name}, and the pages need Material or one made from it: write `theme: {{name: material}}` into mkdocs.yml"
        )
    place = 1 if theme.custom_dir else 0
    theme.dirs.insert(place, str(_HERE / "templates"))
    theme.get_env = partial(_environment, theme.get_env)  # type: ignore[method-assign]
    # Material's default fetches fonts from another host.
    theme["font"] = False
    theme["features"] = [*theme.get("features", []), *(f for f in _FEATURES if f not in theme.get("features", []))]
    if not theme.get("palette"):
        theme["palette"] = _PALETTE
    config.extra_css[:0] = [f"assets/postmortems/{name}.css" for name in _STYLES]
    config.extra_javascript[:0] = [f"assets/postmortems/{name}.js" for name in _SCRIPTS]
    config.extra.setdefault("generator", False)


def _environment(make: Callable[[], jinja2.Environment]) -> jinja2.Environment:
    env = make()
    if isinstance(env.loader, jinja2.FileSystemLoader):
        env.loader = _Loader(env.loader.searchpath)
    return env
