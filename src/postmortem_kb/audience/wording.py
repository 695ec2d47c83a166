"""What must not be told to the public wherever it stands in a text: people, teams, and addresses inside the company."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

_AT = "(?:[@\uff20\ufe6b][\u200b-\u200f\u2060\ufeff]*+)++"
_NAME = r"\w(?:[\w.-]*[\w-])?"
_GROUPS = rf"(?:/{_NAME})++"
"""What stands behind the first name of a team; some hosts nest groups as deep as their owners like."""
_SIGN = "['\u2019&/=#~!$?^]"
"""What the name in a mail address may hold between letters, beside the signs of any name: RFC 5322, `atext`."""
_USER = rf"(?<![\w.%+-])(?<![\w.%+-]{_SIGN})[\w.%+-]++(?:{_SIGN}[\w.%+-]++)*+"
_QUOTED = rf'"[^"\n]{{1,64}}+"(?={_AT}\w)'
_PAIRS = (
    '""', "''", "``", "||", "{}", "<>", "><", "\u201c\u201d", "\u201e\u201c", "\u2018\u2019", "\u201a\u2018", "\u00ab\u00bb",
    "\u00bb\u00ab", "\u2039\u203a", "\u300c\u300d", "\u300e\u300f", "\uff08\uff09", "\u300a\u300b",
)  # fmt: skip
"""Quotation marks and their like: an address between two ends at the second; any other goes on to the white space."""


def _within(opened: str, closed: str) -> str:
    """The pattern of what stands in a pair of marks."""
    start, end = re.escape(opened), re.escape(closed)
    if not closed.isascii():
        return rf"(?<={start})[^\s{end}]++"
    # One of these may stand in an address as well: `https://wiki.internal/<team>/x`.
    return rf"(?<={start})(?:[^\s{end}]|{end}(?=[\w{'' if closed == '<' else '/'}]))++"


_VERSION = r"v?[0-9]+(?:\.[0-9]+){0,2}|sha(?:256|384|512)"
"""What stands behind an `@` and is no name: of an action or a package the version, of an image the digest."""
# Each alternative begins where a run of its letters begins, so no text is gone over twice.
_TOLD = re.compile(
    r"(?P<address>(?:(?<![A-Za-z0-9+.-])(?=[0-9+.-]*+[A-Za-z][A-Za-z0-9+.-]*+:/{2})|(?<![^\W_])(?=[Ww]{3}\.[^\s<>\"'`|])"
    # As `git` and `scp` take it: `git@host:path`.
    rf"|(?=(?P<user>{_USER}){_AT}(?:(?!(?:{_VERSION}):)\w[\w.-]*+|\[[\w.:%-]++\]):[\w.~/:$-])"
    # A browser takes what is mistyped here for two slashes, and Windows `\\host\path` for a folder at a host.
    rf"|(?<![A-Za-z0-9+.-])(?=[0-9+.-]*+(?i:https?):[/\\])|(?<!\\)(?<![^\W_])(?=\\{{2}}[\w.-]++\\[\w$]))"
    rf"(?:{'|'.join(_within(*pair) for pair in _PAIRS)}|\S++))"
    rf"|(?P<before>{_QUOTED}|{_USER}|(?<![\w.%+-])){_AT}(?P<name>{_NAME})(?P<team>{_GROUPS})?"
    rf"(?P<more>(?:[\w.%+-]*+{_AT}{_NAME}(?:{_GROUPS})?)*+)"
    # Signs before no name are gone over once, and not again from each of them.
    rf"|{_AT}"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BEFORE = "0123456789+.-"
"""What may stand right before the scheme of an address, and does not begin one."""
_ENDS = ".,;:!?)]*_~'\""
"""What a code host leaves out at the end of an address in a text."""
_BEHIND = f"{_ENDS}}}>|`\u201d\u201c\u2019\u2018\u00bb\u00ab\u203a\u300d\u300f\uff09\u300b\u2026\u3002\u3001\uff0c\uff1b\uff1a\uff01\uff1f"
"""What tells nothing at the end of an address that is not told."""
_LINE_SPACE = " \t\r\n\x0b\x0c"
"""The white space at which an address ends for a code host; a no-break space belongs to it."""
_HOST = re.compile(
    r"(?<![A-Za-z0-9+.-])[0-9+.-]*+([A-Za-z][A-Za-z0-9+.-]*+):/+([^/?#\s]*)|(?<![^\W_])([Ww]{3}\.[^/?#\s]+)"
    # A browser goes to a host behind two slashes of either kind, and behind `https:` without any.
    r"|(?:(?<![A-Za-z0-9+.-])(?i:https?):|[/\\]{2,})([^/\\?#\s]+)"
)
_NAMED = re.compile(r"(?:[A-Za-z0-9._-]|[^\x00-\x7f])+")
"""A host's name. With any other sign in it, such as a backslash, a browser goes to the host that stands before that."""
_LONGEST = 253
"""Characters of a host's name: RFC 1035 has 255 bytes for it, of which two are not written."""
_ENCODED = 3
"""How often an address may be percent-encoded within another one."""


class Wording:
    """Replaces handles, mail addresses, and addresses of hosts that are not public."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self.hosts = frozenset(_readable(host) for host in hosts)

    def is_public(self, address: str) -> bool:
        """Whether an address leads to a host that the policy lists, names nobody, and holds no address of another host."""
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or not self._listed(host):
            return False
        for _ in range(_ENCODED):
            address = unquote(address)
        return "@" not in address and unquote(address) == address and all(map(self._leads_out, _HOST.finditer(address)))

    def _leads_out(self, match: re.Match[str]) -> bool:
        scheme, host, *bare = match.groups()
        name = (bare[0] or bare[1] or host).rstrip(_BEHIND)
        return (scheme or "http").lower() in ("http", "https") and self._listed(re.sub(r":[0-9]*\Z", "", name))

    def _listed(self, host: str) -> bool:
        if len(host) > _LONGEST or not _NAMED.fullmatch(host):
            return False
        host = _readable(host)
        above = (f"*{host[at:]}" for at, letter in enumerate(host) if letter == ".")
        return host in self.hosts or any(name in self.hosts for name in above)

    def told(self, text: str, before: str = "") -> str:
        """A text without them; `before` is what stands before it in its sentence."""
        kept, at = [], 0
        for start, end, instead in self.hidden(text, before):
            kept += [text[at:start], instead]
            at = end
        return "".join((*kept, text[at:]))

    def plain(self, text: str) -> str:
        """A text of the frontmatter without them, and without comments."""
        shown = _COMMENT.sub("", text)
        told = self.told(shown)
        if "`" not in shown:
            return told
        # A part of a name may be set as code: then none is.
        bare = self.told(shown.replace("`", ""))
        return told if told.replace("`", "").casefold() == bare.casefold() else bare

    def hidden(self, text: str, before: str = "") -> Iterator[tuple[int, int, str]]:
        """Where each of them begins and ends in a text, and what is told instead; `before` as for `told`."""
        last = before.rstrip()[-1:]
        for match in _TOLD.finditer(text):
            if match["address"]:
                yield from self._address(match)
            elif match["name"]:
                yield from _name(match, last)

    def _address(self, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
        """An address where it is not public, without what ends its sentence."""
        address = match[0] if match["user"] else match[0].lstrip(_BEFORE)
        bare = address.rstrip(_ENDS)
        behind = match.string[match.end() : match.end() + 1]
        if behind.isspace() and behind not in _LINE_SPACE:
            bare = f"{address}{behind}"
        if not self.is_public(bare if "://" in bare else f"http://{bare}"):
            start = match.end() - len(address)
            yield start, start + len(address.rstrip(_BEHIND)), "(internal address)"


def _name(match: re.Match[str], last: str) -> Iterator[tuple[int, int, str]]:
    """A handle or a mail address; `last` is the last character before the text."""
    if match["before"] and not match["more"] and re.fullmatch(_VERSION, match["name"]):
        return
    word = "a team" if match["team"] and not match["more"] else "someone"
    # Over the white space alone: a copy of all that stands before each would take the square of the text.
    at = match.start()
    while at and match.string[at - 1].isspace():
        at -= 1
    before = match.string[at - 1] if at else last
    yield *match.span(), word[:1].upper() + word[1:] if not before or before in ".!?" else word


def _readable(host: str) -> str:
    """A host's name in small letters, with those of other scripts as people write them."""
    return ".".join(map(_letters, host.lower().split(".")))


def _letters(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label
