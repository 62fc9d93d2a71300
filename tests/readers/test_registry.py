"""A new agent is one module: no other has to know it."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from memtui import readers
from memtui.cli import main
from memtui.ingest.sync import sync
from memtui.ingest.watcher import _places_in
from memtui.model import Agent, RecordKind
from memtui.paths import store_path
from memtui.readers.base import Reader
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.settings import parse as parse_settings
from memtui.store.queries import StoreView, View
from memtui.tui.format import AGENT_CODES, AGENT_WORDS

MODULE = '''
"""Goose, which writes one JSON object a line: who spoke, and what."""

from memtui.model import Agent, RecordKind, SessionKind
from memtui.records import Record, SessionFacts
from memtui.readers.base import TranscriptFile
from memtui.readers.loose_json import decode_object
from memtui.readers.tolerant import records_or_fault
from memtui.readers.walk import below

KINDS = {"you": RecordKind.PROMPT, "goose": RecordKind.RESPONSE}


class GooseReader:
    agent = Agent("goose")
    version = 1

    def folders(self, home):
        return [home / ".goose"]

    def find(self, folder):
        return (path for path, _ in below(folder, (".honk",)))

    def transcript(self, path):
        kind = SessionKind.INTERACTIVE
        return TranscriptFile(path=path, kind=kind, session=path.stem)

    def open(self, path, state=b""):
        return GooseParser(path.stem)


class GooseParser:
    cwd = "/home/dev/pond"

    def __init__(self, session):
        self.session = session

    def parse(self, line, number):
        return records_or_fault(line, number, self.records)

    def records(self, raw, number):
        told = decode_object(raw)
        if not told:
            raise ValueError("no honk")
        yield Record(native_id=f"{self.session}-{number}", kind=KINDS[told["who"]],
            at=number, text=told["said"], line=number, cwd=self.cwd)

    def facts(self):
        return SessionFacts(agent=Agent("goose"), native_id=self.session,
            title="Honk", title_rank=2, ended_at=9, cwd=self.cwd)

    def state(self):
        return b""

    def words(self):
        return {}

    def go_back(self, words):
        pass


READER = GooseReader()
'''
LINES = (
    {"who": "you", "said": "never feed bread to the ducks"},
    {"who": "goose", "said": "Honk."},
)


@pytest.fixture
def goose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """A reader of which nothing is known here but its module's text."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "goose.py").write_text(MODULE)
    monkeypatch.setattr(
        readers, "__path__", [*readers.__path__, str(tmp_path / "more")]
    )
    importlib.invalidate_caches()
    found = readers._found()
    monkeypatch.delitem(sys.modules, "memtui.readers.goose")
    reader = found[Agent("goose")]
    monkeypatch.setitem(readers.READERS, Agent("goose"), reader)
    return reader


def lay(home: Path, name: str = "s1") -> Path:
    path = home / ".goose" / f"{name}.honk"
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES) + "quack\n")
    return path


def test_the_readers_there_are_were_found_not_listed() -> None:
    assert readers._found().keys() == set(Agent)
    assert list(readers.READERS) == list(Agent)


def test_a_new_agent_is_read_shown_and_searched(
    data: Path, home: Path, goose: Reader
) -> None:
    path = lay(home)
    report = sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        session = view.session("s1")
        ask = parse("agent:goose bread", now_ms=10)
        hits = view.search(ask, View.everything())
        raw = b"".join(view.raw_lines("s1"))
        stats = view.stats()["by_agent"]["goose"]
        said = [r.kind for turn in view.turns("s1") for r in turn.records]
    assert (report.agents["goose"].records, report.agents["goose"].faults) == (2, 1)
    assert (session.title, session.agent) == ("Honk", Agent("goose"))
    assert session.project is not None
    assert session.project.path == "/home/dev/pond"
    assert said == [RecordKind.PROMPT, RecordKind.RESPONSE]
    assert [hit.record.text for hit in hits if hit.record] == [LINES[0]["said"]]
    assert raw == path.read_bytes()
    assert (stats["native_ids"], stats["files"], stats["sessions"]) == (2, 1, 1)


def test_it_is_listed_configured_and_watched(
    home: Path, goose: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(home)
    assert main(["sync", "--home", str(home), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert main(["sessions", "--all", "agent:goose"]) == 0
    listed = capsys.readouterr().out
    assert done["agents"]["goose"]["records"] == 2
    assert "Honk" in listed
    assert parse_settings('[roots]\ngoose = ["/old"]').roots["goose"] == ("/old",)
    assert [place.folder for place in _places_in(goose, home / ".goose")]


def test_an_agent_has_one_name_and_something_short_for_the_screen() -> None:
    assert Agent("goose") is Agent("goose")
    assert Agent("goose") == "goose"
    assert Agent("goose") not in list(Agent)
    assert (AGENT_WORDS[Agent("goose")], AGENT_CODES[Agent("goose")]) == ("goose", "go")
    for odd in ("", "Goose", "a b", "../x", "x" * 99, "codex\n"):
        with pytest.raises(ValueError, match="not a valid Agent"):
            Agent(odd)
