"""The Content-Security-Policy of our pages: nothing runs but files of the site and the theme's own inline scripts.

The template hands over those scripts alone, not the page: so a script that a text brought along never gets a hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)
# Neither what is loaded from a file nor data is inline script.
_OTHER = re.compile(r"\ssrc=|\stype=[\"']?application/(?:ld\+)?json", re.IGNORECASE)
_POLICY = {
    "default-src": "'self'",
    # WebAssembly is what a search index may be read with.
    "script-src": "'self' 'wasm-unsafe-eval'",
    # The theme and the shares of bars are set in attributes.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


@cache
def content_security_policy(scripts: str) -> str:
    """The policy under which the inline scripts in some HTML may run, and no other ones.

    Source: https://www.w3.org/TR/CSP3/
    """
    found = (match["code"] for match in _INLINE.finditer(scripts) if not _OTHER.search(match["attributes"]))
    hashes = "".join(f" 'sha256-{_digest(code)}'" for code in dict.fromkeys(found))
    return "; ".join(f"{name} {value}{hashes * (name == 'script-src')}" for name, value in _POLICY.items())


def _digest(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
