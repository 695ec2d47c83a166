"""The links and pictures of a body, and where relative ones lead."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from postmortem_kb.diagnostic import Span
from postmortem_kb.source.body import Body

# A picture that is opened by itself must not be able to run anything: SVG is.
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
"""How the names of pictures end."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """An address in the body."""

    address: str
    picture: bool
    span: Span

    @property
    def relative(self) -> bool:
        """Whether it leads to a file, and not to another host or a place on the same page."""
        return is_relative(self.address)


def targets(body: Body) -> Iterator[Target]:
    """All addresses, in order."""
    for token in body.tokens:
        if token.type == "inline" and token.map and token.children:
            for child, start, end in body.placed(token):
                if child.type in ("link_open", "image"):
                    address = str(child.attrGet("href" if child.type == "link_open" else "src") or "")
                    # The parser writes addresses anew; what is not found as it reads stands somewhere on the line.
                    line = body.text.position(start)[0]
                    span = body.text.span(start, end) if end > start and address else body.text.line_span(line)
                    yield Target(address, child.type == "image", span)


def is_relative(address: str) -> bool:
    """Whether an address leads to a file, and not to another host or a place on the same page."""
    return not scheme(address) and not address.startswith(("#", "//"))


def scheme(address: str) -> str:
    """The scheme of an address in lower case; empty where it has none, or is none."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def below_root(path: str, address: str) -> str:
    """The path below the root to which a relative address in the file at a path leads; it may begin with `..`."""
    try:
        way = unquote(urlsplit(address).path)
    except ValueError:
        way = address
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), way))


def evidence(address: str, is_file: Callable[[str], bool]) -> tuple[str, str]:
    """The path below the root of a file that is named as evidence, and the spot in it, such as `L4`.

    A path is taken as it is typed where that is a file. Otherwise it is read like an address in the body, in which `%20`
    is a space, and behind `#` stands the spot.

    Args:
        address: What is typed.
        is_file: Whether a path below the root is a file.
    """
    typed, read = posixpath.normpath(address), below_root("", address)
    return (typed, "") if typed == read or is_file(typed) else (read, address.partition("#")[2])


def real(path: str | Path) -> Path:
    """Where a path leads, all links followed as far as that goes: `Path.resolve` raises where one leads in a circle."""
    return Path(os.path.realpath(path))


def names_in(root: Path, folder: str) -> Iterator[str]:
    """The names of the files in a folder of the root that is reached without leaving it."""
    with suppress(OSError, ValueError, RuntimeError):
        if (root / folder).resolve().is_relative_to(root.resolve()):
            yield from (entry.name for entry in (root / folder).iterdir() if entry.is_file())


def is_file(root: Path, path: str, folder: str = "") -> bool:
    """Whether a path is a file below a folder of the root, reached without leaving it through a link."""
    if path.startswith(("..", "/")) or not f"{path}/".startswith(f"{folder}/" if folder else ""):
        return False
    try:
        return (root / path).is_file() and (root / path).resolve().is_relative_to((root / folder).resolve())
    except (OSError, ValueError, RuntimeError):
        return False
