"""What a person typed into OpenCode, what the model did, what the client put in."""

import copy
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memtui.ingest.report import AgentReport
from memtui.ingest.sync import sync
from memtui.model import Agent, RecordKind, SessionKind, Tool
from memtui.readers.base import DatabaseReader, Item, Undone, is_conversation
from memtui.readers.opencode import OpenCodeReader
from memtui.readers.opencode.lines import in_order
from memtui.records import Fault, Record, SessionFacts
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.ingest.telling import ask, told
from tests.opencode_writer import Database, write_tree
from tests.soaking import few_or_many

READER = OpenCodeReader()
FIXTURE = Path(__file__).parents[1] / "fixtures" / "opencode" / "sessions.json"
SESSIONS: list[dict[str, Any]] = json.loads(FIXTURE.read_text())

A_TURN, SUBAGENT, NOT_TYPED, TOOLS, REVERTED, PARTLY = (
    f"ses_{number:02d}orchard" for number in range(1, 7)
)
MESSAGES = sum(len(session["messages"]) for session in SESSIONS)

Items = list[Record | Fault | Undone]


def share(home: Path) -> Path:
    return home / ".local" / "share" / "opencode"


@pytest.fixture
def database(home: Path) -> Iterator[Database]:
    """OpenCode's own, with all sessions of the fixture."""
    found = Database(share(home) / "opencode.db")
    for session in SESSIONS:
        found.put(session)
    yield found
    found.close()


@pytest.fixture
def tree(home: Path) -> Path:
    """The older tree with the same."""
    write_tree(share(home) / "storage", SESSIONS)
    return share(home) / "storage"


def read(path: Path) -> tuple[Items, SessionFacts]:
    """Every item of a session, and what is known of it."""
    return parsed(path, READER.items(path, bytes))


def parsed(path: Path, found: Iterator[Item]) -> tuple[Items, SessionFacts]:
    parser = READER.open(path)
    items = [x for n, item in enumerate(found, 1) for x in parser.parse(item.line, n)]
    return [*items, *parser.finish()], parser.facts()


def records(path: Path, *kinds: RecordKind) -> list[Record]:
    found = [item for item in read(path)[0] if isinstance(item, Record)]
    return [r for r in found if not kinds or r.kind in kinds]


@pytest.fixture(params=["database", "tree"])
def place(request: pytest.FixtureRequest, home: Path) -> Any:
    """Where a session is, in either generation."""
    if request.param == "database":
        path = request.getfixturevalue("database").path
        return lambda session: Path(f"{path}#{session}")
    folder = request.getfixturevalue("tree") / "session" / "f00dfeed"
    return lambda session: folder / f"{session}.json"


def test_it_is_a_reader_of_databases() -> None:
    assert isinstance(READER, DatabaseReader)


def test_a_turn_becomes_records_in_order(place: Any) -> None:
    shape = [(r.kind, r.tool, r.text) for r in records(place(A_TURN))]
    assert shape == [
        ("title", None, "Prune the pear trees"),
        ("prompt", None, 'Prune the "old" pear trees.'),
        ("thinking", None, "Old means twelve years."),
        ("response", None, "I will look for old trees."),
        ("tool_use", Tool.EDIT, "/work/orchard/pears.py"),
        ("tool_result", Tool.EDIT, "Edit applied successfully."),
        ("tool_result", Tool.EDIT, "/work/orchard/pears.py\n/work/orchard/log.txt"),
        ("tool_use", Tool.SHELL, "pytest -q"),
        ("tool_result", Tool.SHELL, "1 failed\n"),
        ("response", None, "One test still expects nine years."),
    ]


def test_a_result_carries_what_its_call_was_told(place: Any) -> None:
    edit, step, shell = records(place(A_TURN), RecordKind.TOOL_RESULT)
    assert edit.patch == "@@ -1,2 +1,2 @@\n import trees\n-AGE = 9\n+AGE = 12"
    assert edit.writes == ("/work/orchard/pears.py",)
    assert step.writes == ("/work/orchard/pears.py", "/work/orchard/log.txt")
    assert (shell.command, shell.failed, edit.failed) == ("pytest -q", True, False)
    assert edit.call == "call_4_edit"


def test_times_never_run_backwards_within_a_turn(place: Any) -> None:
    times = [r.at for r in records(place(A_TURN)) if r.at]
    assert times == sorted(times)


def test_the_session_is_what_its_row_says(place: Any) -> None:
    facts = read(place(A_TURN))[1]
    assert (facts.native_id, facts.title_rank) == (A_TURN, 2)
    assert (facts.title, facts.cwd) == ("Prune the pear trees", "/work/orchard")
    assert (facts.kind, facts.parent) == (SessionKind.INTERACTIVE, "")
    assert facts.started_at == 1770109200000
    child = read(place(SUBAGENT))[1]
    assert (child.kind, child.parent) == (SessionKind.SUBAGENT, A_TURN)


def test_a_title_that_only_says_when_gives_way_to_the_first_prompt(place: Any) -> None:
    facts = read(place(NOT_TYPED))[1]
    assert (facts.title, facts.title_rank) == ("Look at @rows.py and mend it.", 1)
    assert not records(place(NOT_TYPED), RecordKind.TITLE)


def test_only_what_the_person_typed_is_a_prompt(place: Any) -> None:
    assert [r.text for r in records(place(NOT_TYPED), RecordKind.PROMPT)] == [
        "Look at @rows.py and mend it.",
        "Two rows are missing.",
        "@gardener water them",
    ]
    assert not records(place(SUBAGENT), RecordKind.PROMPT)


def test_what_the_client_summed_up_is_a_summary(place: Any) -> None:
    (summary,) = records(place(NOT_TYPED), RecordKind.SUMMARY)
    assert summary.text == "## Goal\n\nMend the rows."


def test_every_message_gives_a_record(place: Any) -> None:
    for session in SESSIONS:
        ids = {message["info"]["id"] for message in session["messages"]}
        found = {r.native_id for r in records(place(session["info"]["id"]))}
        assert {i for i in found if is_conversation(i)} == ids


def test_a_question_has_its_answers_and_a_refusal_its_reason(place: Any) -> None:
    results = records(place(TOOLS), RecordKind.TOOL_RESULT)
    asked = next(r for r in results if r.tool is Tool.ASK)
    assert asked.answers == (("Which hedge?", "Yew"),)
    refused = [r.command for r in results if r.failed and r.tool is Tool.SHELL]
    assert refused == ["rm -r beds", "rm -r paths"]
    prompts = [r.text for r in records(place(TOOLS), RecordKind.PROMPT)]
    assert prompts == ["Plan the hedge.", "Keep the old beds."]


def test_tools_are_known_by_what_they_do(place: Any) -> None:
    uses = records(place(TOOLS), RecordKind.TOOL_USE)
    assert [(r.tool, r.text) for r in uses] == [
        (
            Tool.ASK,
            "Which hedge?\n- Yew: slow\n- Beech: brown\nHow high?",
        ),
        (Tool.TODO, "[x] Measure\n[-] Dig\n[ ] Plant"),
        (Tool.SHELL, "rm -r beds"),
        (Tool.SHELL, "rm -r paths"),
        (Tool.WEB, "https://hedges.invalid"),
        (Tool.TASK, "Count\nCount the yews."),
        (Tool.SEARCH, "yew /work/orchard"),
        (Tool.EDIT, "/work/orchard/hedge.py\nyew.py"),
        (Tool.EDIT, "/work/orchard/new.py"),
        (Tool.READ, "/work/orchard/gone.py"),
        (Tool.SHELL, "sleep 100"),
        (Tool.OTHER, "where: here"),
    ]
    results = records(place(TOOLS), RecordKind.TOOL_RESULT)
    assert len(results) == len(uses) - 1  # one is still running
    new = next(r for r in results if r.writes == ("/work/orchard/new.py",))
    assert new.patch == "@@ -0,0 +1,2 @@\n+one\n+two"


def _is_taken_back(item: Record | Fault | Undone) -> TypeGuard[Undone]:
    return isinstance(item, Undone) and not item.is_void


def test_what_was_taken_back_is_undone(place: Any) -> None:
    taken = [x for x in read(place(REVERTED))[0] if _is_taken_back(x)]
    ids = [message["info"]["id"] for message in SESSIONS[4]["messages"]]
    assert taken == [Undone(ids[2]), Undone(ids[3])]


def test_a_message_can_be_taken_back_from_one_of_its_parts_on(place: Any) -> None:
    items = read(place(PARTLY))[0]
    undone = {(x.native_id, x.part) for x in items if _is_taken_back(x)}
    shown = [
        x.text
        for x in items
        if isinstance(x, Record)
        and not undone & {(x.native_id, x.part), (x.native_id, None)}
    ]
    assert shown == ["Mend the wall", "Mend the wall.", "I begin."]


def test_a_row_is_its_columns_in_order(database: Database) -> None:
    lines = [
        json.loads(item.line)
        for session in SESSIONS
        for item in READER.items(
            Path(f"{database.path}#{session['info']['id']}"), bytes
        )
    ]
    rows = list(database.rows())
    assert sorted(lines, key=str) == sorted(rows, key=str)
    assert {tuple(line) for line in lines} == {tuple(row) for row in rows}


@given(st.randoms())
def test_items_have_one_order_however_they_were_met(dice: Any) -> None:
    lines = [
        (n, json.dumps(value).encode())
        for n, value in enumerate(
            value
            for message in SESSIONS[0]["messages"]
            for value in (message["info"], *message["parts"])
        )
    ]
    shuffled = lines.copy()
    dice.shuffle(shuffled)
    assert in_order(shuffled) == [number for number, _ in lines]


@given(st.binary(max_size=300))
def test_no_line_raises(line: bytes) -> None:
    parser = READER.open(Path("x.db#ses_1"))
    for _ in (*parser.parse(line, 1), *parser.finish()):
        pass
    in_order([(1, line)])


@given(st.data())
def test_no_change_of_a_real_line_raises(data: st.DataObject) -> None:
    values = [m["info"] for m in SESSIONS[3]["messages"]] + [
        part for message in SESSIONS[3]["messages"] for part in message["parts"]
    ]
    parser = READER.open(Path("x.db#ses_1"))
    for value in values:
        line = bytearray(json.dumps(value).encode())
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(line) - 1))
            line[at : at + data.draw(st.integers(0, 9))] = data.draw(
                st.binary(max_size=4)
            )
        for _ in parser.parse(bytes(line), 1):
            pass
    for _ in parser.finish():
        pass


def test_sessions_are_found_where_opencode_keeps_them(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree: Path
) -> None:
    (folder,) = READER.folders(home)
    assert tree / "session" in READER.deep(folder)
    for name in ("opencode.db", "opencode-dev.db", "other.db", "opencode.db-wal"):
        (folder / name).touch()
    found = list(READER.find(folder))
    assert found[:2] == [str(folder / n) for n in ("opencode-dev.db", "opencode.db")]
    assert len(found) == 2 + len(SESSIONS)
    assert sorted(READER.find(tree)) == sorted(found[2:])
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert READER.folders(home) == [tmp_path / "share" / "opencode", folder]


def synced(data: Path, home: Path, *, full: bool = False) -> AgentReport:
    report = sync(data, Settings(), home=home, agents=[Agent.OPENCODE], full=full)
    return report.agents["opencode"]


def said(data: Path, session: str) -> list[str]:
    with StoreView(data / "memtui.db") as view:
        turns = view.turns(session)
    kinds = (RecordKind.PROMPT, RecordKind.RESPONSE)
    return [r.text for turn in turns for r in turn.records if r.kind in kinds]


def counts(data: Path) -> dict[str, int]:
    with StoreView(data / "memtui.db") as view:
        return view.stats()["by_agent"]["opencode"]  # type: ignore[no-any-return]


def test_a_sync_takes_each_session_once(data: Path, home: Path, place: Any) -> None:
    numbers = synced(data, home)
    assert (numbers.files, numbers.sessions, numbers.faults) == (6, 5, 0)
    assert counts(data)["native_ids"] == MESSAGES
    again = synced(data, home)
    assert (again.files, again.records, again.new_bytes) == (6, 0, 0)


def test_a_sync_without_change_opens_no_database(
    data: Path, home: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced(data, home)
    monkeypatch.setattr("memtui.readers.opencode.database.reading", None)
    assert synced(data, home).files == len(SESSIONS)


def test_reading_leaves_the_database_as_it_was(
    data: Path, home: Path, database: Database
) -> None:
    before = {path: path.read_bytes() for path in _written(home)}
    synced(data, home)
    assert {path: path.read_bytes() for path in _written(home)} == before


def _written(home: Path) -> list[Path]:
    return [p for p in share(home).iterdir() if not p.name.endswith("-shm")]


def test_only_a_session_that_changed_is_read_again(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    part = copy.deepcopy(SESSIONS[0]["messages"][-1]["parts"][1])
    part["text"] = "All tests pass."
    database.put_part(part)
    numbers = synced(data, home)
    assert said(data, A_TURN)[-1] == "All tests pass."
    assert (numbers.files, numbers.records) == (len(SESSIONS), 0)
    assert 0 < numbers.new_bytes < 400
    found = ask(data, "select count(*) from doc where live = 0 and record_id not null")
    assert found == [(1,)]


def test_a_new_message_comes_behind_the_others(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    message = {
        "id": "msg_ffff00000001Later",
        "sessionID": A_TURN,
        "role": "user",
        "time": {"created": 1770109990000},
    }
    database.put_message(message)
    database.put_part(
        {
            "id": "prt_ffff00000002Later",
            "sessionID": A_TURN,
            "messageID": message["id"],
            "type": "text",
            "text": "Now the apples.",
        }
    )
    assert synced(data, home).records == 1
    assert said(data, A_TURN)[-1] == "Now the apples."


def test_a_vanished_session_stays_and_is_marked(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    database.forget("session", A_TURN)
    assert synced(data, home).files == len(SESSIONS) - 1
    with StoreView(data / "memtui.db") as view:
        assert view.session(A_TURN).source_gone
    assert said(data, A_TURN)


def test_a_vanished_message_stays_where_it_was(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    before = said(data, A_TURN)
    for part in SESSIONS[0]["messages"][1]["parts"]:
        database.forget("part", part["id"])
    database.forget("message", SESSIONS[0]["messages"][1]["info"]["id"])
    synced(data, home)
    assert said(data, A_TURN) == before
    synced(data, home, full=True)
    assert said(data, A_TURN) == before


def test_what_was_taken_back_stays_hidden_when_its_rows_are_gone(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    assert said(data, REVERTED) == ["Draw a gate.", "Drawn."]
    for message in SESSIONS[4]["messages"][2:]:
        for part in message["parts"]:
            database.forget("part", part["id"])
        database.forget("message", message["info"]["id"])
    info = {k: v for k, v in SESSIONS[4]["info"].items() if k != "revert"}
    database.put_session(info)
    synced(data, home)
    assert said(data, REVERTED) == ["Draw a gate.", "Drawn."]
    synced(data, home, full=True)
    assert said(data, REVERTED) == ["Draw a gate.", "Drawn."]
    assert counts(data)["native_ids"] == MESSAGES


def test_what_was_taken_back_can_be_restored(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    info = {k: v for k, v in SESSIONS[4]["info"].items() if k != "revert"}
    database.put_session(info)
    synced(data, home)
    restored = ["Draw a gate.", "Drawn.", "Paint it red.", "Painted red."]
    assert said(data, REVERTED) == restored
    found = ask(
        data,
        "select count(*) from doc d join record r on r.id = d.record_id"
        " where d.live = 1 and r.text = 'Paint it red.'",
    )
    assert found == [(1,)]


def test_missing_columns_and_newer_tables_are_tolerated(
    data: Path, home: Path, database: Database
) -> None:
    conn = database.conn
    for table, column in (
        ("session", "revert"),
        ("session", "parent_id"),
        ("session", "time_updated"),
        ("message", "time_updated"),
        ("message", "time_created"),
        ("part", "time_updated"),
    ):
        conn.execute(f"alter table {table} drop column {column}")
    conn.execute("drop table todo")
    conn.execute("drop index part_message_id_id_idx")
    conn.execute(
        "insert into session_message values (?, ?, 'text', 1, 5, 5, '{}')",
        ("evt_1", A_TURN),
    )
    conn.execute("create table newest (session_id text, what blob)")
    numbers = synced(data, home)
    assert (numbers.files, numbers.faults) == (len(SESSIONS), 0)
    assert counts(data)["native_ids"] == MESSAGES
    with StoreView(data / "memtui.db") as view:
        assert any(b'"evt_1"' in line for line in view.raw_lines(A_TURN))


def test_a_database_without_sessions_is_none_of_ours(data: Path, home: Path) -> None:
    Database(share(home) / "opencode.db", schema="create table x (y)").close()
    assert synced(data, home).files == 0


ENDLESS = """
    create view {} as with recursive n (i) as (select 1 union all select i + 1 from n)
    select i as id, i as session_id, i as message_id, '{{}}' as data, i as time_created,
        i as time_updated from n
"""


@pytest.mark.parametrize("name", ["session", "message", "part", "todo"])
def test_a_view_in_the_place_of_a_table_is_not_asked(
    data: Path, home: Path, name: str
) -> None:
    """It could go on for ever, or call what it likes."""
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as conn:
        for table in {"session", "message", "part"} - {name}:
            conn.execute(
                f"create table {table} (id, session_id, message_id, data,"
                " time_created, time_updated)"
            )
            conn.execute(f"insert into {table} values ('a', 'a', 'a', '{{}}', 1, 1)")
        conn.execute(ENDLESS.format(name))
    conn.close()
    synced(data, home)
    assert synced(data, home).records == 0


def test_columns_of_any_name_and_made_ones_are_taken_as_they_are(
    data: Path, home: Path
) -> None:
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as conn:
        conn.execute(
            'create table session (id, "a"" from session; --", directory,'
            " made as (hex(zeroblob(9))) virtual)"
        )
        conn.execute("insert into session values ('ses_a', 'x', '/src/app')")
    conn.close()
    assert synced(data, home).faults == 0
    assert ask(data, "select native_id, cwd from session") == [("ses_a", "/src/app")]


def test_a_damaged_database_is_set_aside_until_it_is_whole(
    data: Path, home: Path
) -> None:
    path = share(home) / "opencode.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database" * 100)
    assert sync(data, Settings(), home=home).quarantined == [str(path)]
    assert sync(data, Settings(), home=home).quarantined == []
    path.unlink()
    database = Database(path)
    database.put(SESSIONS[0])
    assert synced(data, home).sessions == 1
    left = ask(data, "select count(*) from transcript where quarantined is not null")
    assert left == [(0,)]
    database.close()


def test_a_secret_inside_a_column_leaves_json_in_json(
    data: Path, home: Path, database: Database
) -> None:
    part = copy.deepcopy(SESSIONS[0]["messages"][0]["parts"][0])
    key = "ghp_" + "a1B2c3D4e5" * 4
    part["text"] = f'The "key" is\n{key[:40]} here. <private>Not "this".'
    database.put_part(part)
    synced(data, home)
    assert said(data, A_TURN)[0].startswith('The "key" is\n[redacted:')
    with StoreView(data / "memtui.db") as view:
        lines = [json.loads(line) for line in view.raw_lines(A_TURN)]
    (row,) = (line for line in lines if line["id"] == part["id"])
    kept = json.loads(row["data"])["text"]
    assert key[:40] not in kept
    assert kept.endswith("here. [redacted:private]")


def test_a_session_in_both_generations_is_one(
    data: Path, home: Path, tree: Path
) -> None:
    """As after the client took its older tree over into its database."""
    synced(data, home)
    before = told(data)
    database = Database(share(home) / "opencode.db")
    for session in SESSIONS:
        database.put(session)
    numbers = synced(data, home)
    assert (numbers.files, numbers.records) == (2 * len(SESSIONS), 0)
    after = told(data)
    for what in ("sessions", "records", "observations"):
        assert after[what] == before[what]
    shown = [[link[:5] for link in answers["links"]] for answers in (before, after)]
    assert shown[0] == shown[1]
    database.close()


def test_the_raw_lines_come_back(data: Path, home: Path, place: Any) -> None:
    synced(data, home)
    for session in SESSIONS:
        identity = session["info"]["id"]
        with StoreView(data / "memtui.db") as view:
            lines = list(view.raw_lines(identity))
        assert lines == [item.line for item in READER.items(place(identity), bytes)]


def test_evidence_leads_to_the_row_of_its_own_part(
    data: Path, home: Path, database: Database
) -> None:
    synced(data, home)
    with StoreView(data / "memtui.db") as view:
        turns = view.turns(A_TURN)
        (record,) = (
            r
            for turn in turns
            for r in turn.records
            if r.kind is RecordKind.TOOL_USE and r.tool is Tool.EDIT
        )
        from memtui.model import Evidence

        evidence = Evidence(session=A_TURN, record=record.native_id, part=record.part)
        raw = view.raw_line_of(evidence)
    assert record.line is None
    assert raw is not None
    assert json.loads(json.loads(raw)["data"])["tool"] == "edit"


Step = tuple[str, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["message", "part", "rewrite", "revert", "restore", "sync"]),
        st.integers(0, 40),
    ),
    max_size=25,
)


@few_or_many(8, 100, STEPS)
@example(
    [("message", 0), ("message", 0), ("rewrite", 1), ("sync", 0), ("part", 0)]
)  # what an answer follows comes after it
def test_however_a_session_grows_the_store_is_that_of_one_clean_read(
    steps: list[Step],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(share(folder / "home") / "opencode.db")
        session = copy.deepcopy(SESSIONS[0])
        info: dict[str, Any] = session["info"]
        messages: list[dict[str, Any]] = []
        database.put_session(info)
        for step, number in steps:
            if step == "message" and len(messages) < len(session["messages"]):
                messages.append(session["messages"][len(messages)])
                database.put_message(messages[-1]["info"])
            elif step == "part" and messages:
                parts = messages[number % len(messages)]["parts"]
                database.put_part(parts[number % len(parts)])
            elif step == "rewrite" and messages:
                part = copy.deepcopy(messages[number % len(messages)]["parts"][0])
                database.put_part(
                    {**part, "type": "text", "text": f"Rewritten {number}."}
                )
            elif step == "revert" and messages:
                taken = messages[number % len(messages)]["info"]["id"]
                database.put_session({**info, "revert": {"messageID": taken}})
            elif step == "restore":
                database.put_session(info)
            elif step == "sync":
                synced(folder / "data", folder / "home")
        synced(folder / "data", folder / "home")
        synced(folder / "clean", folder / "home")
        grown, clean = told(folder / "data"), told(folder / "clean")
        database.close()
    for answers in (grown, clean):
        # numbers in the archive are those of arrival
        answers["links"] = [link[:6] for link in answers["links"]]
        answers["lines"] = [
            (path, sorted(lines.splitlines())) for path, lines in answers["lines"]
        ]
    assert grown == clean


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with sessions of real people, and of the real client driven here."""
    archive = shared / "data" / "home.tar.xz"
    if not archive.is_file():
        pytest.skip("no real transcripts here")
    there = tmp_path_factory.mktemp("real")
    with tarfile.open(archive) as packed:
        wanted = (m for m in packed if "/opencode/" in m.name)
        packed.extractall(there, members=wanted, filter="data")
    (found,) = there.rglob("opencode")
    captured = shared / "clients" / "captured" / "opencode"
    conn = sqlite3.connect(found / "opencode.db")
    conn.executescript((captured / ".local/share/opencode/opencode.sql").read_text())
    conn.close()
    return found.parents[2]


def counted(home: Path) -> set[str]:
    """Ids of all messages, counted without any of our code."""
    found = {p.stem for p in (share(home) / "storage" / "message").rglob("*.json")}
    conn = sqlite3.connect(share(home) / "opencode.db")
    found |= {row[0] for row in conn.execute("select id from message")}
    conn.close()
    return found


def test_every_message_of_real_sessions_is_counted(real: Path, data: Path) -> None:
    files = list((share(real) / "storage" / "session").rglob("*.json"))
    numbers = synced(data, real)
    assert (numbers.files, numbers.faults) == (len(files) + 3, 0)
    assert counts(data)["native_ids"] == len(counted(real))


def test_real_sessions_parsed_anew_from_the_archive_are_the_same(
    real: Path, data: Path
) -> None:
    synced(data, real)
    before = told(data)
    assert synced(data, real, full=True).records == 0
    assert told(data) == before


@pytest.mark.parametrize("indexed", [True, False])
def test_rows_that_cannot_be_read_are_faults_and_kept(
    data: Path, home: Path, database: Database, indexed: bool
) -> None:
    sync(data, Settings(), home=home)
    (before,) = ask(data, "select count(*) from record")[0]
    if not indexed:
        database.conn.execute("drop index part_message_id_id_idx")
    message = SESSIONS[0]["messages"][-1]["info"]["id"]
    for table, row in (
        ("part", ("prt_torn", message, A_TURN, 1, 1, "{torn json")),
        ("part", ("prt_lost", "msg_nowhere", A_TURN, 1, 1, '{"type":"text"}')),
        ("message", ("msg_blob", A_TURN, 2**42, 2**42, b"\xff\xfe\x00")),
    ):
        marks = ", ".join("?" * len(row))
        database.conn.execute(f"insert into {table} values ({marks})", row)
    database.conn.execute(
        "update session set time_updated = time_updated + 5 where id = ?", (A_TURN,)
    )

    sync(data, Settings(), home=home)

    reasons = ask(data, "select reason from fault order by reason")
    assert [reason for (reason,) in reasons] == [
        "a part without its message",
        "not readable: its data is no JSON object",
        "not readable: its data is no JSON object",
    ]
    with StoreView(data / "memtui.db") as view:
        raw = b"".join(view.raw_lines(A_TURN))
    for kept in (b"{torn json", b"prt_lost", b"x'fffe00'"):
        assert kept in raw
    after = told(data)
    sync(data, Settings(), home=home, full=True)
    assert told(data) == after
    assert len(after["records"]) == before + 1
