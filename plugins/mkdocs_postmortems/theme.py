"""The look: our templates and style sheet inside Material, and nothing from another host."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

_HERE = Path(__file__).parent
_FEATURES = (
    "navigation.tabs",
    "navigation.top",
    "toc.follow",
    "content.code.copy",
    "search.highlight",
    "search.suggest",
)
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


def set_theme(config: MkDocsConfig) -> None:
    """Add our templates behind the reader's own, and set what `mkdocs.yml` leaves open."""
    theme = config.theme
    place = 1 if theme.custom_dir else 0
    theme.dirs.insert(place, str(_HERE / "templates"))
    # Material's default fetches fonts from another host.
    theme["font"] = False
    theme["features"] = [*theme.get("features", []), *(f for f in _FEATURES if f not in theme.get("features", []))]
    if not theme.get("palette"):
        theme["palette"] = _PALETTE
    config.extra_css.insert(0, "assets/postmortems/postmortems.css")
    config.extra_javascript.insert(0, "assets/postmortems/postmortems.js")
    config.extra.setdefault("generator", False)
