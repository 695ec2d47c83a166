"""Paths where nothing but UTF-8 may stand."""

from __future__ import annotations

import os


def path_text(text: str) -> str:
    r"""A path, or a text with one in it, for files that hold UTF-8 only: a byte of a name that is none stands as `\xff`."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")
