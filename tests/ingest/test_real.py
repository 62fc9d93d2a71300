"""Transcripts that real people's agents wrote: counted, and given back."""

import json
import os
import re
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from memtui.ingest.sync import SyncReport, sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.ingest import archive
from memtui.store.queries import StoreView, View
from tests.cli.conftest import Cli, cli
from tests.oracle import ORACLES

__all__ = ["cli"]

_MARK = re.compile(rb"\[redacted:[a-z0-9-]+\]")


class Real(NamedTuple):
    """A home folder and the store that was made of it."""

    home: Path
    data: Path
    report: SyncReport


@pytest.fixture(scope="module")
def home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    packed = shared / "data" / "home.tar.xz"
    if not packed.is_file():
        pytest.skip("no real transcripts here")
    there = tmp_path_factory.mktemp("real")
    with tarfile.open(packed) as members:
        members.extractall(there, filter="data")
    return there


@pytest.fixture(scope="module")
def real(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Real:
    data = tmp_path_factory.mktemp("data")
    return Real(home, data, sync(data, Settings(), home=home))


def agree(home: Path, data: Path, report: SyncReport) -> None:
    """Sync, store and oracle give the same numbers for every agent."""
    with StoreView(store_path(data)) as view:
        held = view.stats()["by_agent"]
    assert held.keys() == ORACLES.keys()
    for name, counts in held.items():
        oracle = ORACLES[name](home)
        assert counts["native_ids"] == len(oracle.native_ids) > 100, name
        assert report.agents[name].sessions == counts["sessions"] == oracle.sessions
        assert report.agents[name].faults == counts["faults"] == oracle.faults, name


def test_they_count_as_the_oracle_counts_them(real: Real) -> None:
    agree(*real)


def test_without_their_last_newlines_they_count_the_same(
    real: Real, tmp_path: Path
) -> None:
    cut = tmp_path / "cut"
    shutil.copytree(real.home, cut)
    for path in cut.rglob("*.jsonl"):
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
        os.utime(path, (0, 0))  # else what is torn may be on its way
    data = tmp_path / "data"
    report = sync(data, Settings(), home=cut)
    agree(cut, data, report)
    assert [report.agents[a].records for a in ORACLES] == [
        real.report.agents[a].records for a in ORACLES
    ]


def test_a_bundle_of_them_lists_the_same_elsewhere(
    real: Real, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a copy, in which something was decided."""
    shutil.copytree(real.data, tmp_path / "one")
    monkeypatch.setenv("MEMTUI_DATA_DIR", str(tmp_path / "one"))
    ids = cli("list", "--all").ids
    for act, some in (("keep", ids[:9]), ("pin", ids[9:12]), ("prune", ids[12:20])):
        assert cli(act, *some).code == 0
    assert cli("edit", ids[0], "--title", "In other words").code == 0
    assert cli("bundle", "write", str(tmp_path / "all")).code == 0
    listed = cli("list", "--all", "--json").out
    monkeypatch.setenv("MEMTUI_DATA_DIR", str(tmp_path / "other"))
    assert cli("bundle", "read", str(tmp_path / "all"), "--mine").code == 0
    assert cli("list", "--all", "--json").out == listed
    assert len(listed.splitlines()) == len(ids) > 100


def test_every_line_of_every_file_comes_back(real: Real) -> None:
    with closing(sqlite3.connect(store_path(real.data))) as conn:
        rows = conn.execute("select id, generation, path from transcript").fetchall()
        kept = {Path(p): list(archive.raw_lines(conn, t, g)) for t, g, p in rows}
    met = {path for path in kept if path.suffix == ".jsonl"}
    assert met == {p for p in real.home.rglob("*.jsonl") if p in kept} != set()
    for path in met:
        source = [line + b"\n" for line in path.read_bytes().split(b"\n")]
        source[-1] = source[-1][:-1]
        same(path, [line for line in source if line], kept[path])


def same(path: Path, source: list[bytes], kept: list[bytes]) -> None:
    """Byte for byte, but for what is marked as cut out."""
    assert len(source) == len(kept), path
    for line, stored in zip(source, kept, strict=True):
        if line != stored:
            around = map(re.escape, _MARK.split(stored))
            pattern = rb".*?".join(around)
            assert re.fullmatch(pattern, line, re.S), (path, stored[:200])
            assert _MARK.search(stored), path


def test_every_session_gives_its_lines_back(real: Real) -> None:
    question = """
        select s.native_id, s.agent, json_group_array(t.path) from session s
        join transcript t on t.session_id = s.id group by s.id"""
    with closing(sqlite3.connect(store_path(real.data))) as conn:
        paths = {(id_, a): json.loads(p) for id_, a, p in conn.execute(question)}
    with StoreView(store_path(real.data)) as view:
        sessions = view.sessions(view=View.everything(), limit=10_000)
        assert len(sessions) == len(paths) > 150
        for session in sessions:
            held = map(Path, paths[session.id, session.agent])
            count = sum(1 for _ in view.raw_lines(session))
            assert count == sum(map(_lines_of, held)), session.path


def _lines_of(path: Path) -> int:
    if path.suffix == ".jsonl":
        source = path.read_bytes()
        return source.count(b"\n") + (source[-1:] not in (b"", b"\n"))
    return _messages(path) if "chats" in path.parts else _files(path)


def _messages(path: Path) -> int:
    return 1 + len(json.loads(path.read_bytes())["messages"])


def _files(path: Path) -> int:
    storage, session = path.parent.parent.parent, path.stem
    messages = list(storage.glob(f"message/{session}/*.json"))
    parts = [p for m in messages for p in storage.glob(f"part/{m.stem}/*.json")]
    return 1 + len(messages) + len(parts)
