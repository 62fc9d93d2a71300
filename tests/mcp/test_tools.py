"""What an agent gets from the tools, asked with the SDK's own client."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from mcp.shared.exceptions import MCPError

from memtui.cli import main
from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.mcp import answer
from memtui.mcp.fresh import Freshness
from memtui.mcp.tools import TOOLS, Desk
from memtui.paths import config_path
from memtui.settings import load
from memtui.settings.live import LiveSettings
from memtui.store.queries import StoreView
from tests.claude_session import Session
from tests.factories import Bash, Say, Turn, transcript
from tests.mcp.conftest import Connect, made_project

Added = Callable[..., str]


async def test_the_tools_say_what_they_take_and_which_of_them_only_read(
    connect: Connect, project: Path
) -> None:
    async with connect(project) as call:
        tools = {tool.name: tool for tool in (await call.client.list_tools()).tools}
    assert list(tools) == [
        "search", "timeline", "get", "session", "recent", "remember",
        "propose_supersede",
    ]  # fmt: skip
    reading = {name for name, t in tools.items() if t.annotations.read_only_hint}
    assert reading == {"search", "timeline", "get", "session", "recent"}
    for tool in tools.values():
        assert len(tool.description) > 60
        assert tool.input_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        assert not tool.annotations.destructive_hint


async def test_search_gives_an_index_and_get_the_whole_with_its_evidence(
    connect: Connect, project: Path
) -> None:
    async with connect(project) as call:
        found = (await call("search", query="deadlines attempt"))["found"]
        memory = next(row for row in found if row["type"] != "turn")
        assert "attempt" in memory["title"]
        (whole,) = (await call("get", ids=[memory["id"]]))["found"]
        (evidence,) = whole["evidence"]
        assert "deadlines" in evidence["quote"]
        assert evidence["line"] > 0
        (turn,) = (await call("get", ids=[evidence["turn"]]))["found"]
    assert any("the lease starts when" in r["text"] for r in turn["records"])


async def test_without_words_search_gives_the_newest(
    connect: Connect, project: Path, added: Added
) -> None:
    last = added("The build runs without network", project)
    async with connect(project) as call:
        assert (await call("search"))["found"][0]["id"] == last
        assert (await call("search", query="  "))["found"][0]["id"] == last
        assert (await call("recent"))["found"][0]["id"] == last


async def test_a_search_says_why_each_is_found_if_asked(
    connect: Connect, project: Path, added: Added
) -> None:
    wanted = added("The lantern is lit at dusk", project)
    async with connect(project) as call:
        plain = await call("search", query="the lantern -zebra is:candidate,kept")
        assert "why" not in plain["found"][0]
        assert "looked_for" not in plain
        found = await call("search", query="the lantern -zebra", explain=True, limit=2)
        newest = await call("search", explain=True, offset=1)
    assert found["found"][0]["id"] == wanted
    assert found["found"][0]["why"].startswith("every word: lantern; relevance 1.00")
    assert found["looked_for"]["words"] == ["lantern"]
    assert found["looked_for"]["left_out"] == ["the"]
    assert found["looked_for"]["without"] == ["zebra"]
    assert "other projects" in found["looked_for"]["not_looked_at"]
    assert newest["found"][0]["id"] != wanted
    assert newest["found"][0]["why"].startswith("newest first")


async def test_by_meaning_is_refused_where_it_is_not_possible(
    connect: Connect, project: Path, added: Added
) -> None:
    added("The lantern is lit at dusk", project)
    async with connect(project) as call:
        refused = await call.refused("search", query="lantern", meaning=True)
        assert "No memory has a vector yet." in refused
        assert (await call("search", meaning=True))["found"]


async def test_no_word_of_another_project_is_told(
    connect: Connect,
    project: Path,
    added: Added,
    home: Path,
    data: Path,
    tmp_path: Path,
) -> None:
    elsewhere = made_project(home, data, tmp_path / "elsewhere")
    added("Our customer is called Quibbleworth", elsewhere)
    added("The lantern is lit at dusk", project)
    async with connect(project) as call:
        for tool in ("search", "recent"):
            assert "note" not in await call(tool, query="quibbleworht")
            assert "near: lantern" in (await call(tool, query="lanterm"))["note"]


async def test_an_answer_says_how_to_go_on(
    connect: Connect, project: Path, added: Added
) -> None:
    ids = [added(f"Fact {n} about lanterns", project) for n in range(5)]
    async with connect(project) as call:
        seen: list[str] = []
        offset = 0
        while offset is not None and len(seen) < 9:
            page = await call("search", query="lanterns", limit=2, offset=offset)
            seen += [row["id"] for row in page["found"]]
            offset = page.get("next_offset")
        assert sorted(seen) == sorted(ids)
        first = (await call("recent", limit=2))["found"]
        then = (await call("recent", limit=2, before=first[-1]["id"]))["found"]
    assert [row["id"] for row in (*first, *then)] == ids[:0:-1]


async def test_a_timeline_stands_round_its_anchor(
    connect: Connect, project: Path, data: Path, added: Added
) -> None:
    with StoreView(data / "memtui.db") as view:
        oldest = view.memories()[-1].id
        session = view.sessions()[0].id
    ids = [added(f"Fact {n}", project) for n in range(4)]
    async with connect(project) as call:
        rows = (await call("timeline", anchor=ids[1], before=1, after=1))["found"]
        assert [row["id"] for row in rows] == [ids[2], ids[1], ids[0]]
        assert [row.get("anchor") for row in rows] == [None, True, None]
        for anchor in (session, f"{session}#1", "2020-01-01"):
            found = await call("timeline", anchor=anchor, after=25)
            assert ids[3] in [row["id"] for row in found["found"]]
        words = await call("timeline", anchor="today", before=25)
        last = await call("timeline", anchor="2999-01-01", before=25)
        assert words["found"] == last["found"]
        assert [row["id"] for row in last["found"]][-1] == oldest
        assert "no day" in await call.refused("timeline", anchor="2026-99-99")


async def test_a_session_is_read_a_window_at_a_time(
    connect: Connect, project: Path, data: Path, home: Path
) -> None:
    turns = [Turn(f"Question {n}", Say(f"Answer {n}."), Bash(f"make {n}"))
             for n in range(1, 13)]  # fmt: skip
    transcript(home=home, cwd=str(project), turns=turns, session="a" * 30)
    async with connect(project) as call:
        one = await call("session", id="a" * 30, limit=5)
        asked = [row.get("prompt") for row in one["found"]]
        assert asked == [f"Question {n}" for n in range(1, 5)]
        assert one["found"][0]["answer"] == "Answer 1."
        assert one["found"][0]["did"] == ["Bash: make 1"]
        then = await call("session", id="a" * 30, first=5, limit=20)
        assert [row["prompt"] for row in then["found"]][-1] == "Question 12"
        assert "next" in one
        assert "next" not in then
        middle = await call("session", id="a" * 30 + "#8", limit=3)
        assert [row["prompt"] for row in middle["found"]] == [
            "Question 7", "Question 8", "Question 9",
        ]  # fmt: skip
        listed = (await call("recent", sessions=True))["found"]
        assert "a" * 30 in [row["id"] for row in listed]


async def test_an_agent_sees_its_project_and_what_holds_everywhere(
    connect: Connect,
    project: Path,
    data: Path,
    home: Path,
    tmp_path: Path,
    added: Added,
) -> None:
    other = made_project(home, data, tmp_path / "ledger")
    here = added("Lanterns are lit at dusk", project)
    there = added("Lanterns are sold by weight", other)
    everywhere = added("Lanterns are never thrown away")
    async with connect(project) as call:
        for asked in ("search", "recent"):
            found = {
                row["id"] for row in (await call(asked, query="lanterns"))["found"]
            }
            assert found == {here, everywhere}
        assert "There is nothing" in await call.refused("get", ids=[there])
        part = await call("get", ids=[here, there])
        assert part["missing"] == [there]
        with StoreView(data / "memtui.db") as view:
            foreign = next(
                s.id
                for s in view.sessions()
                if s.project and s.project.path == str(other)
            )
        assert "no session" in await call.refused("session", id=foreign)
        assert "nothing" in await call.refused("timeline", anchor=foreign)
        assert "nothing" in await call.refused("get", ids=[f"{foreign}#1"])


async def test_in_no_known_project_only_what_holds_everywhere_is_seen(
    connect: Connect, project: Path, tmp_path: Path, added: Added
) -> None:
    added("Lanterns are lit at dusk", project)
    everywhere = added("Lanterns are never thrown away")
    away = tmp_path / "elsewhere"
    away.mkdir()
    async with connect(away) as call:
        found = await call("search", query="lanterns")
        assert [row["id"] for row in found["found"]] == [everywhere]
        assert (await call("recent", sessions=True))["found"] == []


async def test_the_person_may_let_agents_see_every_project_and_it_holds_at_once(
    connect: Connect,
    project: Path,
    data: Path,
    home: Path,
    tmp_path: Path,
    added: Added,
) -> None:
    other = made_project(home, data, tmp_path / "ledger")
    there = added("Lanterns are sold by weight", other)
    async with connect(project) as call:
        assert (await call("search", query="lanterns"))["found"] == []
        config_path().parent.mkdir(parents=True, exist_ok=True)
        config_path().write_text("mcp_all_projects = true\n")
        (row,) = (await call("search", query="lanterns"))["found"]
        assert (row["id"], row["project"]) == (there, "ledger")
        config_path().write_text("mcp_all_projects = maybe\n")  # stays as it was
        assert (await call("search", query="lanterns"))["found"] == [row]


def test_no_variable_and_no_verb_lets_agents_see_every_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEMTUI_MCP_ALL_PROJECTS", "true")
    assert not load().mcp_all_projects
    assert main(["config", "set", "mcp_all_projects", "true"]) != 0


async def test_what_was_thrown_away_is_not_shown(
    connect: Connect, project: Path, data: Path, added: Added
) -> None:
    gone = added("Lanterns are lit at dusk", project)
    with Curator(data, load(), actor="person") as curator:
        curator.prune([gone])
    async with connect(project) as call:
        assert (await call("search", query="lanterns"))["found"] == []
        assert "nothing" in await call.refused("get", ids=[gone])
        for asked in ("is:trash", "is:trash,kept lanterns"):
            assert "threw away" in await call.refused("search", query=asked)


async def test_remember_lands_in_the_inbox_with_the_agents_trust(
    connect: Connect, project: Path, data: Path
) -> None:
    async with connect(project) as call:
        made = await call(
            "remember", text="The port is 8700, as 8600 is taken in CI.",
            type="gotcha", files=["docker-compose.yml"], tags=["Ports"],
        )  # fmt: skip
        assert "inbox" in made["said"]
        (row,) = (await call("search", query="8700"))["found"]
        assert row["state"] == "candidate"
        assert "no type" in await call.refused("remember", text="A fact.", type="truth")
    with StoreView(data / "memtui.db") as view:
        memory = view.memory(made["id"])
        entry = view.journal()[0]
    assert (memory.state, memory.trust) == ("candidate", "assistant")
    assert (memory.type, memory.tags) == ("gotcha", ("ports",))
    assert (entry.act, entry.actor) == ("add", "agent")


async def test_where_no_project_is_known_nothing_is_remembered(
    connect: Connect, project: Path, data: Path, tmp_path: Path
) -> None:
    away = tmp_path / "elsewhere"
    away.mkdir()
    async with connect(away) as call:
        assert "nothing was" in await call.refused("remember", text="A fact of ours.")


async def test_a_proposal_changes_nothing_before_the_person_decides(
    connect: Connect, project: Path, data: Path, added: Added
) -> None:
    old = added("The port is 8600", project)
    with StoreView(data / "memtui.db") as view:
        before = view.memory(old)
    async with connect(project) as call:
        made = await call(
            "propose_supersede", id=old, text="The port is 8700",
            reason="docker-compose.yml says so",
        )  # fmt: skip
        again = added("The port is 8701", project)
        await call("propose_supersede", id=old, by=again)
        assert "itself" in await call.refused("propose_supersede", id=old, by=old)
        assert "not both" in await call.refused("propose_supersede", id=old)
    with StoreView(data / "memtui.db") as view:
        assert view.memory(old) == before
        found = {p.other.id: p for p in view.duplicates() if p.memory.id == old}
        assert view.memory(made["by"]).state == "candidate"
        acts = [entry.act for entry in view.journal(10)]
    assert {made["by"], again} <= set(found)
    assert found[made["by"]].kind == "supersede"
    assert "docker-compose.yml says so" in found[made["by"]].why
    assert "supersede" not in acts


async def test_what_was_said_a_moment_ago_is_found(
    connect: Connect, project: Path, home: Path
) -> None:
    async with connect(project) as call:
        assert (await call("search", query="zeppelin"))["found"] == []
        transcript(home=home, cwd=str(project), turns=["Paint the zeppelin green"])
        (turn, *_) = (await call("search", query="zeppelin"))["found"]
    assert "zeppelin" in turn["title"]


async def test_before_anything_was_read_it_is_said_what_to_do(
    connect: Connect, tmp_path: Path
) -> None:
    async with connect(tmp_path) as call:
        assert "memtui sync" in await call.refused("search", query="lantern")


async def test_an_unknown_tool_or_method_is_an_error_and_the_next_call_works(
    connect: Connect, project: Path
) -> None:
    async with connect(project) as call:
        with pytest.raises(MCPError, match="There is no tool 'prune'"):
            await call.client.call_tool("prune", {"ids": ["x"]})
        with pytest.raises(MCPError, match=r"(?i)method not found"):
            await call.client.list_prompts()
        assert await call("recent")


async def test_nobody_waits_for_what_takes_long_to_read(
    project: Path, data: Path, home: Path
) -> None:
    release = Event()
    reading = Freshness(data, home, read=release.wait)
    transcript(home=home, cwd=str(project), turns=["Paint the zeppelin green"])
    desk = Desk(data, project, LiveSettings(), reading)
    try:
        found = desk.call(TOOLS["recent"], {}, None)
        assert not found.failed
        assert "still being read" in found.note
    finally:
        release.set()
        desk.close()


def test_one_reads_at_a_time_and_who_comes_in_between_reads_again(
    project: Path, data: Path, home: Path
) -> None:
    begun: list[int] = []
    release = Event()

    def read() -> None:
        begun.append(1)
        release.wait()

    reading = Freshness(data, home, read=read)
    transcript(home=home, cwd=str(project), turns=["Paint the zeppelin green"])
    assert not reading.freshen(load(), 0.0)
    assert not reading.freshen(load(), 0.0)
    assert len(begun) <= 1
    release.set()
    assert reading.freshen(load(), 60.0)
    assert len(begun) == 2


def test_an_answer_has_room_for_so_many_rows_and_says_how_many_are_left_out() -> None:
    rows = [{"id": str(n), "body": "x" * 3_000} for n in range(20)]
    said = answer.text(project="p", found=rows, note=None)
    found = json.loads(said)
    assert "note" not in found
    assert 0 < len(found["found"]) == 20 - found["left_out"]
    assert len(said) < answer.MOST_CHARS + 200
    assert said.count("\n") > len(found["found"])


async def test_near_words_are_named_for_one_that_stands_nowhere(
    connect: Connect, project: Path
) -> None:
    async with connect(project) as call:
        note = (await call("search", query="deadlimes"))["note"]
    assert "deadlimes stands nowhere; near: deadlines" in note


async def test_what_is_global_leads_to_no_session_of_another_project(
    connect: Connect, project: Path, home: Path, data: Path, tmp_path: Path
) -> None:
    other = made_project(home, data, tmp_path / "ledger")
    async with connect(project) as call:
        found = (await call("search", query="deadlines"))["found"]
        id_ = next(row["id"] for row in found if row["type"] != "turn")
    with Curator(data, load(), actor="person") as curator:
        curator.keep([id_])
        curator.scope([id_], "global")
    async with connect(other) as call:
        (whole,) = (await call("get", ids=[id_]))["found"]
        assert "session" not in whole
        assert all(set(one) == {"quote"} for one in whole["evidence"])


async def test_an_agent_says_the_same_once_and_not_without_end(
    connect: Connect, project: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.curate.proposing.ASKED_AN_HOUR", 2)
    async with connect(project) as call:
        assert (await call("remember", text="Lamps are lit at dusk"))["id"]
        again = await call("remember", text="Lamps are lit at dusk")
        assert "proposed before" in again["said"]
        await call("remember", text="Lamps go out at dawn")
        said = await call.refused("remember", text="Lamps are green")
        assert "in the last hour" in said
        rows = (await call("search", query="is:candidate lamps"))["found"]
    assert len([row for row in rows if row["trust"] == "assistant"]) == 2


async def test_of_one_memory_few_others_can_be_proposed(
    connect: Connect, project: Path, added: Added
) -> None:
    old = added("The port is 8700", project)
    async with connect(project) as call:
        for n in range(3):
            await call("propose_supersede", id=old, text=f"The port is 900{n}")
        said = await call.refused("propose_supersede", id=old, text="It is 1")
        assert (await call("search", query="is:candidate 1"))["found"] == []
    assert "person decides" in said


def test_what_an_agent_adds_does_not_stand_before_the_persons_undo(
    project: Path, data: Path, added: Added
) -> None:
    id_ = added("The port is 8700", project)
    with StoreView(data / "memtui.db") as view:
        where = view.project_at(project)
    with Curator(data, load(), actor="person") as person:
        person.pin([id_])
        with Curator(data, load(), actor="codex") as agent:
            agent.add("Obey", type="decision", project=where)
            assert person.undo().ids == (id_,)
            agent.add("Obey again", type="decision", project=where)
        assert person.redo().ids == (id_,)


def test_an_agent_does_not_wait_long_for_who_writes(
    project: Path, data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.curate.proposing.AGENT_WAITS_MS", 10)
    desk = Desk(data, project, LiveSettings(), Freshness(data, home, read=lambda: None))
    with closing(sqlite3.connect(data / "memtui.db")) as conn:
        conn.execute("begin immediate")
        found = desk.call(TOOLS["remember"], {"text": "While it is locked"}, None)
        conn.execute("rollback")
    desk.close()
    assert found.failed
    assert "Try again" in found.text


async def test_a_folder_without_git_is_not_its_parents_project(
    connect: Connect, home: Path, data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "plain"
    (folder / "inner").mkdir(parents=True)
    transcript(home=home, cwd=str(folder))
    sync(data, load(), home=home)
    async with connect(folder) as call:
        assert (await call("recent"))["project"] == "plain"
    async with connect(folder / "inner") as call:
        assert "none is known" in (await call("recent"))["project"]
        assert "No project" in await call.refused("remember", text="The port is 1")


async def test_what_our_own_tools_answered_is_no_candidate(
    connect: Connect, project: Path, home: Path, data: Path, added: Added
) -> None:
    added("Always stamp the zanzibar deadline before the first retry", project)
    said = "Always stamp the zanzibar deadline before the first retry"
    transcript(
        home=home, cwd=str(project),
        turns=[Turn("Look it up", _Mcp(said), Say("I see."))],
    )  # fmt: skip
    sync(data, load(), home=home)
    async with connect(project) as call:
        rows = (await call("search", query="zanzibar"))["found"]
    assert [row["state"] for row in rows if row["type"] != "turn"] == ["kept"]
    turns = [row for row in rows if row["type"] == "turn"]
    assert turns == [row for row in turns if "own answer" in row.get("note", "")]
    assert turns


@dataclass(frozen=True)
class _Mcp:
    """The agent asks this very server, and sees its answer."""

    output: str

    def write(self, session: Session) -> None:
        call = session.add_use("mcp__memtui__search", {"query": "zanzibar"})
        session.add_result(call, self.output, self.output)


async def test_an_agent_looks_as_far_back_as_the_person_set_unless_it_names_a_date(
    connect: Connect, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMTUI_HISTORY_DAYS", "1")
    async with connect(project) as call:
        assert (await call("search", query="deadlines"))["found"] == []
        assert (await call("search", query="deadlines since:2000"))["found"]


async def test_an_agent_is_told_what_is_wrong_with_an_expression(
    connect: Connect, project: Path
) -> None:
    async with connect(project) as call:
        told = await call.refused("search", query="deadlines /(attempt/")
        assert "/(attempt/ is no regular expression: missing )." in told
        assert (await call("search", query="/deadlines? .*attempt/"))["found"]
