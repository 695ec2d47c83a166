"""What a repository asks of its postmortems: the default policy, with what its `postmortem.toml` changes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from postmortem_kb.errors import UsageError
from postmortem_kb.published import published
from postmortem_kb.source.limits import Limits

CONFIGURATION = "postmortem.toml"
FOLDER = "postmortems"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a postmortem of some statuses and severities needs."""

    name: str
    status: tuple[str, ...]
    severity: tuple[str, ...]
    """Empty: every severity."""
    keys: tuple[str, ...] = ()
    """Dotted frontmatter keys."""
    sections: tuple[str, ...] = ()
    action_types: tuple[str, ...] = ()

    def applies(self, status: object, severity: object) -> bool:
        """Whether it holds for a postmortem of this status and severity."""
        return status in self.status and (not self.severity or severity in self.severity)


@dataclass(frozen=True, slots=True)
class Public:
    """What of a public postmortem the public may read."""

    hosts: tuple[str, ...]
    """To which links may lead; `*.example.com` names all below a host."""
    keys: tuple[str, ...]
    """Dotted frontmatter keys beyond those that are always public."""
    sections: tuple[str, ...]
    """Headings of the sections that are public."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of the house, as data."""

    words: Mapping[str, tuple[str, ...]]
    requires: tuple[Requirement, ...]
    section_order: tuple[str, ...]
    optional_sections: tuple[str, ...]
    derived_sections: tuple[str, ...]
    limits: Limits
    public: Public
    site_name: str = "Postmortems"
    site_url: str = ""
    repo_url: str = ""
    search_code: bool = True
    """Whether the search reads logs and code."""
    branch: str = "main"
    """Where edits of the published pages go to."""
    forge: str = ""
    """`github` or `gitlab`; empty: as the host's name says."""
    services: tuple[str, ...] = ()
    """The service catalog; empty where names are free."""
    deadlines: Mapping[str, int] = field(default_factory=dict)
    """Hours from `resolved`: `draft`, `review`, `close`."""
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The settings of each rule that has some: its options, and its severity where a repository changed it."""
    triggers: tuple[str, ...] = ()
    """Which incidents need a postmortem, in sentences."""
    changed: bool = False
    """Whether it asks for anything else than the default policy does."""

    @property
    def severity_names(self) -> dict[str, str]:
        """What each severity of the default policy is called here."""
        return dict(zip(default_data()["words"]["severity"], self.words["severity"], strict=False))

    def deadline(self, step: str, resolved: datetime) -> date:
        """The last day (UTC) for a step of `deadlines`, counted from the moment of `resolved`."""
        return (resolved + timedelta(hours=self.deadlines[step])).date()

    def allowed(self, step: str) -> str:
        """The time until then, as people say it: `36 hours`, `90 days`."""
        hours = self.deadlines[step]
        return f"{hours // 24:,} days" if hours > 24 and hours % 24 == 0 else f"{hours:,} hours"

    def required(self, status: object, severity: object) -> list[Requirement]:
        """The requirements that hold for a status and a severity."""
        return [requirement for requirement in self.requires if requirement.applies(status, severity)]


@cache
def default_data() -> dict[str, Any]:
    """The default policy as it is written in its file."""
    return tomllib.loads(published("policy.toml"))


def default_policy() -> Policy:
    """The policy of a repository without a `postmortem.toml`."""
    return _policy({})


def read_policy(root: Path) -> Policy:
    """The policy of the repository at a root.

    Raises:
        UsageError: `postmortem.toml` is not TOML, or holds something that is no setting; names everything at once.
    """
    file = root / CONFIGURATION
    try:
        # A pipe would be waited for.
        if file.exists() and not file.is_file() and not file.is_dir():
            raise UsageError(f"{CONFIGURATION}: cannot be read: it is no file")
        # Some editors begin a file with a byte order mark.
        content = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return default_policy()
    except UnicodeDecodeError:
        raise UsageError(f"{CONFIGURATION}: this is not UTF-8; save the file as UTF-8 text") from None
    except OSError as error:
        raise UsageError(f"{CONFIGURATION}: cannot be read: {error.strerror}") from None
    try:
        settings = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{CONFIGURATION}: this is not TOML: {error}") from None
    if settings:
        # Imported here: a repository with an empty configuration need not pay for the validator.
        from postmortem_kb.settings import problems

        if found := problems(content, settings, default_data()):
            raise UsageError([f"{CONFIGURATION}, {problem}" for problem in found])
    return _policy(settings)


def _policy(settings: Mapping[str, Any]) -> Policy:
    data = default_data()
    extra = settings.get("words", {})
    names = settings.get("severities", {})
    words = {name: (*values, *extra.get(name, ())) for name, values in data["words"].items()}
    words["severity"] = tuple(names.get(word, word) for word in words["severity"])
    blocks = {name: dict(block) for name, block in data["requires"].items()}
    for name, block in settings.get("requires", {}).items():
        blocks.setdefault(name, {}).update(block)
    site = settings.get("site", {})
    return Policy(
        words=words,
        requires=tuple(_requirement(name, block, data, names) for name, block in blocks.items()),
        section_order=tuple(data["sections"]["order"]),
        optional_sections=tuple(data["sections"]["optional"]),
        derived_sections=tuple(data["sections"]["derived"]),
        limits=_limits({**data["limits"], **settings.get("limits", {})}),
        public=_public({**data["public"], **settings.get("public", {})}),
        site_name=site.get("name", "Postmortems"),
        site_url=site.get("url", ""),
        repo_url=site.get("repo_url", ""),
        search_code=site.get("search_code", True),
        branch=site.get("branch", "main"),
        forge=site.get("forge", ""),
        services=tuple(settings.get("services", {}).get("names", ())),
        deadlines={**data["deadlines"], **settings.get("deadlines", {})},
        triggers=_triggers(settings, data["triggers"]["when"], names),
        rules=_rules(data["rules"], settings.get("rules", {})),
        changed=any(settings.get(part) for part in ("words", "severities", "requires")),
    )


def _requirement(name: str, block: Mapping[str, Any], data: Mapping[str, Any], names: Mapping[str, str]) -> Requirement:
    return Requirement(
        name,
        status=tuple(block.get("status", data["words"]["status"])),
        severity=tuple(names.get(word, word) for word in block.get("severity", ())),
        keys=tuple(block.get("keys", ())),
        sections=tuple(block.get("sections", ())),
        action_types=tuple(block.get("action_types", ())),
    )


def _triggers(settings: Mapping[str, Any], default: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Which incidents need a postmortem; the sentences of the default policy name severities as the repository does."""
    if "triggers" in settings:
        return tuple(settings["triggers"]["when"])
    return tuple(re.sub(r"\bP[1-4]\b", lambda found: names.get(found[0], found[0]), trigger) for trigger in default)


def _rules(default: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: {**default.get(name, {}), **settings.get(name, {})} for name in (*default, *settings)}


def _public(data: Mapping[str, Any]) -> Public:
    return Public(tuple(data["hosts"]), tuple(data["keys"]), tuple(map(_title, data["sections"])))


def _title(heading: str) -> str:
    """A heading as sections are known by it, also where it is written with its marks: `` `reset` ran twice ``."""
    if not re.search(r"[`*_~\\&\[<]", heading):
        return heading
    # Imported here: the parser is not read for words alone.
    from postmortem_kb.source.body import in_words

    return in_words(heading)


def _limits(data: Mapping[str, Any]) -> Limits:
    return Limits(file_bytes=data["file_bytes"], nesting=data["nesting"], items=data["items"])
