"""What of the docs folder is published: pages, and the files that they show; nothing that a link brings in from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from mkdocs_postmortems.refusal import Refusal
from postmortem_kb.catalog import is_postmortem
from postmortem_kb.paths import path_text
from postmortem_kb.policy import FOLDER
from postmortem_kb.source.links import real


def check_folders(config: MkDocsConfig, root: Path) -> None:
    """Refuse folders that MkDocs would follow out of the repository or in circles, or delete.

    Raises:
        Refusal: A link in the docs folder leads to a folder that is not below it, or `site_dir` holds sources or lies among them.
    """
    docs, homes = Path(config.docs_dir), _homes(config, root)
    for folder, folders, _ in os.walk(docs, followlinks=False):
        for link in (Path(folder, name) for name in folders if os.path.islink(f"{folder}/{name}")):  # noqa: PTH114 - `Path.is_symlink()` raises where one may not look
            target = _resolved(link)
            if target is None or not _is_ours(target, homes) or docs.resolve().is_relative_to(target):
                raise Refusal(f"postmortems: {link} is a link out of the repository or in a circle: remove it")
    site = real(config.site_dir)
    held = _held(site, config, root)
    if held:
        raise Refusal(
            f"postmortems: the site would be written to {site}, which {held}, and MkDocs empties that folder first: "
            "name another one, such as `site`, by `--site-dir` or by `site_dir` in mkdocs.yml"
        )


def _held(site: Path, config: MkDocsConfig, root: Path) -> str:
    """What the folder of a site holds that must not be lost; empty where it holds nothing."""
    if ".git" in site.parts:
        return "belongs to git"
    postmortems, docs = (root / FOLDER).resolve(), Path(config.docs_dir).resolve()
    among = {postmortems: "the folder of the postmortems", docs: "the docs folder"}
    for folder, name in among.items():
        if site.is_relative_to(folder):
            return f"is {name}" if site == folder else f"lies below {name}"
    around = among | {root.resolve(): "the knowledge base", Path(os.path.expanduser("~")).resolve(): "your home folder"}  # noqa: PTH111 - `Path.home()` raises where nobody has one
    if config.theme.custom_dir:
        around[Path(config.theme.custom_dir).resolve()] = "the templates of the theme"
    return next((f"holds {name}" for folder, name in around.items() if folder.is_relative_to(site)), "")


def hide_sources(files: Files, config: MkDocsConfig, root: Path) -> None:
    """Where the docs folder holds the postmortems, or links to some, their sources are no pages of their own.

    What else lies beside postmortems, such as a picture or what tells of their folder, may be linked to and shown.
    """
    folder, docs = (root / FOLDER).resolve(), Path(config.docs_dir)
    real_docs = docs.resolve()
    for file in list(files):
        source = Path(file.abs_src_path) if file.abs_src_path else None
        if source and source.is_relative_to(docs):
            target = _resolved(source)
            linked = target and target.is_relative_to(folder) and _is_source(target.name)
            # The docs folder itself may be reached through a link.
            if linked or (real_docs / source.relative_to(docs)).is_relative_to(folder):
                files.remove(file)


def _is_source(name: str) -> bool:
    """Whether a file of this name is a postmortem, or what somebody hides among them."""
    return is_postmortem(name) or name.startswith("_")


def keep_shown(files: Files, config: MkDocsConfig, root: Path) -> Iterator[str]:
    """Take away what no page shows, and what is no file of the repository.

    Yields:
        What was taken away and should not lie there.
    """
    docs = Path(config.docs_dir)
    shut: list[OSError] = []
    for _ in os.walk(docs, onerror=shut.append, followlinks=True):
        # MkDocs looks for files in the same way, and passes over such a folder without a word.
        pass
    for folder in (Path(os.fsdecode(error.filename)) for error in shut):
        name = path_text(folder.relative_to(docs.parent).as_posix())
        yield f"{name}/ is left out: it cannot be read; mend its permissions"
    ours = [
        file
        for file in files
        if file.abs_src_path and Path(file.abs_src_path).is_relative_to(docs) and not file.inclusion.is_excluded()  # type: ignore[no-untyped-call]
    ]
    sound, homes = [], _homes(config, root)
    for file in ours:
        if fault := _fault(Path(str(file.abs_src_path)), homes):
            files.remove(file)
            yield f"{path_text(file.src_uri)} is left out: {fault}"
        else:
            sound.append(file)
    told = "\n".join([repr(dict(config)), *(_text(file) for file in sound if _tells(file))])
    for file in sound:
        if not file.is_documentation_page() and not _named(file, told):
            files.remove(file)


def _fault(source: Path, homes: Sequence[Path]) -> str:
    target = _resolved(source)
    try:
        str(source).encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if not os.access(source.parent, os.X_OK):
        return "its folder may be listed and not entered; mend its permissions"
    if target is None or not target.is_file():
        return "it is no file"
    if not os.access(target, os.R_OK):
        return "it cannot be read; mend its permissions"
    return "" if _is_ours(target, homes) else "it is a link out of the repository"


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _is_ours(target: Path, homes: Sequence[Path]) -> bool:
    """Whether a place is in the repository, and not in a hidden folder such as that of git."""
    below = (target.relative_to(home).parts for home in homes if target.is_relative_to(home))
    return any(not any(part.startswith(".") for part in parts) for parts in below)


def _homes(config: MkDocsConfig, root: Path) -> list[Path]:
    """The knowledge base, and the folder of `mkdocs.yml`, which may hold it or lie in it."""
    return [root.resolve(), *([Path(config.config_file_path).resolve().parent] if config.config_file_path else [])]


def _tells(file: File) -> bool:
    return file.is_documentation_page() or file.is_css() or file.is_javascript()


def _text(file: File) -> str:
    return Path(str(file.abs_src_path)).read_text(encoding="utf-8", errors="replace")


def _named(file: File, told: str) -> bool:
    name = Path(file.src_uri).name
    return name in told or quote(name) in told
