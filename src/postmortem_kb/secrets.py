"""Secrets in a line of text: what detect-secrets knows, and shapes of our own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from postmortem_kb.published import published

ALLOWED = "pragma: allowlist secret"
"""Beside a made-up secret, this says so; the mark is that of detect-secrets."""

# Entropy and public addresses would call every log a secret, and keywords are ours.
_PLUGINS = {
    "artifactory": "ArtifactoryDetector", "aws": "AWSKeyDetector", "azure_storage_key": "AzureStorageKeyDetector",
    "basic_auth": "BasicAuthDetector", "cloudant": "CloudantDetector", "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector", "gitlab_token": "GitLabTokenDetector", "ibm_cloud_iam": "IbmCloudIamDetector",
    "jwt": "JwtTokenDetector", "mailchimp": "MailchimpDetector", "npm": "NpmDetector", "openai": "OpenAIDetector",
    "private_key": "PrivateKeyDetector", "pypi_token": "PypiTokenDetector", "sendgrid": "SendGridDetector",
    "slack": "SlackDetector", "softlayer": "SoftlayerDetector", "square_oauth": "SquareOAuthDetector",
    "stripe": "StripeDetector", "telegram_token": "TelegramBotTokenDetector", "twilio": "TwilioKeyDetector",
}  # fmt: skip
_LONGEST = 4_000
"""Of a longer line the first part is looked at: a secret that is shown to people stands early."""
# Plain words are found a hundred times quicker than a pattern.
_WORDS = (
    "passw", "passphrase", "pwd", "secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey",
    "accountkey", "signature=", "auth_key", "auth-key", "authorization", "bearer ", "artifactory", "softlayer", "cloudant",
    "twilio", "mailchimp", "curl ",
)  # fmt: skip
"""In small letters, whatever the text has."""
_MARKS = (
    "PRIVATE KEY", "AKIA", "ASIA", "AROA", "AIDA", "AGPA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-",
    "glrt-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "glsoat-", "xox", "xapp-", "hooks.slack.com", "AIza", "GOCSPX-",
    "ya29.", "sk_live", "sk_test", "rk_live", "rk_test", "sk-proj-", "sk-ant-", "sk-svcacct-", "T3BlbkFJ", "hf_", "dop_v1_",
    "doo_v1_", "dor_v1_", "npm_", "pypi-AgE", "SG.", "hvs.", "hvb.", "hvr.", "dapi", "glsa_", "glc_", ":AA", "eyJ", "AGE-SECRET-KEY",
    "sq0", "AKC",
)  # fmt: skip
_ADDRESS = re.compile(r"://[^\s/:@]{0,100}:[^\s/@:]{3,200}@")
_ASSIGNED = (
    r"(?i)(?:passw|passphrase|pwd|secret|token|signature|_key|-key|apikey|accesskey|accountkey)[\w-]{0,20}[\"']?\s{0,3}(?:=>|:?=|:)"
    r"\s{0,3}[\"']?(?=[^\s\"']{0,300}[0-9])[^\s\"']{6}|authorization[\"']?\s{0,3}[:=]|bearer \S{12}|artifactory|softlayer|cloudant|twilio|mailchimp|curl\b.{0,300} -u"
)
_MARKED = (
    r"hooks\.slack\.com/|AKC[A-Za-z0-9]{10}|(?:AKIA|ASIA|AROA|AIDA|AGPA)[0-9A-Z]{8}|AIza|GOCSPX-|ya29\.|eyJ[A-Za-z0-9_-]{8}"
    r"|SG\.[A-Za-z0-9_-]{10}|AGE-SECRET|PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{8}|github_pat_|\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-"
    r"|\bgl(?:sa|c)_|\bx(?:ox[a-z]|app)-|\b[sr]k_(?:live|test)|\bsk-[A-Za-z0-9_-]{20}|\bhf_[A-Za-z0-9]{20}|\bdo[opr]_v1_"
    r"|\bnpm_[A-Za-z0-9]{20}|pypi-AgE|\bhv[sbr]\.|\bdapi[0-9a-f]{16}|:AA[A-Za-z0-9_-]{16}|\bsq0"
)
# Words that stand where a secret would: references, blanks and examples.
_BLANK = (
    r"(?i)[*x.•_-]{3,}|[<\[{($%].*|.*[>}\])]|.*(?:example|redacted|changeme|placeholder|your[_-]|dummy|\.\.\.).*"
    r"|(?:none|null|true|false|required|missing|expired|rotated|unset|empty|hidden|invalid|leaked|string|process\.env\S*|os\.\S*|env\.\S*|vault:\S*)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Secret:
    """Where a secret stands in a line, as offsets, and what kind it is. What it is stays there."""

    kind: str
    start: int
    end: int


def hints_in(text: str) -> list[str]:
    """What in a text may stand beside a secret, in small letters; most texts have little of it, many nothing."""
    small = text.lower()
    found = [word for word in _WORDS if word in small] + [mark.lower() for mark in _MARKS if mark in text]
    return [*found, "://"] if _ADDRESS.search(text) else found


def _marked(text: str) -> bool:
    return any(mark in text for mark in _MARKS) or _ADDRESS.search(text) is not None


def _worded(text: str) -> bool:
    small = text.lower()
    return any(word in small for word in _WORDS)


def secrets_in(line: str) -> Iterator[Secret]:
    """The secrets in a line, from left to right, none inside another."""
    line = line[:_LONGEST]
    marked = _marked(line) and (_pattern(_MARKED).search(line) or _ADDRESS.search(line))
    if ALLOWED in line or not (marked or (_worded(line) and _pattern(_ASSIGNED).search(line))):
        return
    found = sorted(_found(line), key=lambda secret: (secret.start, -secret.end))
    end = 0
    for secret in found:
        if secret.start >= end:
            yield secret
            end = secret.end


def _found(line: str) -> Iterator[Secret]:
    for kind, pattern in _patterns():
        for match in pattern.finditer(line):
            start, end = match.span("value" if "value" in pattern.groupindex else 0)
            if not line[end:].strip():
                # The full stop of a sentence is none of a secret's.
                end = start + len(line[start:end].rstrip(".,;:!?"))
            if _is_secret(line[start:end], typed=kind == "a password"):
                yield Secret(kind, start, end)
    for plugin in _plugins():
        for value in plugin.analyze_string(line):
            start = line.find(value)
            if start >= 0 and _is_secret(value, typed=False):
                yield Secret(f"a secret ({plugin.secret_type})", start, start + len(value))


def _is_secret(value: str, *, typed: bool) -> bool:
    """Whether a value is one, and not a blank, a reference or an example; `typed` means that any word may stand there."""
    if _pattern(_BLANK).fullmatch(value):
        return False
    # A word of a sentence, a path or an address is none.
    return not typed or (
        bool(re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value))
        and "/" not in value[:1]
        and "://" not in value
    )


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled when it is first used: most files hold nothing that is worth it."""
    return re.compile(text)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    entries = tomllib.loads(published("secrets.toml"))["pattern"]
    return [(entry["name"], re.compile(entry["regex"])) for entry in entries]


@cache
def _plugins() -> list[Any]:
    # Imported here, and seldom: it takes as long as everything else together.
    return [getattr(import_module(f"detect_secrets.plugins.{module}"), name)() for module, name in _PLUGINS.items()]
