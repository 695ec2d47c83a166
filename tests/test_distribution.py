"""What a user installs: built, installed and used away from this repository, without a network."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("wheelhouse")
Run = Callable[..., subprocess.CompletedProcess[str]]
Draft = Callable[..., str]

PACKAGES = (
    "src/postmortem_kb",
    "plugins/mkdocs_postmortems",
    "hooks/postmortem_hooks",
    "schema/postmortem_schema",
)
MKDOCS = "site_name: Elsewhere\ntheme: {name: material, font: false}\nplugins: [postmortems, search]\n"


@pytest.fixture(scope="session")
def built(worktree: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """The folder of an sdist and of the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder], worktree)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="session")
def sdist(built: Path) -> Path:
    return next(built.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Callable[..., Path]:
    """Installs into a new virtual environment, and gives the folder of its programs."""

    def into_new_environment(*arguments: str) -> Path:
        folder = tmp_path_factory.mktemp("installed")
        run([sys.executable, "-m", "venv", "--without-pip", folder], folder)
        python = folder / "bin" / "python"
        run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *arguments], folder)
        return folder / "bin"

    return into_new_environment


@pytest.fixture(scope="session")
def bare(install: Callable[..., Path], wheel: Path) -> Path:
    """The wheel without extras."""
    return install(str(wheel))


@pytest.fixture
def elsewhere(tmp_path: Path, draft: Draft) -> Path:
    """A knowledge base with nothing but two postmortems and the two files of configuration."""
    for id, related in (("queue-full", ""), ("queue-full-again", "queue-full")):
        file = tmp_path / "postmortems" / f"{id}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(draft(id, related=related), encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (tmp_path / "postmortem.toml").write_text('[site]\nname = "Elsewhere"\n', encoding="utf-8")
    return tmp_path


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: Path, worktree: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        file.relative_to((worktree / package).parent).as_posix()
        for package in PACKAGES
        for file in (worktree / package).rglob("*")
        if file.is_file()
    }
    assert names == expected
    assert {"postmortem_kb/py.typed", "postmortem_schema/policy.toml"} <= names


def test_the_sdist_holds_the_sources_and_no_tests(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        places = {"/".join(name.split("/")[1:3]) for name in archive.getnames()}
    assert set(PACKAGES) <= places
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= places
    assert {place.split("/")[0] for place in places if "/" in place} == {"src", "plugins", "hooks", "schema"}


def test_the_wheel_without_extras_checks_and_brings_no_mkdocs(bare: Path, elsewhere: Path, run: Run) -> None:
    run([bare / "postmortem", "check"], elsewhere)
    find = "import importlib.util, sys; sys.exit(any(map(importlib.util.find_spec, ('mkdocs', 'material'))))"
    run([bare / "python", "-c", find], elsewhere)


def test_the_check_finds_what_is_wrong_elsewhere_too(bare: Path, elsewhere: Path, run: Run) -> None:
    (elsewhere / "postmortems" / "queue-full.md").unlink()
    result = run([bare / "postmortem", "check"], elsewhere, code=1)
    assert "postmortems/queue-full-again.md:11:9: error [unknown-related]" in result.stdout


def test_build_without_the_extra_says_what_to_install(bare: Path, elsewhere: Path, run: Run) -> None:
    result = run([bare / "postmortem", "build"], elsewhere, code=2)
    assert "postmortem-kb[site]" in result.stdout
    assert "Traceback" not in result.stdout


def test_the_wheel_with_the_extra_builds_a_site_elsewhere(
    install: Callable[..., Path], wheel: Path, elsewhere: Path, run: Run
) -> None:
    programs = install(f"{wheel}[site]")
    run([programs / "postmortem", "check"], elsewhere)
    run([programs / "postmortem", "build", "--site-dir", "site"], elsewhere)
    page = (elsewhere / "site" / "incidents" / "queue-full-again" / "index.html").read_text(encoding="utf-8")
    assert "Checkout was down" in page
    assert (elsewhere / "site" / "incidents" / "queue-full" / "index.html").is_file()


@pytest.mark.parametrize("way", ["sdist", "folder", "editable"])
def test_other_ways_to_install_give_the_same_program(
    way: str, install: Callable[..., Path], sdist: Path, worktree: Path, elsewhere: Path, run: Run
) -> None:
    ways = {"sdist": [str(sdist)], "folder": [str(worktree)], "editable": ["--editable", str(worktree)]}
    programs = install(*ways[way])
    version = tomllib.loads((worktree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in run([programs / "postmortem", "--version"], elsewhere).stdout
    run([programs / "postmortem", "check"], elsewhere)
    run([programs / "python", "-c", "import mkdocs_postmortems, postmortem_hooks, postmortem_schema"], elsewhere)
