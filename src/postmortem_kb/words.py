"""Patterns that several rules share."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\{[^{}\n]{1,200}\}|\b(?:TODO|TBD|XXX)\b|\?\?+")
"""What a template leaves to be filled in."""
