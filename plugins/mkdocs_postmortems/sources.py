"""What of the docs folder is published: pages, and the files that they show; nothing that a link brings in from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files


def check_folders(config: MkDocsConfig, root: Path) -> None:
    """Refuse folders that MkDocs would follow out of the repository or in circles, or delete.

    Raises:
        PluginError: A link in the docs folder leads to a folder that is not below it, or `site_dir` holds sources.
    """
    docs = Path(config.docs_dir)
    for folder, folders, _ in os.walk(docs, followlinks=False):
        for link in (Path(folder, name) for name in folders if Path(folder, name).is_symlink()):
            target = _resolved(link)
            if target is None or not _is_ours(target, root) or docs.resolve().is_relative_to(target):
                raise PluginError(f"postmortems: {link} is a link out of the repository or in a circle: remove it")
    site = Path(config.site_dir).resolve()
    if ".git" in site.parts or any(source.is_relative_to(site) for source in (root.resolve(), docs.resolve())):
        raise PluginError(f"postmortems: `site_dir` is {site}: whatever lies there would be deleted")


def keep_shown(files: Files, config: MkDocsConfig, root: Path) -> Iterator[str]:
    """Take away what no page shows, and what is no file of the repository.

    Yields:
        What was taken away and should not lie there.
    """
    docs = Path(config.docs_dir)
    ours = [
        file
        for file in files
        if file.abs_src_path and Path(file.abs_src_path).is_relative_to(docs) and not file.inclusion.is_excluded()  # type: ignore[no-untyped-call]
    ]
    sound = []
    for file in ours:
        if fault := _fault(Path(str(file.abs_src_path)), root):
            files.remove(file)
            yield f"{os.fsencode(file.src_uri).decode('utf-8', 'backslashreplace')} is left out: {fault}"
        else:
            sound.append(file)
    told = "\n".join([repr(dict(config)), *(_text(file) for file in sound if _tells(file))])
    for file in sound:
        if not file.is_documentation_page() and not _named(file, told):
            files.remove(file)


def _fault(source: Path, root: Path) -> str:
    target = _resolved(source)
    try:
        str(source).encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if target is None or not target.is_file():
        return "it is no file"
    return "" if _is_ours(target, root) else "it is a link out of the repository"


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _is_ours(target: Path, root: Path) -> bool:
    """Whether a place is in the repository, and not in a hidden folder such as that of git."""
    root = root.resolve()
    return target.is_relative_to(root) and not any(part.startswith(".") for part in target.relative_to(root).parts)


def _tells(file: File) -> bool:
    return file.is_documentation_page() or file.is_css() or file.is_javascript()


def _text(file: File) -> str:
    return Path(str(file.abs_src_path)).read_text(encoding="utf-8", errors="replace")


def _named(file: File, told: str) -> bool:
    name = Path(file.src_uri).name
    return name in told or quote(name) in told
