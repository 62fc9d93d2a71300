"""What the verbs say, whom they let act, and what they export."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memtui.curate import Change, Curator, agent_here, guard, words
from memtui.errors import Refused, StoreError, UsageError
from memtui.model import State, Trust
from memtui.paths import config_path
from memtui.settings import Settings, load
from memtui.store.queries import StoreView, View
from tests.store.filling import NOON, Filling

Asked = list[list[str] | None]


@pytest.fixture
def exports() -> Asked:
    """Which projects were exported, act by act."""
    return []


@pytest.fixture
def pen(data: Path, exports: Asked) -> Iterator[Curator]:
    with Filling(data) as fill:
        harbor, tern = fill.project("harbor-api"), fill.project("tern")
        fill.observation("aaa", project=harbor)
        fill.observation("bbb", project=harbor, type="discovery", title="Pool drops")
        fill.observation("ccc", project=tern, type="progress", title="Half done")
    with Curator(
        data,
        Settings(groups={"backend": ("/src/tern",)}),
        export=lambda _data, _settings, projects: exports.append(projects),
        clock=lambda: NOON,
    ) as made:
        yield made


SAYINGS: list[tuple[Callable[[Curator], Change], str]] = [
    (lambda c: c.keep(["aaa", "bbb", "ccc"]), "Kept 3 memories."),
    (lambda c: c.keep(["aaa"]), "Kept 1 memory."),
    (lambda c: c.prune(["aaa"]), "Pruned 1 memory."),
    (lambda c: c.pin(["aaa"]), "Pinned, place 1 of 1."),
    (lambda c: c.pin(["aaa", "bbb"]), "Pinned 2 memories."),
    (lambda c: c.exclude(["aaa"]), "Excluded. Still found by search."),
    (lambda c: c.retype(["bbb"], "gotcha"), "Now a gotcha, was a discovery."),
    (lambda c: c.promote(["ccc"]), "Now a discovery, was a progress."),
    (lambda c: c.promote(["aaa"]), "Lasting already, there is no higher rung."),
    (lambda c: c.promote(["bbb"], "architecture"), "Now an architecture, was a "),
    (lambda c: c.merge(["aaa", "bbb"]), "Merged 2 into 1."),
    (lambda c: c.edit("aaa", title="The lease clock starts at enqueue"), "Not saved"),
    (lambda c: c.undo(), "Nothing to undo."),
    (lambda c: c.redo(), "Nothing to redo."),
    (lambda c: c.unpin(["aaa"]), "Not pinned."),
]


@pytest.mark.parametrize(("act", "message"), SAYINGS)
def test_an_act_says_what_it_did(
    pen: Curator, act: Callable[[Curator], Change], message: str
) -> None:
    assert act(pen).message.startswith(message)


def test_keeping_twice_says_so(pen: Curator) -> None:
    pen.keep(["aaa"])
    assert pen.keep(["aaa"]).message == "Already kept."


def test_undo_names_the_act(pen: Curator) -> None:
    pen.prune(["aaa", "bbb"])
    change = pen.undo()
    assert change.message == (
        "Undone: prune “The lease clock starts at enqueue” and 1 more."
    )
    assert set(change.ids) == {"aaa", "bbb"}
    assert not change.undoable


def test_pinning_keeps_and_takes_an_exclusion_back(data: Path, pen: Curator) -> None:
    pen.exclude(["aaa"])
    pen.pin(["aaa"])
    with StoreView(data / "memtui.db") as view:
        memory = view.memory("aaa")
    assert (memory.state, memory.pinned, memory.excluded) == (State.KEPT, True, False)


@pytest.mark.parametrize("verb", ["exclude", "prune", "unkeep"])
def test_a_pin_goes_where_it_has_no_place(data: Path, pen: Curator, verb: str) -> None:
    pen.pin(["aaa"])
    getattr(pen, verb)(["aaa"])
    with StoreView(data / "memtui.db") as view:
        assert not view.memory("aaa").pinned


def test_the_touched_project_is_exported_after_each_act(
    pen: Curator, exports: Asked
) -> None:
    pen.keep(["aaa", "bbb"])
    pen.keep(["ccc"])
    pen.undo()
    assert exports == [["uuid-harbor-api"], ["uuid-tern"], ["uuid-tern"]]


def test_a_wider_scope_exports_everything_into_and_out_of_it(
    pen: Curator, exports: Asked
) -> None:
    pen.scope(["aaa"], "global")
    pen.scope(["aaa"], "project")
    assert exports == [None, None]


def test_an_act_that_changed_nothing_exports_nothing(
    pen: Curator, exports: Asked
) -> None:
    pen.unpin(["aaa"])
    assert exports == []


@pytest.mark.parametrize("error", [StoreError("the store is gone"), OSError("full")])
def test_an_act_stands_where_its_export_fails(
    data: Path, pen: Curator, error: Exception
) -> None:
    def failing(*_: object) -> None:
        raise error

    with Curator(data, Settings(), export=failing) as other:
        change = other.keep(["aaa"])
    assert change.message == f"Kept 1 memory. Not exported: {error}"
    with StoreView(data / "memtui.db") as view:
        assert view.memory("aaa").state is State.KEPT


def test_an_unknown_type_or_scope_is_refused_with_the_known_ones(pen: Curator) -> None:
    with pytest.raises(UsageError) as type_error:
        pen.retype(["aaa"], "poem")
    assert "gotcha" in type_error.value.hint
    for scope in ("moon", "group:none", "agent:none", "group:"):
        with pytest.raises(UsageError):
            pen.scope(["aaa"], scope)


def test_known_scopes_are_taken(data: Path, pen: Curator) -> None:
    for scope in ("global", "group:backend", "agent:codex", "project"):
        pen.scope(["aaa"], scope)
        with StoreView(data / "memtui.db") as view:
            assert view.memory("aaa").scope == scope


def test_two_memories_cannot_supersede_each_other(pen: Curator) -> None:
    pen.supersede(["aaa"], "bbb")
    with pytest.raises(UsageError):
        pen.supersede(["bbb"], "aaa")


def added(data: Path) -> list[str]:
    with StoreView(data / "memtui.db") as view:
        shown = view.memories(view=View.everything())
    return [memory.id for memory in shown if memory.rule == "hand"]


def test_a_memory_by_hand_is_kept_and_found(data: Path, pen: Curator) -> None:
    change = pen.add(
        "Deploys need two approvals\nOne of them from the platform team.",
        type="decision", scope="global", tags=["Deploy"],
    )  # fmt: skip
    assert change.message == "Added and kept."
    with StoreView(data / "memtui.db") as view:
        memory = view.memory(change.ids[0])
    assert memory.title == "Deploys need two approvals"
    assert memory.body == "One of them from the platform team."
    assert (memory.state, memory.trust) == (State.KEPT, Trust.USER)
    assert memory.tags == ("deploy",)
    pen.undo()
    assert added(data) == []


def test_a_long_line_by_hand_goes_on_in_the_body(data: Path, pen: Curator) -> None:
    text = "word " * 40
    change = pen.add(text, type="decision", scope="global")
    with StoreView(data / "memtui.db") as view:
        memory = view.memory(change.ids[0])
    assert len(memory.title) <= 80
    assert memory.body == text.strip()


def test_a_secret_by_hand_is_cut(data: Path, pen: Curator) -> None:
    token = "ghp_" + "a1B2" * 9
    change = pen.add(f"The token is {token}", type="gotcha", scope="global")
    with StoreView(data / "memtui.db") as view:
        memory = view.memory(change.ids[0])
    assert token not in memory.title
    assert "redacted" in memory.title


def test_escape_codes_by_hand_are_dropped(data: Path, pen: Curator) -> None:
    change = pen.add("\x1b[31mred\x07 title", type="gotcha", scope="global")
    with StoreView(data / "memtui.db") as view:
        assert view.memory(change.ids[0]).title == "red title"


@pytest.mark.parametrize("text", ["", "  \n body"])
def test_a_memory_by_hand_needs_words(pen: Curator, text: str) -> None:
    if text.strip():
        assert pen.add(text, type="gotcha", scope="global").count == 1
    else:
        with pytest.raises(UsageError):
            pen.add(text, type="gotcha", scope="global")


def test_a_memory_by_hand_needs_a_place(pen: Curator) -> None:
    with pytest.raises(UsageError):
        pen.add("Nowhere", type="gotcha")


MARKS = [
    {"CLAUDECODE": "1"}, {"CLAUDE_CODE_SESSION_ID": "x"}, {"CODEX_THREAD_ID": "x"},
    {"GEMINI_CLI": "1"}, {"OPENCODE": "1"},
]  # fmt: skip


@pytest.mark.parametrize("environ", MARKS)
def test_an_agent_is_known_by_its_variables(environ: dict[str, str]) -> None:
    assert agent_here(environ) is not None


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"CLAUDECODE": ""},
        {"CODEX_HOME": "/x"},
        {"CLAUDE_CODE_USE_BEDROCK": "1"},
        {"CLAUDE_CODE_SSE_PORT": "1"},
        {"GEMINI_CLI_TRUST_WORKSPACE": "true"},
    ],
)
def test_what_people_and_editors_set_is_no_agent(environ: dict[str, str]) -> None:
    assert agent_here(environ) is None


def test_an_agent_may_not_curate_unless_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard(Settings(), "keep")
    monkeypatch.setenv("CLAUDECODE", "1")
    with pytest.raises(Refused):
        guard(Settings(), "keep")
    guard(Settings(curate_from_agents=True), "keep")


def test_what_an_agent_adds_lands_in_the_inbox(
    data: Path, pen: Curator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    with Curator(data, Settings(), export=lambda *_: None) as agents:
        change = agents.add("Said an agent", type="gotcha", scope="global")
    with StoreView(data / "memtui.db") as view:
        memory = view.memory(change.ids[0])
        entry = view.journal()[0]
    assert (memory.state, memory.trust) == (State.CANDIDATE, Trust.ASSISTANT)
    assert change.message == f"Added to the inbox. {words.DECIDES}"
    assert entry.actor == "claude-code"


def test_the_app_acts_as_the_person_wherever_it_runs(
    data: Path, pen: Curator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    with Curator(data, Settings(), actor="person", export=lambda *_: None) as app:
        change = app.add("Said a person", type="gotcha", scope="global")
    with StoreView(data / "memtui.db") as view:
        assert view.memory(change.ids[0]).trust is Trust.USER


def test_what_an_act_exports_follows_a_config_edited_since_it_was_read(
    data: Path,
) -> None:
    with Filling(data) as fill:
        fill.observation("aaa", project=fill.project("harbor-api"), type="gotcha")
    with Curator(data, load(), actor="person") as pen:
        pen.keep(["aaa"])
        assert list((data / "export").rglob("startup.json"))
        config_path().parent.mkdir(parents=True)
        config_path().write_text('[types.gotcha]\ninject = "never"\n')
        pen.pin(["aaa"])
    assert not list((data / "export").rglob("startup.json"))
