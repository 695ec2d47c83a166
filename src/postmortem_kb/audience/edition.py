"""The public's edition of a repository: a new text of each public postmortem, and nothing else gets past this door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from postmortem_kb.audience import PUBLIC
from postmortem_kb.audience.keys import public_data
from postmortem_kb.audience.keys import written as written_keys
from postmortem_kb.audience.markdown import written
from postmortem_kb.audience.story import Ways, public_tokens
from postmortem_kb.audience.wording import Wording
from postmortem_kb.catalog import page_key
from postmortem_kb.policy import FOLDER, Policy, default_policy
from postmortem_kb.source.document import Document, parse_document
from postmortem_kb.source.links import PICTURES, below_root, is_file, scheme, targets
from postmortem_kb.words import CLOSED, REVIEWED

_SHARED = (REVIEWED, CLOSED)


def public_documents(
    read: Iterable[tuple[Document, str]], root: Path, policy: Policy
) -> Iterator[tuple[Document, str]]:
    """The public postmortems as the public may read them: new texts, read like any other; each with why it cannot be shown.

    What could not be read is passed on as it is, for nobody can say who may read it.

    Args:
        read: All documents, each with what keeps it from being shown; empty for most.
        root: Where the repository begins.
        policy: What may be told.
    """
    shown = []
    for document, reason in read:
        if reason:
            yield document, reason
        elif _is_public(document):
            shown.append(document)
    editor = _Editor(root, policy, shown)
    for document in shown:
        yield editor.public(document)


def public_policy(policy: Policy, documents: Iterable[Document]) -> Policy:
    """A policy of which nothing is left but what the public postmortems show of it."""
    default = default_policy()
    used = {value for document in documents for value in _values(document.frontmatter.data)}
    # A severity that none of them has is called as it is anywhere, unless that would make two of one name.
    names = {
        word: name if name in used or word in policy.words["severity"] else word
        for word, name in policy.severity_names.items()
    }
    words = {
        kind: tuple(word for word in found if word in used or word in default.words[kind])
        for kind, found in policy.words.items()
    }
    added = policy.words["severity"][len(names) :]
    words["severity"] = (*names.values(), *(word for word in added if word in used))
    requires = (replace(r, severity=tuple(names[word] for word in r.severity)) for r in default.requires)
    return replace(
        default,
        words=words,
        requires=tuple(requires),
        site_name=policy.site_name,
        site_url=policy.site_url,
        search_code=policy.search_code,
    )


def _is_public(document: Document) -> bool:
    frontmatter = document.frontmatter
    return frontmatter.get("visibility") == PUBLIC and frontmatter.get("status") in _SHARED


def _values(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _values(inner)
    elif isinstance(value, str):
        yield value


class _Editor:
    """Makes the public texts of one repository."""

    def __init__(self, root: Path, policy: Policy, shown: Collection[Document]) -> None:
        self.root = root
        self.policy = policy
        self.wording = Wording(policy.public.hosts)
        # A folder may tell whose service it was, so each stands at the top: but the second of an id, which is left out.
        self.paths: dict[str, str] = {}
        taken: set[str] = set()
        for document in shown:
            known = page_key(document.id) in taken
            taken.add(page_key(document.id))
            self.paths[document.path] = document.path if known else f"{FOLDER}/{document.id}.md"
        self.ids = {document.id for document in shown}

    def public(self, document: Document) -> tuple[Document, str]:
        """What the public may read of a document; with a reason, where that cannot be made sure of."""
        if document.body.excess:
            return document, "The body is longer than is read, so the public does not see it"
        path = self.paths[document.path]
        pictures: dict[str, str] = {}
        ways = Ways(
            link=lambda href: self._link(document, href), picture=lambda src: self._picture(document, src, pictures)
        )
        data = public_data(document.frontmatter.data, self.policy.public.keys, self.ids, self.wording)
        sections = self.policy.public.sections
        tokens = public_tokens(document.body, document.rows, sections, self.wording, ways)
        try:
            story = written(tokens)
        except RecursionError:
            return document, "The body is nested too deeply, so the public does not see it"
        content = f"---\n{written_keys(data)}---\n\n{story}".encode()
        limits = replace(self.policy.limits, file_bytes=max(self.policy.limits.file_bytes, len(content)))
        found = replace(parse_document(path, content, limits), pictures=pictures)
        return (found, "") if self._proven(found, data) else (document, "It cannot be made fit for the public")

    def _proven(self, found: Document, data: dict[str, object]) -> bool:
        """Whether a text reads as what was written, and tells nothing that it must not."""
        body = found.body
        titles = {title.casefold() for title in self.policy.public.sections}
        return (
            found.readable
            and found.frontmatter.data == data
            and not body.excess
            and all(section.title.casefold() in titles for section in body.sections)
            and all(self._known(target.address, found) for target in targets(body))
            and all(self.wording.told(run.text) == run.text for run in body.prose())
        )

    def _known(self, address: str, found: Document) -> bool:
        path = f"{FOLDER}/{unquote(address)}"
        return (
            address.startswith("#")
            or self.wording.is_public(address)
            or path in self.paths.values()
            or path in found.pictures
        )

    def _link(self, document: Document, href: str) -> str | None:
        if scheme(href) or href.startswith("//"):
            return href if self.wording.is_public(href) else None
        if href.startswith("#"):
            title = unquote(href[1:]).replace("-", " ").casefold()
            return href if any(title == section.casefold() for section in self.policy.public.sections) else None
        path = self.paths.get(below_root(document.path, href))
        return quote(path.removeprefix(f"{FOLDER}/")) if path else None

    def _picture(self, document: Document, src: str, pictures: dict[str, str]) -> str | None:
        """The address under which a picture is shown: neither its folder nor its name is told."""
        path = below_root(document.path, src)
        suffix = PurePosixPath(path).suffix.lower()
        if scheme(src) or src.startswith("//") or suffix not in PICTURES or not is_file(self.root, path, FOLDER):
            return None
        known = {source: name for name, source in pictures.items()}
        name = known.get(path, f"{FOLDER}/{document.id}-{len(pictures) + 1}{suffix}")
        pictures[name] = path
        return quote(name.removeprefix(f"{FOLDER}/"))
