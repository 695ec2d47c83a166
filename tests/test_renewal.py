"""What is worked out again after a change: few relations, and the result is that of a first run, byte for byte."""

from __future__ import annotations

import random
import sqlite3
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from postmortem_kb import workers
from postmortem_kb.catalog import read_catalog
from postmortem_kb.insight.computed import all_matches
from postmortem_kb.insight.matches import Match, Matcher
from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.profiles import Profiles, read_profiles
from postmortem_kb.insight.shelf import Shelf
from postmortem_kb.insight.standing import keep, kept
from postmortem_kb.published import published
from postmortem_kb.source.document import Limits

STEPS = 30
WORDS = [
    "".join(parts)
    for parts in product(("ba", "do", "ki", "lu", "mo", "ra"), ("nt", "rk", "lm"), ("ol", "av", "ek", "ip"))
]
MECHANISMS = [
    word for words in tomllib.loads(published("mechanisms.toml"))["mechanisms"].values() for word in words.split()[:4]
]
PARTS = [
    "".join(parts) for parts in product(("fla", "gru", "scho", "tri"), ("mm", "ck", "sp"), ("ar", "olt", "ind", "um"))
]
"""What compounds are made of; few files hold one by itself."""
SERVICES = [f"s-{number}" for number in range(40)]
"""Of no word, so that they bring nobody together by what is told."""
RELATIONS = ("recurrence-of", "same-cause", "similar", "follow-up-of")


class Walk:
    """A catalog that changes step by step, the same way for one seed."""

    def __init__(self, base: Path, count: int, seed: int) -> None:
        self.folder = base / "postmortems"
        self.folder.mkdir(parents=True)
        self.chance = random.Random(seed)
        self.number = 0
        for _ in range(count):
            self.add()

    def step(self) -> str:
        """Change something; tells what."""
        often = (self.say, self.relate, self.remove)
        once = (self.say_less, self.rewrite, self.add, self.rename, self.state, self.weigh, self.compose)
        kind = self.chance.choice(often * 2 + once)
        kind()
        return kind.__name__

    def add(self) -> None:
        self.number += 1
        self.write(
            f"id-{self.chance.randrange(1000):03}-{self.number}", self._story(self.chance.choice((2, 4, 8, 20, 40, 60)))
        )

    def remove(self) -> None:
        self._any().unlink()

    def rename(self) -> None:
        file = self._any()
        self.number += 1
        id = f"id-{self.chance.randrange(1000):03}-{self.number}"
        text = file.read_text("utf-8").replace(f"id: {file.stem}\n", f"id: {id}\n", 1)
        file.rename(file.with_name(f"{id}.md")).write_text(text, "utf-8")

    def rewrite(self) -> None:
        self.write(self._any().stem, self._story(self.chance.choice((2, 4, 8, 20, 40, 60))))

    def say(self) -> None:
        file = self._any()
        file.write_text(f"{file.read_text('utf-8')} {self._story(self.chance.randrange(1, 4))}.\n", "utf-8")

    def say_less(self) -> None:
        file = self._any()
        file.write_text(f"{file.read_text('utf-8').rpartition(' ')[0]}\n", "utf-8")

    def compose(self) -> None:
        file = self._any()
        file.write_text(f"{file.read_text('utf-8')} {self.chance.choice(PARTS)}.\n", "utf-8")

    def state(self) -> None:
        self._replace("services:", f"services: [{', '.join(self.chance.sample(SERVICES, 2))}]")

    def relate(self) -> None:
        self._replace("related:", self._related())

    def _related(self) -> str:
        ids = sorted(file.stem for file in self.folder.iterdir()) or ["nobody"]
        links = [f"{{id: {self.chance.choice(ids)}, relation: {self.chance.choice(RELATIONS)}}}" for _ in range(2)]
        return f"related: [{', '.join(self.chance.choice((links, links[:1], [], [])))}]"

    def weigh(self) -> None:
        self._replace("severity:", f"severity: P{self.chance.randrange(5)}")

    def _any(self) -> Path:
        return self.chance.choice(sorted(self.folder.iterdir()))

    def _replace(self, key: str, line: str) -> None:
        file = self._any()
        lines = [line if old.startswith(key) else old for old in file.read_text("utf-8").split("\n")]
        file.write_text("\n".join(lines), "utf-8")

    def _story(self, words: int) -> str:
        # Some words stand in most files, some in one.
        told = [WORDS[min(int(self.chance.paretovariate(0.45)) - 1, len(WORDS) - 1)] for _ in range(words)]
        rare = [f"{self.chance.choice(WORDS)}{self.chance.choice(WORDS)}" for _ in range(words // 8)]
        compounds = [self.chance.choice(PARTS) + self.chance.choice(PARTS) for _ in range(words // 16)]
        return " ".join(told + rare + compounds + self.chance.choices(MECHANISMS, k=words // 24))

    def write(self, id: str, story: str) -> None:
        services = ", ".join(self.chance.sample(SERVICES, 2))
        text = f"---\nid: {id}\ntitle: {story[:30]}\nservices: [{services}]\nseverity: P2\n{self._related()}\n---\n\n## What Happened\n\n{story}\n"
        (self.folder / f"{id}.md").write_text(text, "utf-8")


def profiles(base: Path, shelf: Shelf | None = None) -> Profiles:
    return read_profiles(read_catalog(base, Limits()), shelf)


def matches(read: Profiles, shelf: Shelf | None = None) -> dict[str, list[Match]]:
    return all_matches(read.profiles, 5, shelf, read.state, read.marks)


def everything(read: Profiles, file: Path) -> tuple[dict[str, list[Match]], list[tuple[object, ...]]]:
    """The matches of a catalog, and what is kept of them in a file."""
    found = matches(read, Shelf(file, "key"))
    with sqlite3.connect(file) as database:
        rows = database.execute("SELECT * FROM standing ORDER BY id").fetchall()
        rows += database.execute("SELECT name, found FROM derived WHERE name = 'standing others'").fetchall()
    return found, rows


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of those that were compared, as it goes on."""
    found: list[str] = []
    compare = Matcher.matches

    def counted(self: Matcher, profile: Profile, *rest: Any, **options: Any) -> list[Match]:
        found.append(profile.id)
        return compare(self, profile, *rest, **options)

    monkeypatch.setattr(Matcher, "matches", counted)
    monkeypatch.setattr(workers, "cores", lambda: 1)
    return found


@pytest.mark.parametrize(("count", "seed"), [(300, 1), (120, 3)])
def test_after_every_change_all_is_as_in_a_first_run(
    count: int, seed: int, tmp_path: Path, compared: list[str]
) -> None:
    walk = Walk(tmp_path / "base", count, seed)
    shelf = Shelf(tmp_path / "profiles.sqlite", "key")
    everything(profiles(tmp_path / "base", shelf), tmp_path / "kept.sqlite")
    assert len(compared) == count
    again = []
    for number in range(STEPS):
        done = walk.step()
        read = profiles(tmp_path / "base", shelf)
        compared.clear()
        warm = everything(read, tmp_path / "kept.sqlite")
        again.append(len(compared))
        assert warm == everything(read, tmp_path / f"{number}.sqlite"), (number, done)
    assert 0 < sorted(again)[STEPS // 2] < count / 3


def test_a_newcomer_that_tells_little_of_it_is_found_by_one_that_finds_few(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "base", 260, 1)
    # A fifth weighs what four do.
    for id in ("bilby", "dunnart", "quoll", "wombat"):
        walk.write(id, "bandicoot wallaby numbat potoroo")
    everything(profiles(tmp_path / "base"), tmp_path / "kept.sqlite")
    walk.write("newcomer", f"numbat {' '.join(f'{word}{word}' for word in WORDS[:60])}")
    read = profiles(tmp_path / "base")
    assert everything(read, tmp_path / "kept.sqlite") == everything(read, tmp_path / "anew.sqlite")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE standing SET matches = 'x'",
        "UPDATE standing SET matches = '1],[2' WHERE id = (SELECT max(id) FROM standing)",
        "UPDATE standing SET weights = x'00'",
        "UPDATE standing SET words = x'00'",
        "UPDATE standing SET near = '{', least = 'x'",
        "UPDATE standing SET related = '[1]', wholes = x'00'",
        "UPDATE derived SET found = x'00' WHERE name LIKE 'standing%'",
        "DELETE FROM derived WHERE name = 'standing words'",
        "DELETE FROM standing WHERE id > 'id-5'",
        "DELETE FROM standing",
        "DROP TABLE standing; CREATE TABLE standing (a)",
    ],
)
@pytest.mark.parametrize("edited", [False, True])
def test_what_is_damaged_is_made_anew(damage: str, edited: bool, tmp_path: Path) -> None:
    walk = Walk(tmp_path / "base", 40, 1)
    file = tmp_path / "kept.sqlite"
    everything(profiles(tmp_path / "base"), file)
    with sqlite3.connect(file) as database:
        database.executescript(damage)
    if edited:
        walk.say()
    read = profiles(tmp_path / "base")
    found = matches(read, Shelf(file, "key"))
    assert found == matches(read)
    assert found == matches(read, Shelf(file, "key"))


def test_of_two_runs_at_once_the_first_is_kept_and_both_are_right(tmp_path: Path) -> None:
    walk = Walk(tmp_path / "base", 40, 1)
    file = tmp_path / "kept.sqlite"
    everything(profiles(tmp_path / "base"), file)
    before = kept(Shelf(file, "key"))
    walk.rewrite()
    first = everything(profiles(tmp_path / "base"), file)
    # The second began with what the first one found, and has another state.
    assert before is not None
    keep(Shelf(file, "key"), "5 other", before[1], before)
    assert everything(profiles(tmp_path / "base"), file) == first


def test_what_another_version_or_another_number_left_is_not_used(tmp_path: Path) -> None:
    Walk(tmp_path / "base", 40, 1)
    file = tmp_path / "kept.sqlite"
    read = profiles(tmp_path / "base")
    found, _ = everything(read, file)
    assert kept(Shelf(file, "other")) is None
    fewer = all_matches(read.profiles, 2, Shelf(file, "key"), read.state, read.marks)
    assert {id: some[:2] for id, some in fewer.items()} == {id: some[:2] for id, some in found.items()}
    assert not any(match.reasons for some in fewer.values() for match in some[2:])
