"""What stops a build before it begins: wrong use or a broken configuration, not a fault of a file."""

from __future__ import annotations

from typing import IO, Any

import click
from mkdocs.exceptions import Abort


class Refusal(Abort):
    """Ends MkDocs with exit code 2, as the other commands of `postmortem` end; while a site is served, with its words alone."""

    code = exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it like an error of the build."""
        click.echo(f"ERROR   -  {self.format_message()}", file=file, err=True)
