"""The options of the plugin in `mkdocs.yml`."""

from __future__ import annotations

from mkdocs.config import base
from mkdocs.config import config_options as c

from postmortem_kb.audience import AUDIENCES, INTERNAL


class PostmortemsConfig(base.Config):  # type: ignore[no-untyped-call]
    """Everything else is configured in `postmortem.toml`, which the command line and the hooks read too."""

    enabled = c.Type(bool, default=True)
    """Whether the postmortems are published; with `!ENV` a build can leave them out."""
    audience = c.Choice(AUDIENCES, default=INTERNAL)
    """Who reads the site. For `public`, everything internal is left out, whatever the command line says."""
    root = c.Optional(c.Type(str))
    """The knowledge base's folder, relative to `mkdocs.yml`; default: the nearest one upwards."""
