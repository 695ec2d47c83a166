"""What must not be told to the public wherever it stands in a text: people, teams, and addresses inside the company."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_AT = "(?:[@\uff20\ufe6b][\u200b-\u200f\u2060\ufeff]*+)++"
_NAME = r"\w(?:[\w.-]*[\w-])?"
# Each alternative begins where a run of its letters begins, so no text is gone over twice.
_TOLD = re.compile(
    r"(?P<address>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:/{2,}[^\s<>\"'`|]*|(?<![\w.])[Ww]{3}\.[^\s<>\"'`|]+)"
    rf"|(?P<before>(?<![\w.%+-])[\w.%+-]*+){_AT}(?P<name>{_NAME})(?P<team>/{_NAME})?"
    rf"(?P<more>(?:[\w.%+-]*+{_AT}{_NAME}(?:/{_NAME})?)*+)"
)
_VERSION = re.compile(r"v?[0-9]+(?:\.[0-9]+){0,2}")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ENDS = ".,;:!?)]}*_~"


class Wording:
    """Replaces handles, mail addresses, and addresses of hosts that are not public."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self.hosts = frozenset(host.casefold() for host in hosts)

    def is_public(self, address: str) -> bool:
        """Whether an address leads to a host that the policy lists, and names nobody."""
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").casefold()
        except ValueError:
            return False
        if parts.scheme.casefold() not in ("http", "https") or not host or "@" in address:
            return False
        above = (f"*{host[at:]}" for at, letter in enumerate(host) if letter == ".")
        return host in self.hosts or any(name in self.hosts for name in above)

    def told(self, text: str, before: str = "") -> str:
        """A text without them; `before` is what stands before it in its sentence."""
        end = before.rstrip()[-1:]
        return _TOLD.sub(lambda match: self._instead(match, end), text)

    def plain(self, text: str) -> str:
        """A text of the frontmatter without them, and without comments."""
        return self.told(_COMMENT.sub("", text))

    def _instead(self, match: re.Match[str], end: str) -> str:
        """What is told in place of a match; `end` is the last character before the text."""
        if address := match["address"]:
            bare = address.rstrip(_ENDS)
            full = bare if "://" in bare else f"http://{bare}"
            return address if self.is_public(full) else f"(internal address){address[len(bare) :]}"
        if match["before"] and not match["more"] and _VERSION.fullmatch(match["name"]):
            return match[0]
        word = "a team" if match["team"] and not match["more"] else "someone"
        # Over the white space alone: a copy of all that stands before each would take the square of the text.
        at = match.start()
        while at and match.string[at - 1].isspace():
            at -= 1
        before = match.string[at - 1] if at else end
        return word[:1].upper() + word[1:] if not before or before in ".!?" else word
