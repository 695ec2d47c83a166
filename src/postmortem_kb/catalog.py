"""All postmortems of a repository, each read when it is asked for."""

from __future__ import annotations

import os
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePath
from stat import S_ISREG

from postmortem_kb.errors import UsageError
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.document import Document, read_document
from postmortem_kb.source.limits import Limits
from postmortem_kb.source.links import is_file, names_in
from postmortem_kb.source.text import Text, digest
from postmortem_kb.words import nearest

_NOT_POSTMORTEMS = ("readme.md", "index.md")
_PREFIXES = ("_", ".")
_KEPT = 256
"""Documents that others relate to and that are kept at hand."""

Question = tuple[str, str]
"""What a rule asked of the catalog: a kind and a name. The same answer means the same finding."""


class Catalog:
    """The files of a repository by their paths and names.

    A postmortem is known by the name of its file, which its `id` has to equal. So a question about one file reads that
    file, and a hook in a large catalog is as quick as in a small one.
    """

    def __init__(self, root: Path, limits: Limits, paths: tuple[str, ...]) -> None:
        self.root = root
        self.limits = limits
        self.paths = paths
        """Of everything that is or claims to be a postmortem, relative to the root, sorted."""
        self.questions: set[Question] = set()
        """What was asked since somebody emptied it."""
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._digests: dict[str, str] = {}
        self._folders: dict[str, list[str]] = {}

    def documents(self) -> Iterator[Document]:
        """All documents, read one by one."""
        for path in self.paths:
            yield read_document(self.root, path, self.limits)

    def named(self, id: object) -> Document | None:
        """The postmortem of an id; the first, where several files have that name."""
        if not isinstance(id, str):
            return None
        self.questions.add(("id", id))
        paths = self.ids.get(id)
        return self._document(paths[0]) if paths else None

    def at(self, path: str) -> Document | None:
        """The postmortem in the file at a path."""
        self.questions.add(("path", path))
        return self._document(path) if path in self._known else None

    def same_page(self, document: Document) -> list[str]:
        """All files whose page would be written where the document's is, its own among them."""
        keys = dict.fromkeys(map(page_key, (document.stem, document.id)))
        self.questions.update(("page", key) for key in keys)
        return [path for key in keys for path in self._pages.get(key, ())]

    def others(self, id: str, path: str) -> list[str]:
        """The files besides the one at a path whose page is, or would be, that of an id."""
        self.questions.add(("page", page_key(id)))
        return [other for other in self._pages.get(page_key(id), ()) if other != path]

    def is_file(self, path: str) -> bool:
        """Whether a path below the root is a file inside the repository."""
        self.questions.add(("file", path))
        return is_file(self.root, path)

    def nearest_id(self, id: str) -> str | None:
        """The id that was probably meant by one that nothing has."""
        self.questions.add(("ids", ""))
        return nearest(id, self.ids)

    def names_in(self, folder: str) -> list[str]:
        """The names of the files in a folder below the root, sorted; none where that is no such folder."""
        self.questions.add(("names", folder))
        return self._names(folder)

    def answer(self, question: Question) -> str:
        """The answer to a question that was asked before, in short."""
        kind, name = question
        if kind == "file":
            return str(is_file(self.root, name))
        if kind == "names":
            return digest("\0".join(self._names(name)).encode("utf-8", "surrogatepass"))
        if kind == "ids":
            return self._all_ids
        if kind == "page":
            return " ".join(self._pages.get(name, ()))
        paths = self.ids.get(name, [])[:1] if kind == "id" else [name] if name in self._known else []
        return " ".join(f"{path} {self.digest(path)}" for path in paths)

    def text(self, path: str) -> Text:
        """What a file says, to quote from; nothing where it is gone or no text."""
        content = self.content(path) if path in self._known else b""
        return Text.of(content.decode("utf-8", "ignore").removeprefix("\ufeff"))

    def digest(self, path: str) -> str:
        """That of a file's content; empty where it is not read to its end."""
        if path not in self._digests:
            content = self.content(path)
            self._digests[path] = digest(content) if 0 < len(content) < self.limits.file_bytes else ""
        return self._digests[path]

    @cached_property
    def ids(self) -> dict[str, list[str]]:
        """The paths of each id."""
        found: dict[str, list[str]] = {}
        for path in self.paths:
            found.setdefault(_stem(path), []).append(path)
        return found

    def hint(self, name: str) -> str:
        """Where the file is of which somebody gave the id for its path; behind a semicolon, empty where nothing has that id."""
        return f"; the file of this id is `{self.ids[name][0]}`" if name in self.ids else ""

    @cached_property
    def _all_ids(self) -> str:
        return digest("\n".join(sorted(self.ids)).encode("utf-8", "surrogatepass"))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    @cached_property
    def _pages(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.paths:
            found.setdefault(page_key(_stem(path)), []).append(path)
        return found

    def content(self, path: str) -> bytes:
        """The bytes of a file, as many as are ever looked at; nothing of pipes, devices and what cannot be read."""
        try:
            # Folders are not followed through links, so only the file itself can be one.
            place = f"{self.root}/{path}"
            if not S_ISREG(os.lstat(place).st_mode) and not is_file(self.root, path):
                return b""
            with open(place, "rb") as file:  # noqa: PTH123 - a path as an object takes as long as reading the file
                return file.read(self.limits.file_bytes)
        except OSError:
            return b""

    def _names(self, folder: str) -> list[str]:
        if folder not in self._folders:
            self._folders[folder] = sorted(names_in(self.root, folder))
        return self._folders[folder]

    def _document(self, path: str) -> Document:
        if path not in self._kept:
            self._kept[path] = read_document(self.root, path, self.limits)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[path]


def page_key(id: str) -> str:
    """What two ids have in common that are written to one page: capitals and Unicode forms make no difference."""
    return unicodedata.normalize("NFC", id).casefold()


def is_postmortem(name: str) -> bool:
    """Whether a file of this name below the folder of postmortems is one."""
    return not _other(name)


def passed_over(path: PurePath) -> str:
    """Why a path below the folder of postmortems is that of none; empty where nothing speaks against it."""
    hidden = "it lies in a hidden folder" if any(part.startswith(".") for part in path.parts[:-1]) else ""
    return _other(path.name) or hidden


def _other(name: str) -> str:
    if name.startswith(_PREFIXES):
        return f"its name begins with `{name[0]}`"
    if name.casefold() in _NOT_POSTMORTEMS:
        return "a file of this name is about its folder"
    return "" if name.endswith(".md") else "its name does not end in `.md`"


def root_of(file: Path) -> Path | None:
    """Where the knowledge base of a postmortem begins, by the path of the file alone; None for any other file."""
    if FOLDER not in file.parts[:-1] or not is_postmortem(file.name):
        return None
    return Path(*file.parts[: file.parts.index(FOLDER)])


def postmortem_paths(root: Path) -> tuple[str, ...]:
    """The paths, relative to the root, of everything that is or claims to be a postmortem, sorted."""
    return _paths(root, is_postmortem)


def misnamed_paths(root: Path) -> tuple[str, ...]:
    """The paths of what would be a postmortem if its name did not end in `.MD` or `.markdown`, sorted."""
    return _paths(root, _is_misnamed)


def _is_misnamed(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    return suffix != "md" and suffix.casefold() in ("md", "markdown") and is_postmortem(f"{stem}.md")


def _paths(root: Path, wanted: Callable[[str], bool]) -> tuple[str, ...]:
    found = []
    for folder, folders, names in os.walk(root / FOLDER, onerror=_unreadable, followlinks=False):
        here = Path(folder).relative_to(root).as_posix()
        found += [f"{here}/{name}" for name in (*folders, *names) if wanted(name)]
        folders[:] = [name for name in folders if not name.startswith(".")]
    return tuple(sorted(found))


def _unreadable(error: OSError) -> None:
    # Nothing at all where the folder of postmortems is missing; but a folder of it that is closed would go unchecked.
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise UsageError(f"The folder `{error.filename}` cannot be read: {error.strerror}")


def read_catalog(root: Path, limits: Limits) -> Catalog:
    """The postmortems below a root; none of them is read yet."""
    return Catalog(root, limits, postmortem_paths(root))


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")
