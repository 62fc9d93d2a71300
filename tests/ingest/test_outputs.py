"""What a tool printed that was too long for its line and lies in a file beside it."""

import json
import shutil
from pathlib import Path

import pytest

from memtui.ingest.sync import sync
from memtui.model import RecordKind, Tool
from memtui.paths import store_path
from memtui.readers.claude_code.apart import output_named
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.factories import Session
from tests.ingest.telling import ask, synced, told

ID = "aaaaaaaa-3333-4000-8000-000000000001"
WHOLE = "".join(f"row {n} of the table\n" for n in range(4_000)) + "the very end"


def stub(path: str, said: str = "Full output saved to") -> str:
    return (
        f"<persisted-output>\nOutput too large (84KB). {said}: {path}\n\n"
        "Preview (first 2KB):\nrow 0 of the table\n...\n</persisted-output>"
    )


@pytest.fixture
def session(home: Path) -> Session:
    session = Session(home, session=ID)
    session.prompt("print the table")
    file = session.path.with_suffix("") / "tool-results" / "toolu_01.txt"
    file.parent.mkdir(parents=True)
    file.write_text(WHOLE)
    session.bash("print-table", stub(str(file)))
    return session


def result(data: Path) -> str:
    with StoreView(store_path(data)) as view:
        found = [
            record
            for turn in view.turns(ID, around=1, limit=9)
            for record in turn.records
            if record.kind is RecordKind.TOOL_RESULT and record.tool is Tool.SHELL
        ]
    return found[0].output


def kept(data: Path) -> bytes:
    with StoreView(store_path(data)) as view:
        return b"".join(view.output_of(result(data)))


def test_the_result_leads_to_all_that_was_printed(
    data: Path, home: Path, session: Session
) -> None:
    report = synced(data, home)

    assert result(data).endswith(f"{ID}/tool-results/toolu_01.txt")
    assert kept(data) == WHOLE.encode()
    assert report.agents["claude-code"].files == 1
    assert report.agents["claude-code"].faults == 0
    with StoreView(store_path(data)) as view:
        assert view.stats()["by_agent"]["claude-code"]["files"] == 1
        assert b"".join(view.raw_lines(ID)) == session.path.read_bytes()


def test_the_result_shows_the_beginning_alone(
    data: Path, home: Path, session: Session
) -> None:
    synced(data, home)
    told = ask(data, "select text from record where kind = 'tool_result'")
    assert told == [("[the beginning of 84KB]\nrow 0 of the table\n...",)]


def test_it_outlives_the_file_and_a_newer_reader(
    data: Path, home: Path, session: Session
) -> None:
    synced(data, home)
    before = told(data)
    for path in sorted(session.path.parent.rglob("*.*")):
        path.unlink()
    sync(data, Settings(), home=home, full=True)
    after = told(data)
    del before["transcripts"], after["transcripts"]

    assert after == before
    assert kept(data) == WHOLE.encode()
    with StoreView(store_path(data)) as view:
        assert view.session(ID).source_gone


def test_it_is_read_once_and_its_secrets_are_cut(
    data: Path, home: Path, session: Session
) -> None:
    token = "ghp_" + "a1B2" * 9
    file = next(session.path.parent.rglob("toolu_01.txt"))
    file.write_text(f"use {token} here\n")
    synced(data, home)
    again = synced(data, home)

    assert not again.changed
    assert kept(data) == b"use [redacted:github-token] here\n"


def test_a_file_that_is_gone_costs_nothing(
    data: Path, home: Path, session: Session
) -> None:
    next(session.path.parent.rglob("toolu_01.txt")).unlink()
    report = synced(data, home)

    assert report.quarantined == []
    assert kept(data) == b""
    assert ask(data, "select count(*) from transcript") == [(1,)]


HERE = Path("/home/dev/.claude/projects/-app") / f"{ID}.jsonl"
BESIDE = f"/home/dev/.claude/projects/-app/{ID}/tool-results"


@pytest.mark.parametrize("linked", ["file", "folder", "session"])
def test_a_link_in_the_place_of_an_output_leads_nowhere(
    data: Path, home: Path, session: Session, linked: str
) -> None:
    diary = home / "private" / "tool-results" / "toolu_01.txt"
    diary.parent.mkdir(parents=True)
    diary.write_text("the diary that nobody reads\n")
    folder = session.path.with_suffix("")
    shutil.rmtree(folder)
    if linked == "session":
        folder.symlink_to(diary.parent.parent)
    elif linked == "folder":
        folder.mkdir()
        (folder / "tool-results").symlink_to(diary.parent)
    else:
        (folder / "tool-results").mkdir(parents=True)
        (folder / "tool-results" / diary.name).symlink_to(diary)
    synced(data, home)
    asked = ask(data, "select path from transcript where path like '%toolu_01.txt'")
    assert asked == []


@pytest.mark.parametrize(
    ("transcript", "named", "meant"),
    [
        (HERE, f"{BESIDE}/b1.txt", f"{BESIDE}/b1.txt"),
        (HERE, rf"C:\Users\d\.claude\projects\C--\{ID}\tool-results\b1.txt",
            f"{BESIDE}/b1.txt"),
        (HERE.parent / ID / "subagents" / "agent-1.jsonl", f"{BESIDE}/b1.txt",
            f"{BESIDE}/b1.txt"),
        (HERE, "/x/-app/tool-results/Bash-17/result.txt",
            "/home/dev/.claude/projects/-app/tool-results/Bash-17/result.txt"),
        (HERE, f"/x/{ID}/tool-results/../../secret.txt", ""),
        (HERE, f"/x/{ID}/tool-results/..", ""),
        (HERE, "/etc/passwd", ""),
        (HERE, "/x/../tool-results/b1.txt", f"{BESIDE}/b1.txt"),
    ],
)  # fmt: skip
def test_only_files_beside_the_transcript_are_meant(
    transcript: Path, named: str, meant: str
) -> None:
    assert output_named(stub(named), transcript) == meant
    assert output_named(stub(named, "Tool result saved to"), transcript) == meant
    assert output_named(f"Full output saved to: {named}", transcript) == ""


def test_a_hook_that_said_too_much_leads_to_all_of_it(
    data: Path, home: Path, session: Session
) -> None:
    file = next(session.path.parent.rglob("toolu_01.txt"))
    said = f"SessionStart hook additional context: {stub(str(file))}"
    line = {
        "type": "attachment", "uuid": "aaaaaaaa-3333-4000-8000-00000000000f",
        "timestamp": "2026-03-01T10:00:00.000Z", "sessionId": ID,
        "attachment": {"type": "hook_additional_context", "content": [said]},
    }  # fmt: skip
    with session.path.open("a") as lines:
        lines.write(json.dumps(line) + "\n")
    synced(data, home)

    question = "select detail from record where kind = 'context' and detail <> ''"
    ((detail,),) = ask(data, question)
    assert json.loads(detail) == {"output": str(file)}
