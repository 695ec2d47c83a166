"""Addresses of pages, relative to the root of the site."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import quote

_PAGE = "index.html"
"""The file of every page: a folder of that name would stand where its list is written."""


@lru_cache(maxsize=10_000)
def slug(name: str) -> str:
    """A name as one step of an address; names that differ in more than capitals get different slugs."""
    text = re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-.")
    if text == name.casefold() != _PAGE:
        return text
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{text}-{digest}" if text else digest


def incident(id: str) -> str:
    """The page of a postmortem."""
    return f"incidents/{slug(id) if id.casefold() == _PAGE else quote(id)}/"


def service(name: str) -> str:
    """The page of a service."""
    return f"services/{slug(name)}/"


def cause(category: str) -> str:
    """The page of a category of root causes."""
    return f"causes/{slug(category)}/"


def owner(handle: str) -> str:
    """The page of an owner of action items."""
    return f"owners/{slug(handle.removeprefix('@'))}/"


def tag(name: str) -> str:
    """The page of a tag."""
    return f"tags/{slug(name)}/"


def relative(target: str, page: str) -> str:
    """The way from one page's folder to another address, both from the root of the site.

    It goes by the root, which is not the shortest way and takes no time to find.
    """
    return "../" * page.count("/") + target or "./"
