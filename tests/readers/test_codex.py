"""What a person typed into Codex, what the model did, what the client showed."""

import json
import tarfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from memtui.ingest.sync import sync
from memtui.model import Agent, RecordKind, SessionKind, Tool
from memtui.readers import READERS
from memtui.readers.base import Undone, is_conversation
from memtui.records import Fault, Record, SessionFacts
from memtui.settings import Settings
from memtui.store.queries import StoreView

READER = READERS[Agent.CODEX]
FIXTURES = Path(__file__).parents[1] / "fixtures" / "codex"
TRANSCRIPTS = sorted(FIXTURES.rglob("rollout-*.jsonl"))

A_TURN, SHELLS, PLANS, NOT_TYPED, TYPED, COMPACTED = range(1, 7)
TAKEN_BACK, EXEC, FORK, SUBAGENT, SHOWN, BROKEN = range(7, 13)
OLD = 21

Items = list[Record | Fault | Undone]


def place(number: int) -> Path:
    """The fixture whose session ends in this number."""
    (found,) = FIXTURES.rglob(f"rollout-*-{number:012d}.jsonl")
    return found


def read(path: Path) -> tuple[Items, SessionFacts]:
    """Every item of a transcript, and what is known of its session."""
    parser = READER.open(path)
    lines = path.read_bytes().splitlines(keepends=True)
    items = [x for n, line in enumerate(lines, 1) for x in parser.parse(line, n)]
    return items, parser.facts()


def records(number: int, *kinds: RecordKind) -> list[Record]:
    found = [item for item in read(place(number))[0] if isinstance(item, Record)]
    return [r for r in found if not kinds or r.kind in kinds]


def texts(number: int, *kinds: RecordKind) -> list[str]:
    return [record.text for record in records(number, *kinds)]


def counted(paths: Iterable[Path]) -> set[str]:
    """What an independent count finds: ids of items, else what they say and when."""
    found = set()
    for path in paths:
        for line in path.read_bytes().split(b"\n"):
            try:
                told = json.loads(line, strict=False)
            except (ValueError, RecursionError):
                continue
            if not isinstance(told, dict) or told.get("type") != "response_item":
                continue
            payload = told["payload"]
            identity = payload.get("id") if isinstance(payload, dict) else None
            if not isinstance(identity, str):
                identity = json.dumps([told.get("timestamp"), payload])
            found.add(identity)
    return found


def native_ids(paths: Iterable[Path]) -> set[str]:
    """What the reader calls conversation."""
    items = (item for path in paths for item in read(path)[0])
    ids = (item.native_id for item in items if isinstance(item, Record))
    return {identity for identity in ids if is_conversation(identity)}


def test_a_turn_becomes_records_in_order() -> None:
    shape = [(r.kind, r.tool, r.text) for r in records(A_TURN)]
    agents = "# AGENTS.md instructions for /work/lease\n\n<INSTRUCTIONS>\n"
    assert shape == [
        ("context", None, "[permissions instructions]"),
        ("context", None, 'Approved command prefix saved:\n- ["pytest"]'),
        ("context", None, agents + "Run ruff before every commit.\n</INSTRUCTIONS>"),
        ("context", None, "[environment_context]"),
        ("prompt", None, "The lease starts an hour too early for tenants in Lisbon."),
        ("thinking", None, "Summer time, I guess."),
        ("response", None, "Let me look at the clock code."),
        ("tool_use", Tool.SHELL, "sed -n 1,40p lease/clock.py"),
        ("tool_result", Tool.SHELL, "import time"),
        (
            "tool_use",
            Tool.TODO,
            "Two steps.\n[x] Make times aware\n[-] Test Porto\n[ ] Release",
        ),
        ("tool_result", Tool.TODO, "Plan updated"),
        ("tool_use", Tool.EDIT, "lease/clock.py\nlease/zones.py"),
        (
            "tool_result",
            Tool.EDIT,
            "Success. Updated the following files:\nM lease/clock.py\nA lease/zones.py",
        ),
        ("tool_use", Tool.SHELL, "pytest -q"),
        ("tool_result", Tool.SHELL, "Exit code 1\n1 failed"),
        ("tool_use", Tool.WEB, "Lisbon summer time"),
        ("response", None, "One test still fails."),
        ("title", None, "Fix the lease clock"),
    ]


def test_the_session_is_known_by_its_file() -> None:
    assert read(place(A_TURN))[1] == SessionFacts(
        agent=Agent.CODEX,
        native_id="00000000-0000-7000-8000-000000000001",
        kind=SessionKind.INTERACTIVE,
        title="Fix the lease clock",
        title_rank=2,
        started_at=1772442003000,
        ended_at=1772442024000,
        cwd="/work/lease",
        branch="main",
    )


def test_without_a_name_the_first_prompt_is_the_title() -> None:
    facts = read(place(TYPED))[1]
    assert (facts.title, facts.title_rank) == ("Use UTC everywhere.", 1)


def test_a_result_knows_its_call() -> None:
    use, result = (r for r in records(A_TURN) if r.command == "pytest -q")
    assert (result.call, result.tool_name) == (use.call, "shell_command")
    assert (use.failed, result.failed) == (False, True)


def test_an_edit_names_its_files_and_carries_its_patch() -> None:
    use, result = (r for r in records(A_TURN) if r.tool is Tool.EDIT)
    assert use.writes == result.writes == ("lease/clock.py", "lease/zones.py")
    assert result.patch.splitlines() == [
        "*** Update File: lease/clock.py",
        "@@",
        " def now():",
        "-    return naive",
        "+    return aware",
        "*** Add File: lease/zones.py",
        '+LISBON = "Europe/Lisbon"',
    ]


def test_a_shell_is_a_shell_in_every_version() -> None:
    uses = [(r.tool, r.command) for r in records(SHELLS, RecordKind.TOOL_USE)]
    assert uses == [
        (Tool.SHELL, "ls -la"),
        (Tool.SHELL, "git commit -m 'Fix it'"),
        (Tool.SHELL, "cat greeting.txt"),
        (Tool.SHELL, "sleep 99"),
        (Tool.SHELL, "false"),
        (Tool.SHELL, "import -window root"),
        (Tool.SHELL, "rm -rf build"),
        (Tool.SHELL, "pwd"),
        (Tool.EDIT, ""),
        (Tool.EDIT, ""),
        (Tool.OTHER, ""),
    ]


def test_a_result_is_what_was_printed_and_whether_it_failed() -> None:
    results = [(r.text, r.failed) for r in records(SHELLS, RecordKind.TOOL_RESULT)]
    denied = "failed in sandbox LinuxSeccomp with execution error: sandbox denied exec"
    lost = "apply_patch verification failed: Failed to find expected lines in"
    assert results == [
        ("total 0", False),
        ("Exit code 1\nnothing to commit", True),
        ("hello", False),
        ("", False),
        ("Exit code 3", True),
        (f"{denied} error, exit code: 2", True),
        ("exec command rejected by user", True),
        ("/work/lease", False),
        ("Success. Updated the following files:\nM lease/clock.py", False),
        (f"{lost} lease/clock.py", True),
        ("One memory about greeting.", False),
    ]


def test_a_patch_given_to_a_shell_is_an_edit_if_it_succeeds() -> None:
    heredoc, refused = (
        r for r in records(SHELLS, RecordKind.TOOL_RESULT) if r.tool is Tool.EDIT
    )
    assert heredoc.writes == refused.writes == ("lease/clock.py", "lease/zones.py")
    assert heredoc.patch.startswith("*** Update File: lease/clock.py\n@@")
    assert refused.patch == ""


def test_a_tool_of_a_server_has_its_whole_name() -> None:
    assert records(SHELLS)[-1].tool_name == "mcp__memory__recall"


def test_what_the_person_picked_and_wrote_is_joined_to_the_questions() -> None:
    (answered,) = (r for r in records(PLANS) if r.answers)
    assert answered.answers == (
        ("Which tenants?", "New"),
        ("From when on?", "Other, from March"),
    )


def test_a_plan_stands_beside_the_answer_with_what_became_of_it() -> None:
    plans = [(r.kind, r.text, r.failed) for r in records(PLANS) if r.tool is Tool.PLAN]
    assert plans == [
        ("tool_use", "# Zones first\n\nUse aware times.", False),
        ("tool_result", "The plan was not accepted.", True),
        ("tool_use", "# Zones, no importer\n\nUse aware times.", False),
        ("tool_result", "The plan was accepted.", False),
    ]
    assert texts(PLANS, RecordKind.RESPONSE) == ["Here it is.", "", "Done."]


def test_nothing_that_the_client_wrote_counts_as_typed() -> None:
    assert texts(NOT_TYPED, RecordKind.PROMPT) == []
    assert {r.kind for r in records(NOT_TYPED)} == {RecordKind.CONTEXT}


def test_what_the_person_typed_is_kept_without_what_stands_round_it() -> None:
    assert texts(TYPED, RecordKind.PROMPT) == [
        "Use UTC everywhere.",
        "Align the avatar.",
        "# A heading that a person wrote:\n\nand nothing of the client.",
        "[image]",
        "Two blocks,\n\none prompt.",
        "Only shown, never sent as an item.",
        "Shown before it was sent.",
        "OK, continue",
        "OK, continue",
    ]


def test_a_summary_is_taken_once_and_without_its_introduction() -> None:
    assert texts(COMPACTED, RecordKind.SUMMARY) == [
        "Summary: zones are done.",
        "An older version says it like this.",
    ]
    assert texts(COMPACTED, RecordKind.RESPONSE) == []


def test_turns_that_were_taken_back_are_undone() -> None:
    items = read(place(TAKEN_BACK))[0]
    undone = {item.native_id for item in items if isinstance(item, Undone)}
    said = [item for item in items if isinstance(item, Record)]
    assert [r.text for r in said if r.native_id in undone] == [
        "Second.", "Two.", "Third.", "Three.",
    ]  # fmt: skip


def test_a_script_drives_an_automated_session() -> None:
    facts = read(place(EXEC))[1]
    assert (facts.kind, facts.branch) == (SessionKind.AUTOMATED, "main")


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"source": "cli"}, "interactive"),
        ({"source": "vscode", "thread_source": "user"}, "interactive"),
        ({"source": "exec", "thread_source": "user"}, "automated"),
        ({"source": "mcp"}, "automated"),
        ({"source": {"internal": "memory_consolidation"}}, "automated"),
        ({"source": "cli", "thread_source": "memory_consolidation"}, "automated"),
        ({"source": {"subagent": "review"}}, "subagent"),
        ({"source": {"custom": "mine"}}, "interactive"),
        ({"source": 7}, "interactive"),
        ({}, "interactive"),
    ],
)
def test_the_source_tells_who_was_talking(told: dict[str, Any], kind: str) -> None:
    parser = READER.open(place(A_TURN))
    line = json.dumps({"type": "session_meta", "payload": {"id": "x", **told}})
    assert list(parser.parse(line.encode(), 1)) == []
    assert parser.facts().kind == kind


def test_a_session_that_a_person_takes_up_is_no_longer_automated() -> None:
    parser = READER.open(place(EXEC))
    taken_up = {"type": "task_started", "turn_attribution": {"turn_trigger": "user"}}
    lines = place(EXEC).read_bytes().splitlines()
    lines.append(json.dumps({"type": "event_msg", "payload": taken_up}).encode())
    for number, line in enumerate(lines, 1):
        list(parser.parse(line, number))
    assert parser.facts().kind == SessionKind.INTERACTIVE


def test_paginated_history_is_read_by_its_items() -> None:
    shape = [(r.native_id, r.kind, r.text) for r in records(EXEC)]
    assert shape[4:] == [
        ("msg_user", "prompt", "Write the greeting."),
        ("rs_1", "thinking", "I will."),
        ("msg_a", "response", "On it."),
        ("fc_1", "tool_use", "echo hi > greeting.txt"),
        ("fco_1", "tool_result", ""),
        ("msg_b", "response", "Done."),
    ]


def test_what_a_hook_delivered_can_be_found() -> None:
    (told,) = (r for r in records(EXEC) if r.native_id == "msg_hook")
    assert (told.kind, told.text.startswith("<memtui-memory ")) == ("context", True)


def test_a_fork_names_the_session_it_continues() -> None:
    facts = read(place(FORK))[1]
    assert (facts.base, facts.base_end) == ("00000000-0000-7000-8000-000000000008", 9)
    assert texts(FORK, RecordKind.PROMPT) == ["Write it in Portuguese."]


def test_a_subagent_is_the_first_that_its_file_names() -> None:
    facts = read(place(SUBAGENT))[1]
    assert (facts.kind, facts.native_id[-2:], facts.parent[-2:]) == (
        SessionKind.SUBAGENT, "10", "01",
    )  # fmt: skip
    assert (facts.cwd, facts.branch) == ("/work/lease/sub", "main")
    assert facts.title == "Look for every naive time."


def test_what_an_agent_tells_its_subagent_is_nobodys_words() -> None:
    assert texts(SUBAGENT, RecordKind.PROMPT) == []


def test_commands_of_which_there_is_no_item_are_taken_from_what_was_shown() -> None:
    shown = [
        (r.kind, r.tool, r.command or r.writes, r.text, r.failed)
        for r in records(SHOWN)
        if not is_conversation(r.native_id)
    ]
    files = ("lease/clock.py", "lease/zones.py")
    assert shown == [
        ("tool_use", Tool.SHELL, "pytest -q", "pytest -q", False),
        ("tool_result", Tool.SHELL, "pytest -q", "Exit code 1\n1 failed", True),
        ("tool_use", Tool.EDIT, files, "\n".join(files), False),
        ("tool_result", Tool.EDIT, files, "Success.", False),
    ]


def test_items_of_old_stand_for_themselves() -> None:
    shape = [(r.kind, r.text, r.at) for r in records(OLD)]
    assert shape == [
        ("prompt", "Rename the module.", 1748764800000),
        ("tool_use", "ls", 1748764800000),
        ("tool_result", "lease", 1748764800000),
        ("response", "Renamed.", 1748764800000),
    ]
    assert read(place(OLD))[1].started_at == 1748764800000


def test_what_cannot_be_read_is_a_fault_and_the_rest_is_kept() -> None:
    items = read(place(BROKEN))[0]
    assert [x.line for x in items if isinstance(x, Fault)] == [3, 4, 6, 7, 8, 14]
    assert texts(BROKEN, RecordKind.PROMPT) == [
        "A tab\there, half a \N{REPLACEMENT CHARACTER} pair.",
        "Odd types.",
    ]
    assert texts(BROKEN, RecordKind.RESPONSE) == ["Still here."]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.stem[-12:])
def test_every_item_is_counted_once(path: Path) -> None:
    assert len(native_ids([path])) == len(counted([path]))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.stem[-12:])
def test_reading_on_from_any_line_ends_in_the_same_records(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    whole, facts = read(path)
    state, items = b"", Items()
    for number, line in enumerate(lines, 1):
        parser = READER.open(path, state)
        items += parser.parse(line, number)
        state = parser.state()
    assert items == whole
    assert READER.open(path, state).facts() == facts


def test_records_have_keys_of_their_own() -> None:
    for path in TRANSCRIPTS:
        found = [x for x in read(path)[0] if isinstance(x, Record)]
        assert len({(r.native_id, r.part) for r in found}) == len(found), path


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(line: bytes) -> None:
    list(READER.open(place(A_TURN)).parse(line, 1))


LINES = [line for path in TRANSCRIPTS for line in path.read_bytes().splitlines()]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "id", "item"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(LINES), st.data())
def test_no_field_of_another_type_is_more_than_passed_over(
    line: bytes, data: st.DataObject
) -> None:
    try:
        told = json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return
    if isinstance(told, dict):
        _spoil(told, data)
    parser = READER.open(place(A_TURN))
    items = list(parser.parse(json.dumps(told).encode(), 1))
    parser.facts()
    assert not [x for x in items if isinstance(x, Fault) and "understood" in x.reason]


def _spoil(told: dict[str, Any], data: st.DataObject) -> None:
    """Put something else in the place of some field, at any depth."""
    if not told:
        return
    key = data.draw(st.sampled_from(sorted(told)))
    if isinstance(told[key], dict) and data.draw(st.booleans()):
        _spoil(told[key], data)
    else:
        told[key] = data.draw(JUNK)


@pytest.mark.parametrize(
    "text",
    [
        "# a:\n" + "\n" * 300_000,
        "<proposed_plan>" + " \n" * 150_000 + "x",
        "<some_tag>" + "</some_tag> " * 30_000 + "x",
        "\n" * 300_000 + "*** Begin Patch\n*** Add File: " + " " * 300_000 + "x",
        "Wall time: 1\n" * 30_000,
        "::a{" + "}" * 300_000,
    ],
    ids=["heading", "plan", "tag", "patch", "header", "directive"],
)
def test_long_runs_of_anything_are_passed_in_one_go(text: str) -> None:
    payloads: list[dict[str, Any]] = [
        {"type": "message", "role": "user", "content": [{"type": "t", "text": text}]},
        {"type": "message", "role": "assistant", "content": text},
        {"type": "custom_tool_call", "name": "apply_patch", "input": text},
        {"type": "function_call", "name": "shell", "arguments": {"cmd": text}},
        {"type": "function_call_output", "output": text},
    ]
    parser = READER.open(place(A_TURN))
    lines = [
        json.dumps({"type": "response_item", "payload": payload}).encode()
        for payload in payloads
    ]
    began = time.process_time()
    items = [item for line in lines for item in parser.parse(line, 1)]
    assert time.process_time() - began < 2
    assert len(items) >= len(lines)


def test_only_rollouts_are_found_and_a_packed_one_only_alone(tmp_path: Path) -> None:
    day = tmp_path / "2026" / "03"
    day.mkdir(parents=True)
    names = ("rollout-a.jsonl", "rollout-b.jsonl.zst", "rollout-c.json")
    wanted = [day / name for name in names]
    others = ["rollout-a.jsonl.zst", "config.json", "history.jsonl", "rollout-d.txt"]
    for path in (*wanted, *(day / name for name in others)):
        path.touch()
    assert sorted(READER.find(tmp_path)) == [str(path) for path in wanted]


def test_sessions_are_looked_for_where_codex_keeps_them(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [home / ".codex" / "sessions", home / ".codex" / "archived_sessions"]
    assert READER.folders(home) == own
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    named = [tmp_path / "codex" / "sessions", tmp_path / "codex" / "archived_sessions"]
    assert READER.folders(home) == named + own
    assert READER.folders(tmp_path) == [
        tmp_path / ".codex" / "sessions",
        tmp_path / ".codex" / "archived_sessions",
    ]


@pytest.fixture
def codex_home(home: Path) -> Path:
    """A home in which Codex has written all fixtures."""
    for path in TRANSCRIPTS:
        there = home / ".codex" / path.relative_to(FIXTURES)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(path.read_bytes())
    return home


def synced(data: Path, home: Path) -> dict[str, int]:
    report = sync(data, Settings(), home=home, agents=[Agent.CODEX])
    return msgspec.to_builtins(report.agents["codex"])  # type: ignore[no-any-return]


def test_a_sync_takes_each_session_once(data: Path, codex_home: Path) -> None:
    numbers = synced(data, codex_home)
    assert (numbers["files"], numbers["faults"]) == (14, 6)
    again = synced(data, codex_home)
    assert (again["records"], again["sessions"], again["faults"]) == (0, 0, 0)


def test_a_fork_shows_the_history_it_continues(data: Path, codex_home: Path) -> None:
    synced(data, codex_home)
    with StoreView(data / "memtui.db") as view:
        turns = view.turns(view.session("00000000-0000-7000-8000-000000000009"))
    spoken = [
        record.text
        for turn in turns
        for record in turn.records
        if record.kind in (RecordKind.PROMPT, RecordKind.RESPONSE)
    ]
    assert spoken == ["Write the greeting.", "Write it in Portuguese.", "Olá."]


def test_turns_that_were_taken_back_are_kept_and_not_shown(
    data: Path, codex_home: Path
) -> None:
    report = sync(data, Settings(), home=codex_home, agents=[Agent.CODEX])
    with StoreView(data / "memtui.db") as view:
        turns = view.turns("00000000-0000-7000-8000-000000000007")
        counts = view.stats()["by_agent"]["codex"]
    said = [record.text for turn in turns for record in turn.records]
    assert said == ["First.", "One.", "Second, better.", "Better."]
    assert [turn.number for turn in turns] == [1, 2]
    assert report.quarantined == []
    assert counts["native_ids"] == len(native_ids(TRANSCRIPTS))


def test_a_packed_transcript_is_the_one_it_was(data: Path, codex_home: Path) -> None:
    synced(data, codex_home)
    plain = codex_home / ".codex" / place(A_TURN).relative_to(FIXTURES)
    packed = plain.with_name(plain.name + ".zst")
    packed.write_bytes(zstandard.compress(plain.read_bytes()))
    plain.unlink()

    numbers = synced(data, codex_home)

    assert (numbers["files"], numbers["records"], numbers["sessions"]) == (14, 0, 0)
    with StoreView(data / "memtui.db") as view:
        session = view.session("00000000-0000-7000-8000-000000000001")
        assert (session.path, session.source_gone) == (str(packed), False)
        kept = list(view.raw_lines(session))
    assert kept == place(A_TURN).read_bytes().splitlines(True)


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Transcripts that real people's Codex wrote, and the real client driven here."""
    archive = shared / "data" / "home.tar.xz"
    if not archive.is_file():
        pytest.skip("no real transcripts here")
    there = tmp_path_factory.mktemp("real")
    with tarfile.open(archive) as packed:
        wanted = (m for m in packed if ".codex/sessions" in m.name)
        packed.extractall(there, members=wanted, filter="data")
    captured = shared / "clients" / "captured" / "codex"
    found = [*there.rglob("rollout-*.jsonl"), *captured.rglob("rollout-*.jsonl")]
    return sorted(found)


def test_every_item_of_real_transcripts_is_counted_once(real: list[Path]) -> None:
    assert len(real) > 20
    assert len(native_ids(real)) == len(counted(real))


def test_the_prompts_of_real_transcripts_are_those_that_the_client_shows(
    real: list[Path],
) -> None:
    for path in real:
        found = [x for x in read(path)[0] if isinstance(x, Record)]
        prompts = [r for r in found if r.kind is RecordKind.PROMPT]
        assert all(is_conversation(r.native_id) for r in prompts)
        marks = (
            "<environment_context>",
            "# AGENTS.md",
            "<turn_aborted>",
            "## My request",
        )
        assert not [r for r in prompts if any(mark in r.text for mark in marks)]


FIRST: dict[str, Any] = {
    "session": {
        "timestamp": "2025-04-20T10:00:00.000Z",
        "id": "00000000-0000-4000-8000-000000000042",
        "instructions": "",
    },
    "items": [
        {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "fix the tide clock"}]},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call", "id": "fc_1", "name": "shell", "call_id": "call_1",
            "arguments": '{"command": ["bash", "-lc", "make check"]}'},
        {"type": "function_call_output", "call_id": "call_1",
            "output": '{"output": "2 failed", "metadata": {"exit_code": 1}}'},
        {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "again"}]},
        {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "again"}]},
        {"type": "message", "role": "assistant", "id": "msg_1",
            "content": [{"type": "output_text", "text": "Done, twice."}]},
    ],
}  # fmt: skip
OLD_NAME = "rollout-2025-04-20-00000000-0000-4000-8000-000000000042.json"


def lay_old(home: Path, told: object) -> Path:
    path = home / ".codex" / "sessions" / OLD_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told if isinstance(told, str) else json.dumps(told, indent=2))
    return path


def test_a_session_of_the_first_versions_is_one_file(data: Path, home: Path) -> None:
    lay_old(home, {**FIRST, "items": FIRST["items"][:2]})
    sync(data, Settings(), home=home)
    path = lay_old(home, FIRST)
    report = sync(data, Settings(), home=home)
    again = sync(data, Settings(), home=home)
    with StoreView(data / "memtui.db") as view:
        session = view.session("00000000-0000-4000-8000-000000000042")
        shown = [(r.kind, r.text) for t in view.turns(session.id) for r in t.records]
        lines = list(view.raw_lines(session.id))
    assert report.quarantined == []
    assert not again.changed
    assert shown == [
        ("prompt", "fix the tide clock"),
        ("thinking", ""),
        ("tool_use", "make check"),
        ("tool_result", "Exit code 1\n2 failed"),
        ("prompt", "again"),
        ("prompt", "again"),
        ("response", "Done, twice."),
    ]
    assert session.title == "fix the tide clock"
    assert [json.loads(line) for line in lines] == [FIRST["session"], *FIRST["items"]]
    path.unlink()
    sync(data, Settings(), home=home, full=True)
    with StoreView(data / "memtui.db") as view:
        anew = [(r.kind, r.text) for t in view.turns(session.id) for r in t.records]
    assert anew == shown


@pytest.mark.parametrize("text", ['{"items": [', "[]", '{"items": 3}', "quack"])
def test_a_damaged_file_of_the_first_versions_is_set_aside(
    data: Path, home: Path, text: str
) -> None:
    path = lay_old(home, text)
    assert sync(data, Settings(), home=home).quarantined == [str(path)]


def test_an_empty_file_of_the_first_versions_has_no_items(
    data: Path, home: Path
) -> None:
    lay_old(home, "")
    assert sync(data, Settings(), home=home).quarantined == []
