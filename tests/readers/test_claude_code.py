"""What a person typed, what the model did, what the client put in: told apart."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.model import Agent, RecordKind, SessionKind, Tool
from memtui.readers import READERS
from memtui.readers.base import Undone, is_conversation
from memtui.readers.claude_code import words
from memtui.records import Fault, Record, SessionFacts

READER = READERS[Agent.CLAUDE_CODE]
FIXTURES = Path(__file__).parents[1] / "fixtures" / "claude-code"

Items = list[Record | Fault | Undone]


def read(name: str) -> tuple[Items, SessionFacts]:
    """Every item of a fixture, and what is known of its session."""
    path = FIXTURES / f"{name}.jsonl"
    parser = READER.open(path)
    lines = path.read_bytes().splitlines(keepends=True)
    items = [x for n, line in enumerate(lines, 1) for x in parser.parse(line, n)]
    return items, parser.facts()


def records(name: str, *kinds: RecordKind) -> list[Record]:
    """What is shown in the end, of some kinds or of all."""
    shown = standing(read(name)[0])
    return [r for r in shown if not kinds or r.kind in kinds]


def standing(items: Iterable[Record | Fault | Undone]) -> list[Record]:
    """Records that nothing after them made void."""
    items = list(items)
    void = {item.native_id for item in items if isinstance(item, Undone)}
    found = [item for item in items if isinstance(item, Record)]
    return [record for record in found if record.native_id not in void]


def texts(name: str, *kinds: RecordKind) -> list[str]:
    return [record.text for record in records(name, *kinds)]


def test_a_turn_becomes_records_in_order() -> None:
    shape = [(r.kind, r.tool, r.text) for r in records("a-turn")]
    assert shape == [
        ("prompt", None, "The lease starts an hour too early for tenants in Lisbon."),
        ("thinking", None, "Summer time, I guess."),
        ("response", None, ""),
        ("response", None, "Let me look at the clock code."),
        ("tool_use", Tool.READ, "/work/lease/clock.py"),
        ("tool_result", Tool.READ, "     1→import time"),
        ("title", None, "Fix the lease clock"),
        ("tool_use", Tool.EDIT, "/work/lease/clock.py"),
        ("tool_result", Tool.EDIT, "The file /work/lease/clock.py has been updated."),
        ("tool_use", Tool.EDIT, "/work/lease/zones.py"),
        (
            "tool_result",
            Tool.EDIT,
            "File created successfully at: /work/lease/zones.py",
        ),
        ("tool_use", Tool.SHELL, "pytest -q"),
        ("tool_result", Tool.SHELL, "Exit code 1\n1 failed"),
        ("title", None, "Lisbon"),
        ("response", None, "One test still fails."),
    ]


def test_every_block_of_a_message_is_a_part_of_it() -> None:
    message = [r for r in records("a-turn") if r.line == 6]
    assert [r.part for r in message] == [0, 1, 2, 3]
    assert len({r.native_id for r in message}) == 1


def test_a_result_knows_its_call() -> None:
    use, result = (r for r in records("a-turn") if r.tool is Tool.SHELL)
    assert (result.call, result.command) == (use.call, "pytest -q")
    assert (use.failed, result.failed) == (False, True)
    read_file = next(r for r in records("a-turn") if r.kind == "tool_result")
    assert read_file.reads == ("/work/lease/clock.py",)
    assert read_file.tool_name == "Read"


def test_an_edit_carries_its_patch() -> None:
    patches = [r.patch for r in records("a-turn") if r.patch]
    assert patches == [
        "@@ -3,2 +3,2 @@\n def now():\n-    return naive\n+    return aware",
        '@@ -0,0 +1,2 @@\n+LISBON = "Europe/Lisbon"\n+PORTO = LISBON',
    ]


def test_the_session_is_known_by_its_file() -> None:
    facts = read("a-turn")[1]
    assert facts == SessionFacts(
        agent=Agent.CLAUDE_CODE,
        native_id="a-turn",
        kind=SessionKind.INTERACTIVE,
        title="Lisbon",
        title_rank=3,
        started_at=1772442060000,
        ended_at=1772442660000,
        cwd="/work/lease",
        branch="main",
    )


def test_nothing_that_the_client_wrote_counts_as_typed() -> None:
    assert texts("not-typed", RecordKind.PROMPT) == []
    assert {r.kind for r in records("not-typed")} == {RecordKind.CONTEXT}


def test_no_conversation_line_is_lost() -> None:
    lines = (FIXTURES / "not-typed.jsonl").read_bytes().splitlines()
    assert len({r.native_id for r in records("not-typed")}) == len(lines)


def test_what_the_person_typed_is_kept_without_what_stands_round_it() -> None:
    assert texts("typed", RecordKind.PROMPT) == [
        "plain words",
        "explain this line",
        "words behind a reminder",
        "look at this",
        "[image]",
        "always use British spelling",
        "/fix-issue 42 but keep the old API",
        "first part\n\nsecond part",
        "<div>a tag that the person pasted</div>",
        "[link](https://example.org) is broken",
        "accepted from a suggestion",
        "never delete build, it holds the signed release",
        "use pathlib",
        "and now the tests",
    ]


def test_a_refused_call_has_failed() -> None:
    refused = [r for r in records("typed", RecordKind.TOOL_RESULT) if r.failed]
    assert [r.tool_name for r in refused] == ["Bash", "Edit"]


def test_answers_are_pairs_with_the_notes_beside_them() -> None:
    results = records("answers-and-plans", RecordKind.TOOL_RESULT)
    answers = [(r.answers, r.failed) for r in results if r.tool is Tool.ASK]
    assert answers == [
        (
            (
                ("Which store?", "SQLite (no server on the boats)"),
                ("Which zones?", "EU, US"),
            ),
            False,
        ),
        ((("Which store?", "Postgres"),), False),
        ((("Which store?", "SQLite (one file)"),), True),
    ]


def test_a_question_shows_its_options() -> None:
    asked = records("answers-and-plans", RecordKind.TOOL_USE)[0]
    assert asked.text.splitlines()[:2] == ["Which store?", "- SQLite: One file"]


def test_a_plan_is_its_text_and_whether_it_was_approved() -> None:
    results = records("answers-and-plans", RecordKind.TOOL_RESULT)
    plans = [(r.text, r.failed) for r in results if r.tool is Tool.PLAN]
    assert plans[0][1]
    assert plans[1:] == [
        ("# Plan B\nOne step.", False),
        ("# Plan C\nWith a test.", False),
        ("# Plan D\n\nTwo steps.", False),
    ]
    assert texts("answers-and-plans", RecordKind.PROMPT) == [
        "smaller steps, please",
        "start with the tests",
    ]


def test_a_queued_prompt_is_said_once_and_only_when_it_was_sent() -> None:
    assert texts("queued", RecordKind.PROMPT) == [
        "start the migration",
        "wait for the backup first",
        "said when the turn is over",
        "both ways of writing it",
        "the other order",
        "only the attachment",
    ]


def test_what_hooks_put_in_is_context() -> None:
    assert texts("hooks-and-recaps", RecordKind.CONTEXT) == [
        "first hook\nsecond hook",
        "plain output",
        "late context",
        "SessionStart:startup hook success: from an old version",
    ]


def test_the_clients_own_recaps_are_summaries() -> None:
    marked, old, away = texts("hooks-and-recaps", RecordKind.SUMMARY)
    assert marked.endswith("The lease clock is done.")
    assert old.endswith("in an old version without the mark.")
    assert away == "Fixed the clock. Next: the zones."


@pytest.mark.parametrize(
    ("name", "kind", "prompts"),
    [
        ("a-turn", SessionKind.INTERACTIVE, 1),
        ("headless", SessionKind.AUTOMATED, 1),
        ("headless-then-attended", SessionKind.INTERACTIVE, 2),
        ("observer", SessionKind.AUTOMATED, 0),
        ("agent-a1b2c3", SessionKind.SUBAGENT, 0),
    ],
)
def test_a_session_is_what_talked_in_it(
    name: str, kind: SessionKind, prompts: int
) -> None:
    assert read(name)[1].kind is kind
    assert len(texts(name, RecordKind.PROMPT)) == prompts


@pytest.mark.parametrize(
    ("name", "session"),
    [
        ("agent-a1b2c3", "agent-a1b2c3"),
        (
            "aaaa1111-0000-4000-8000-000000000001/subagents/agent-a1b2c3",
            "aaaa1111-0000-4000-8000-000000000001/agent-a1b2c3",
        ),
    ],
)
def test_a_subagent_belongs_to_its_session(name: str, session: str) -> None:
    facts = read(name)[1]
    assert facts.native_id == session
    assert facts.parent == "aaaa1111-0000-4000-8000-000000000001"
    assert facts.title == "Investigate the clock."


def test_old_versions_are_read_too() -> None:
    shape = [(r.kind, r.text) for r in records("old")]
    assert shape == [
        ("title", "Another session of this folder"),
        ("prompt", "please fix the typo"),
        ("response", "A string as content."),
        ("tool_use", "Look around\nFind the typo."),
        ("context", "Find the typo."),
        ("response", "It is in the title."),
        ("tool_result", "It is in the title.\n[image]"),
        ("tool_use", "typo"),
        ("tool_result", "a page"),
        ("thinking", ""),
        ("prompt", "same words, typed once"),
        ("context", "same words, typed once"),
        ("title", "Typo in the title"),
    ]
    assert read("old")[1].branch == ""


def test_a_broken_line_is_a_fault_or_what_can_be_saved_of_it() -> None:
    items, _ = read("broken")
    faults = [(i.line, i.reason.split(":")[0]) for i in items if isinstance(i, Fault)]
    assert faults == [
        (2, "not readable"),
        (5, "not readable"),
        (6, "not readable"),
        (7, "not readable"),
        (8, "only zero bytes"),
        (19, "not readable"),
    ]
    assert texts("broken", RecordKind.PROMPT) == [
        "before",
        "raw\x01control\tcharacters",
        "half a \ufffd pair",
        "fields of other types",
        "what is left",
        "no id at all",
        "behind a byte order mark",
        "after",
        "no \ufffd utf-8 \ufffd",
    ]


def test_a_line_without_time_has_the_time_of_the_one_before() -> None:
    first, second = records("broken", RecordKind.PROMPT)[:2]
    assert first.at is not None
    assert second.at == first.at


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.rglob("*.jsonl")), ids=lambda p: p.stem
)
def test_parts_are_unique_within_their_message(path: Path) -> None:
    name = str(path.relative_to(FIXTURES).with_suffix(""))
    keys = [(r.native_id, r.part) for r in records(name)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.rglob("*.jsonl")), ids=lambda p: p.stem
)
def test_going_on_from_any_line_gives_what_one_reading_gives(path: Path) -> None:
    whole, facts = read(str(path.relative_to(FIXTURES).with_suffix("")))
    parts: Items = []
    state = b""
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        parser = READER.open(path, state)
        parts += parser.parse(line, number)
        state = parser.state()
    assert parts == whole
    assert READER.open(path, state).facts() == facts


def test_ids_tell_conversation_from_what_stands_beside_it() -> None:
    beside = {r.kind for r in records("a-turn") if not is_conversation(r.native_id)}
    assert beside == {RecordKind.TITLE}
    queued = records("queued", RecordKind.PROMPT)
    assert [is_conversation(r.native_id) for r in queued] == [
        True, False, True, False, False, False,
    ]  # fmt: skip


def test_long_texts_are_capped_and_keep_their_end_where_it_counts(
    tmp_path: Path,
) -> None:
    session = (FIXTURES / "a-turn.jsonl").read_bytes()
    long = session.replace(b"Exit code 1", b"Exit code 1" + b"." * 100_000)
    long = long.replace(b"The lease starts", b"The lease starts" + b"." * 100_000)
    parser = READER.open(tmp_path / "x.jsonl")
    items = [
        x for n, ln in enumerate(long.split(b"\n"), 1) for x in parser.parse(ln, n)
    ]
    found = {r.kind: r.text for r in items if isinstance(r, Record)}
    assert len(found[RecordKind.PROMPT]) == 64 << 10
    result = next(
        r for r in items if isinstance(r, Record) and r.failed and r.tool is Tool.SHELL
    )
    assert len(result.text) <= 2 << 10
    assert result.text.startswith("Exit code 1...")
    assert result.text.endswith("1 failed")


def test_transcripts_are_found_wherever_the_client_keeps_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = "aaaa1111-0000-4000-8000-000000000001"
    for place in (
        f".claude/projects/-work-lease/{session}.jsonl",
        f".claude/projects/-work-lease/{session}/subagents/agent-1.jsonl",
        f".claude/projects/-work-lease/{session}/subagents/workflows/w/agent-2.jsonl",
        ".claude/projects/-work-lease/agent-3.jsonl",
        ".claude/projects/-work-lease/notes.txt",
        ".config/claude/projects/-x/b.jsonl",
        "elsewhere/projects/-y/c.jsonl",
    ):
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (home / ".claude/projects/linked").symlink_to(home / ".claude/projects")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / "elsewhere"))

    found = {
        t.path.relative_to(home).as_posix(): (t.session, t.kind.value, t.parent)
        for folder in READER.folders(home)
        for t in map(READER.transcript, map(Path, READER.find(folder)))
        if "linked" not in t.path.parts
    }

    start = ".claude/projects/-work-lease"
    assert found == {
        f"{start}/{session}.jsonl": (session, "interactive", ""),
        f"{start}/{session}/subagents/agent-1.jsonl": (
            f"{session}/agent-1", "subagent", session,
        ),
        f"{start}/{session}/subagents/workflows/w/agent-2.jsonl": (
            f"{session}/agent-2", "subagent", session,
        ),
        f"{start}/agent-3.jsonl": ("agent-3", "subagent", ""),
        ".config/claude/projects/-x/b.jsonl": ("b", "interactive", ""),
        "elsewhere/projects/-y/c.jsonl": ("c", "interactive", ""),
    }  # fmt: skip


def test_a_folder_that_is_not_there_holds_nothing(home: Path) -> None:
    assert [t for f in READER.folders(home) for t in READER.find(f)] == []


LINES = [
    line
    for path in sorted(FIXTURES.rglob("*.jsonl"))
    for line in path.read_bytes().splitlines()
]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "content", "id"]), inner)
    ),
    max_leaves=6,
)


def understood(lines: list[bytes]) -> Items:
    """What a parser makes of them; a fault of our own making fails the test."""
    parser = READER.open(FIXTURES / "x.jsonl")
    items = [item for n, line in enumerate(lines, 1) for item in parser.parse(line, n)]
    own = [i for i in items if isinstance(i, Fault) and "not understood" in i.reason]
    assert own == []
    parser.facts()
    assert READER.open(FIXTURES / "x.jsonl", parser.state()).facts() == parser.facts()
    return items


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_bytes_can_be_parsed(lines: list[bytes]) -> None:
    understood(lines)


@given(
    st.lists(
        st.tuples(st.sampled_from(LINES), st.integers(0, 400), st.binary(max_size=4)),
        max_size=6,
    )
)
def test_damaged_lines_can_be_parsed(damage: list[tuple[bytes, int, bytes]]) -> None:
    understood([line[:at] + new + line[at + len(new) :] for line, at, new in damage])


@given(st.data())
def test_values_of_any_other_type_can_be_parsed(data: st.DataObject) -> None:
    line = json.loads(data.draw(st.sampled_from([ln for ln in LINES if readable(ln)])))
    node = line
    while True:
        key = data.draw(st.sampled_from(sorted(node)))
        if not isinstance(node[key], dict) or not node[key] or data.draw(st.booleans()):
            break
        node = node[key]
    node[key] = data.draw(JSON)
    found = understood([json.dumps(line).encode("utf-8", "surrogatepass")])
    for record in found:
        if isinstance(record, Record):
            record.text.encode()  # nothing that a store could not take


def readable(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


@given(st.binary(max_size=60) | JSON.map(json.dumps).map(str.encode))
def test_a_state_of_another_version_is_a_fresh_start(state: bytes) -> None:
    parser = READER.open(FIXTURES / "a-turn.jsonl", state)
    parser.facts()


def test_a_compaction_summary_is_told_without_its_frame() -> None:
    text = (
        "This session is being continued from a previous conversation that ran out"
        " of context. The summary below covers the earlier portion.\n\n"
        "<system-reminder>\n<tools>Bash</tools>\n</system-reminder>\n"
        "Summary:\n1. Primary Request: retry webhooks with jitter.\n\n"
        "If you need specific details from before compaction, read the full"
        " transcript at: /home/mira/x.jsonl\n"
        "Continue the conversation from where it left off without asking. Pick up"
        " the last task as if the break never happened."
    )
    kept = "Summary:\n1. Primary Request: retry webhooks with jitter."
    assert words.summed_up(text) == kept
    assert words.typed(text).summary == kept
    assert words.summed_up("Tests pass.") == "Tests pass."
