"""However a transcript comes to its bytes, the store ends as after one clean read."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from memtui.ingest.sync import sync
from memtui.settings import Settings
from memtui.store.ingest.batch import Applied, Batch
from memtui.store.ingest.writes import Store
from tests.ingest.four_agents import FIXTURES, GEMINI_CHAT
from tests.ingest.material import rich_session
from tests.ingest.telling import Told, told
from tests.soaking import few_or_many

Step = tuple[str, float]
"""What happens to the file, and how much of its final text it concerns, 0 to 1."""

STEPS = st.tuples(
    st.sampled_from(["write", "rotate", "rewrite", "touch", "rename", "kill", "sync"]),
    st.floats(0, 1),
)


WHOLE = "gemini-cli, whole"
"""Its older form: one JSON object, written anew each time."""
WRITTEN = {
    "codex": Path(
        ".codex/sessions/2026/03/02/"
        "rollout-2026-03-02T09-00-00-00000000-0000-7000-8000-000000000001.jsonl"
    ),
    "gemini-cli": GEMINI_CHAT.with_name("session-2026-02-03T09-00-aaaa0001.jsonl"),
    WHOLE: Path(
        ".gemini/tmp/1b840d4192dedd1cfc4621f22c6d077cbeb67d5c141b98e20f4a8e4db7d009d2/"
        "chats/session-2025-11-01T10-00-bbbb0001.json"
    ),
}
"""The transcript that changes, by the agent that wrote it."""
PROJECTS = "projects.json"


class Life:
    """A transcript file that changes, and a store that follows it."""

    def __init__(self, folder: Path, agent: str = "claude-code") -> None:
        self.home = folder / "home"
        self.data = folder / "data"
        self.path = self._written(agent)
        self.whole = self.path.read_bytes()
        self.path.unlink()
        self._clock = time.time_ns() - 3_600_000_000_000

    def _written(self, agent: str) -> Path:
        """The only transcript, whole."""
        if agent == "claude-code":
            return rich_session(self.home)
        own = WRITTEN[agent].parts[0]
        shutil.copytree(FIXTURES / agent.partition(",")[0], self.home / own)
        for other in self.home.rglob("*.json*"):
            if other not in (self.home / WRITTEN[agent], self.home / own / PROJECTS):
                other.unlink()
        return self.home / WRITTEN[agent]

    def part(self, share: float) -> bytes:
        return self.whole[: round(len(self.whole) * share)]

    def write(self, share: float) -> None:
        """In place: grows, or shrinks, under the same inode."""
        with self.path.open("r+b" if self.path.exists() else "wb") as file:
            file.write(self.part(share))
            file.truncate()
        self.stamp()

    def rotate(self, share: float) -> None:
        """Another file takes its place."""
        other = self.path.with_suffix(".new")
        other.write_bytes(self.part(share))
        os.replace(other, self.path)
        self.stamp()

    def rewrite(self, _share: float) -> None:
        """Equal size, other bytes: a line was blanked meanwhile.

        Not one in which the agent names the session.
        """
        if self.path.exists():
            lines = self.path.read_bytes().split(b"\n")
            at = 2 if self.path.suffix == ".json" else 1
            lines[at : at + 1] = [b" " * len(line) for line in lines[at : at + 1]]
            self.path.write_bytes(b"\n".join(lines))
            self.stamp()

    def touch(self, share: float) -> None:
        """Another time, now and then one so old that a torn line is given up."""
        if self.path.exists():
            self.stamp()
            if share > 0.5:
                old = self._clock - 100_000 * 1_000_000_000
                os.utime(self.path, ns=(old, old))

    def rename(self, _share: float) -> None:
        """Away for one sync, and back."""
        if self.path.exists():
            away = self.home / "elsewhere.jsonl"
            self.path.rename(away)
            self.sync(0)
            away.rename(self.path)

    def kill(self, share: float) -> None:
        """A sync that dies after some of its batches."""
        with dying_after(int(share * 12)), suppress(Killed):
            self.sync(0)

    def sync(self, _share: float) -> None:
        sync(self.data, Settings(), home=self.home)

    def stamp(self) -> None:
        """Every change has a time of its own, as on a real disk."""
        self._clock += 1_000_000_000
        os.utime(self.path, ns=(self._clock, self._clock))


class Killed(BaseException):
    """Nothing may catch it: what was not committed is lost."""


@contextmanager
def dying_after(batches: int) -> Iterator[None]:
    apply, left = Store.apply, batches

    def mortal(store: Store, batch: Batch) -> Applied:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return apply(store, batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "apply", mortal)
        yield


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few KB are read as if they were of a few hundred MB."""
    monkeypatch.setattr("memtui.readers.tail.CHUNK_BYTES", 2048)
    monkeypatch.setattr("memtui.readers.tail._LEAST_READ", 256)
    monkeypatch.setattr("memtui.ingest.run.TRANSACTION_BYTES", 4096)
    monkeypatch.setattr("memtui.store.ingest.archive.BLOCK_BYTES", 8192)


@few_or_many(12, 100, st.lists(STEPS, max_size=8))
@example([("write", 0.5), ("sync", 0), ("write", 0.2), ("sync", 0)])
@example([("write", 0.5), ("sync", 0), ("rewrite", 0.3), ("sync", 0)])
@example([("write", 0.5), ("touch", 1), ("sync", 0), ("write", 0.7), ("sync", 0)])
@example([("write", 0.9), ("kill", 0.3), ("rotate", 0.4), ("kill", 0.2)])
@example([("write", 1.0), ("rewrite", 0.0), ("kill", 1.0)])
def test_any_life_of_a_file_ends_in_the_store_of_one_clean_read(
    steps: list[Step],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        for name, share in steps:
            getattr(life, name)(share)
        life.write(1)
        life.sync(0)
        followed = told(life.data)
        life.data = Path(folder) / "clean"
        life.sync(0)
        assert followed == told(life.data)


@few_or_many(20, 200, st.sampled_from(sorted(WRITTEN)), st.lists(STEPS, max_size=8))
@example("codex", [("write", 0.9), ("kill", 0.3), ("rotate", 0.4), ("kill", 0.2)])
@example("gemini-cli", [("write", 0.5), ("sync", 0), ("rewrite", 0), ("sync", 0)])
@example(WHOLE, [("write", 0.5), ("sync", 0), ("rotate", 0.7)])
@example("codex", [("write", 0.125), ("kill", 1.0)])
@example("gemini-cli", [("write", 1.0), ("rewrite", 0.0), ("kill", 1.0)])
def test_so_does_that_of_the_other_agents(agent: str, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder), agent)
        for name, share in steps:
            getattr(life, name)(share)
        life.write(1)
        life.sync(0)
        followed = told(life.data)
        life.data = Path(folder) / "clean"
        life.sync(0)
        clean = told(life.data)
        assert clean["records"]
        if agent == WHOLE:
            followed, clean = map(_but_for_numbers, (followed, clean))
        assert followed == clean


def _but_for_numbers(answers: Told) -> Told:
    """Of a file without lines the archive keeps every state that a message had.

    Where one was read half written, its parts have other numbers there.
    """
    links = [link[:-1] for link in answers["links"]]
    rest = {k: v for k, v in answers.items() if k not in ("lines", "transcripts")}
    return rest | {"links": links}


@few_or_many(6, 50, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_the_next_sync_finishes_what_one_that_died_began(deaths: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        life.write(1)
        for share in deaths:
            life.kill(share)
        life.sync(0)
        followed = told(life.data)
        life.data = Path(folder) / "clean"
        life.sync(0)
        assert followed == told(life.data)


@few_or_many(8, 101, st.integers(0, 100))
def test_reading_twice_changes_nothing(percent: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        life.write(percent / 100)
        life.sync(0)
        once = told(life.data)
        stamp = (life.data / "memtui.db").stat().st_mtime_ns
        life.sync(0)
        assert told(life.data) == once
        assert (life.data / "memtui.db").stat().st_mtime_ns == stamp
