"""What a sweep notes that finds nothing never hides a change from the next one."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example
from hypothesis import strategies as st

from memtui import distil
from memtui.curate.curator import Curator
from memtui.ingest import noted, survey
from memtui.ingest import sync as syncing
from memtui.ingest.sync import is_up_to_date, sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.connect import open_writer
from memtui.store.ingest.seen import Standing, what_stands
from tests.factories import Session
from tests.ingest.four_agents import FIXTURES
from tests.ingest.material import growing
from tests.ingest.test_recalling import remember, said
from tests.soaking import few_or_many

OPENCODE = ".local/share/opencode"
TIMES = itertools.count(1_700_000_000_000_000_001, 1_000_000_001)
"""Ages ago, and no two alike: a store that was written long before each look."""


def settled(data: Path) -> None:
    """Let the last writing of the store be long ago."""
    for name in ("memtui.db", "memtui.db-wal"):
        if (path := data / name).exists():
            now = next(TIMES)
            os.utime(path, ns=(now, now))


@contextmanager
def without_notes() -> Iterator[None]:
    """Sweeps ask the store each time and note nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(noted, "note_of", lambda _: None)
        patch.setattr(noted, "write", lambda *_: None)
        yield


@contextmanager
def asking_nothing() -> Iterator[None]:
    """A sweep that asks the store what it expects fails."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the store was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syncing, "what_stands", refuse)
        yield


@pytest.fixture
def session(data: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """One that was read, all at rest, and that is noted; the day does not end."""
    monkeypatch.setattr(noted, "_day_of", lambda _: 1)
    made = growing(home)
    made.prompt("why does the lease expire early?")
    remember(home, said("and of old"))
    sync(data, Settings(), home=home)
    settled(data)
    assert is_up_to_date(data, Settings(), home=home)
    return made


def test_a_sweep_that_sees_the_same_does_not_ask_the_store(
    data: Path, home: Path, session: Session
) -> None:
    with asking_nothing():
        again = sync(data, Settings(), home=home)
    with without_notes():
        assert sync(data, Settings(), home=home) == again
    assert again.agents["claude-code"].files == 1


def test_what_depends_on_the_time_is_asked_again(
    data: Path, home: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def counted(store: Path, *given: Any, **named: Any) -> Standing:
        asked.append(store)
        return what_stands(store, *given, **named)

    monkeypatch.setattr(syncing, "what_stands", counted)
    with monkeypatch.context() as patch:
        patch.setattr(survey, "LOOK_MS", 0)  # the history is due
        assert not is_up_to_date(data, Settings(), home=home)
    with monkeypatch.context() as patch:
        days = itertools.count()
        patch.setattr(noted, "_day_of", lambda _: next(days))
        assert is_up_to_date(data, Settings(), home=home)  # a day to back up
    assert len(asked) == 2


def test_another_distiller_reader_or_rule_is_no_rest(
    data: Path, home: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Settings(disabled_rules=("note",))
    assert not is_up_to_date(data, other, home=home)
    monkeypatch.setattr(distil, "VERSION", distil.VERSION + 1)
    assert not is_up_to_date(data, Settings(), home=home)


def test_nothing_is_noted_of_a_store_that_was_written_a_moment_ago(
    data: Path, home: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data / noted.NAME).unlink()
    whole = 1_700_000_000_000_000_000  # of a file system that counts in seconds
    os.utime(store_path(data), ns=(whole, whole))
    monkeypatch.setattr(noted, "_COARSE_TICK_NS", 10**18)  # thirty years
    assert is_up_to_date(data, Settings(), home=home)
    assert not (data / noted.NAME).exists()
    os.utime(store_path(data), ns=(whole + 1, whole + 1))
    assert is_up_to_date(data, Settings(), home=home)
    assert (data / noted.NAME).exists()


@pytest.mark.parametrize("bad", [b"", b"{}", b"null", b'{"store": 1}', b"\xff"])
def test_a_note_that_cannot_be_read_is_none(
    data: Path, home: Path, session: Session, bad: bytes
) -> None:
    (data / noted.NAME).write_bytes(bad)
    assert is_up_to_date(data, Settings(), home=home)


class World:
    """Transcripts that change, a store that changes, and what is asked of both."""

    def __init__(self, folder: Path) -> None:
        self.home, self.data = folder / "home", folder / "data"
        self.settings = Settings()
        self.sessions = [growing(self.home), Session(self.home, session="b" * 36)]
        for session in self.sessions:
            session.prompt("never write to the lease table from a handler")
        for agent, own in (("codex", ".codex"), ("gemini-cli", ".gemini")):
            shutil.copytree(FIXTURES / agent, self.home / own)
        self.sync()

    def sync(self) -> None:
        sync(self.data, self.settings, home=self.home)
        settled(self.data)

    @property
    def files(self) -> list[Path]:
        """Every transcript, and what lies beside."""
        return sorted(path for path in self.home.rglob("*.json*") if path.is_file())

    def look(self) -> bool:
        """What a sweep says; it says the same whatever was noted."""
        found = is_up_to_date(self.data, self.settings, home=self.home)
        with without_notes():
            assert found == is_up_to_date(self.data, self.settings, home=self.home)
        return found


def _grow(world: World, file: Path) -> None:
    with file.open("ab") as out:
        out.write(b'{"type":"user"}\n')


def _tear(world: World, file: Path) -> None:
    with file.open("ab") as out:
        out.write(b'{"type":"us')


def _blank(world: World, file: Path) -> None:
    """Other bytes, the same size, the same inode."""
    file.write_bytes(b" " * file.stat().st_size)


def _replace(world: World, file: Path) -> None:
    """Another file of the same size and time."""
    before = file.stat()
    other = file.with_suffix(".other")
    other.write_bytes(file.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(other, file)


def _touch(world: World, file: Path) -> None:
    now = next(TIMES)
    os.utime(file, ns=(now, now))


def _away(world: World, file: Path) -> None:
    file.rename(file.with_suffix(".away"))


def _back(world: World, file: Path) -> None:
    for away in world.home.rglob("*.away"):
        away.rename(away.with_suffix(".jsonl"))


def _copy(world: World, file: Path) -> None:
    shutil.copyfile(file, file.with_name(f"copy-{file.name}"))


def _rules(world: World, file: Path) -> None:
    off = () if world.settings.disabled_rules else ("note",)
    world.settings = Settings(disabled_rules=off, roots=world.settings.roots)


def _roots(world: World, file: Path) -> None:
    more = {} if world.settings.roots else {"codex": (str(file.parent),)}
    world.settings = Settings(disabled_rules=world.settings.disabled_rules, roots=more)


def _curate(world: World, file: Path) -> None:
    with Curator(world.data, world.settings) as curator:
        curator.add("Tabs, never spaces", type="preference", scope="global")
    settled(world.data)


def _owe(world: World, file: Path) -> None:
    """A run that was killed, a reader or a distiller that has more to do."""
    with closing(open_writer(store_path(world.data), "ingest")) as conn:
        conn.execute("update session set distilled = 0")
    settled(world.data)


def _forget(world: World, file: Path) -> None:
    """What is to be looked at again."""
    with closing(open_writer(store_path(world.data), "ingest")) as conn:
        conn.execute("update transcript set mtime_ns = 0 where path = ?", (str(file),))
    settled(world.data)


def _sync(world: World, file: Path) -> None:
    world.sync()


def _look(world: World, file: Path) -> None:
    world.look()


STEPS: dict[str, Callable[[World, Path], None]] = {
    step.__name__.strip("_"): step
    for step in (
        _grow, _tear, _blank, _replace, _touch, _away, _back, _copy, _rules, _roots,
        _curate, _owe, _forget, _sync, _look,
    )
}  # fmt: skip
STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 20))


@few_or_many(8, 300, st.lists(STEP, max_size=12))
@example([("replace", 0), ("sync", 0), ("look", 0), ("replace", 0)])
@example([("look", 0), ("owe", 0)])
@example([("look", 0), ("forget", 0), ("look", 0), ("sync", 0)])
@example([("away", 1), ("sync", 0), ("look", 0), ("back", 0)])
@example([("tear", 0), ("sync", 0), ("look", 0), ("rules", 0), ("sync", 0)])
@example([("look", 0), ("roots", 3), ("look", 0), ("roots", 0), ("curate", 0)])
def test_a_sweep_says_the_same_whatever_was_noted(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        assert world.look()
        for name, number in steps:
            if files := world.files:
                STEPS[name](world, files[number % len(files)])
            world.look()
        world.sync()
        with without_notes():
            found = sync(world.data, world.settings, home=world.home)
        assert not found.changed
