"""What is purged is in no byte of the data folder, and stays out of it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memtui.curate import Curator
from memtui.errors import StoreError
from memtui.ingest.erase import Target, purge, would_purge
from memtui.inject.export import export_projects
from memtui.install import block
from memtui.paths import log_path, store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.rescue.backup import copy_store
from memtui.store.rescue.daily import back_up_decisions
from tests.factories import (
    Ask,
    Bash,
    Compact,
    Context,
    Edit,
    Plan,
    Read,
    Say,
    Subagent,
    Think,
    Turn,
    Write,
    transcript,
)
from tests.ingest.four_agents import FourAgents
from tests.ingest.remains import remains
from tests.ingest.telling import ask, synced, told

WORD = "Quagmarine"
"""In every kind of thing that a transcript holds."""
OTHER = "Brindlewood"
"""In a session that stays."""

EVERYWHERE = (
    Turn(
        f"Always route {WORD} traffic through the blue gateway, never around it.",
        Say(f"Noted: {WORD} goes through the blue gateway."),
        Think(f"The {WORD} rule is new."),
        Bash(f"grep -r {WORD} .", f"src/{WORD.lower()}.py: {WORD} = 1", failed=True),
        Bash(
            f'git commit -m "Route {WORD} blue"',
            f"[main 1c2d3e4] Route {WORD} blue\n 1 file changed",
        ),
        Read(f"src/{WORD.lower()}.py", f"{WORD} = 1\n"),
        Edit(f"src/{WORD.lower()}.py", f"{WORD} = 1", f"{WORD} = 2"),
        Write(f"docs/{WORD}.md", f"# {WORD}\n"),
    ),
    Turn(
        f"what about {WORD} retries?",
        Ask(f"Retry {WORD}?", f"Yes, retry {WORD} twice"),
        Plan(f"1. Retry {WORD}\n2. Test {WORD}"),
        Subagent(f"look into {WORD}", (Say(f"{WORD} found."),), f"{WORD} is done."),
        Compact(f"The person wants {WORD} to go through the blue gateway."),
        Context(f"{WORD} was told by a hook", event="UserPromptSubmit"),
    ),
)


def other_session(home: Path) -> str:
    turns = (
        Turn(
            f"Always keep {OTHER} in the cellar, never in the attic.",
            Say(f"{OTHER} goes to the cellar."),
        ),
    )
    return transcript(turns=turns, home=home).stem


def decide_much(data: Path, session: str) -> list[str]:
    """Every act of curation, on the memories of a session."""
    with StoreView(store_path(data)) as view:
        ids = [row[0] for row in ask(data, _OF_SESSION, session)]
        memories = view.memories_by_id(ids)
        held = view.session(session)
    assert len(memories) >= 2
    with Curator(data, Settings()) as curator:
        curator.keep(ids)
        curator.pin(ids[:1])
        curator.edit(ids[0], title=f"Edited: {WORD} stays blue", body=f"{WORD}!")
        curator.tag(ids, add=[WORD.lower()])
        curator.merge(ids[:2])
        curator.undo()
        curator.not_alike(ids[:2])
        curator.exclude_sessions([session])
        curator.rename_session(held, f"All about {WORD}")
        curator.prune(ids[1:2])
        curator.undo()
    return ids


_OF_SESSION = """
    select o.id from observation o join session s on s.id = o.session_id
    where s.native_id = ? order by o.id
"""


def test_a_purged_session_is_in_no_byte_of_the_data_folder(
    data: Path, home: Path
) -> None:
    stays = other_session(home)
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    session = path.stem
    synced(data, home)
    decide_much(data, session)
    export_projects(data, Settings())
    back_up_decisions(store_path(data), data / "backups", now_ms=1 << 43)
    log_path(data).write_text(f"an old complaint about {WORD}\n")
    (data / "backups" / "block-AGENTS.md-0-0").write_text(
        f"Ours.\n{block.BEGIN}\n- {WORD}\n{block.END}\nTheirs.\n"
    )
    assert len(remains(data, WORD)) > 20

    count = would_purge(data, Target(sessions=(session,)))
    assert (count.sessions, count.subagents) == (1, 1)
    assert count.memories >= count.decided >= 2
    assert str(path) in count.sources
    erased = purge(data, Settings(), Target(sessions=(session,)))

    assert erased.is_wiped
    assert remains(data, WORD) == []
    assert remains(data, OTHER) != []
    assert (data / "backups" / "block-AGENTS.md-0-0").read_text() == "Ours.\nTheirs.\n"
    for _ in range(2):
        synced(data, home)
        assert remains(data, WORD) == []
    with path.open("a") as file:
        file.write(path.read_text().splitlines()[0] + "\n")
    synced(data, home)
    assert remains(data, WORD) == []
    assert ask(data, "select native_id from session") == [(stays,)]
    assert _is_sound(data)


def test_a_purged_session_stays_out_where_its_file_moves_or_is_copied_by_a_fork(
    data: Path, home: Path
) -> None:
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)
    purge(data, Settings(), Target(sessions=(path.stem,)))
    elsewhere = path.parent.parent / "-moved-project" / path.name
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    synced(data, home)
    assert remains(data, WORD) == []
    new = "11111111-2222-4333-8444-555555555555"
    forked = elsewhere.read_text().replace(path.stem, new)
    (path.parent / f"{new}.jsonl").write_text(
        forked.replace('"cwd":', '"isFork":true,"cwd":')
    )
    synced(data, home)
    assert ask(data, "select kind, text from record where text <> ''") == []
    assert remains(data, WORD) == []


def test_of_a_project_nothing_is_left(data: Path, home: Path) -> None:
    other_session(home)
    folder = f"/home/sam/{WORD.lower()}"
    transcript(turns=EVERYWHERE, home=home, session="canary", cwd=folder)
    synced(data, home)
    (uuid,) = ask(data, "select uuid from project where name like ?", WORD)[0]
    with StoreView(store_path(data)) as view:
        (project,) = [p for p in view.projects() if p.id == uuid]
    with Curator(data, Settings()) as curator:
        curator.add(f"By hand: {WORD} is ours", type="decision", project=project)
        curator.name_project(project, f"{WORD}-alias")
    export_projects(data, Settings())
    purge(data, Settings(), Target(project=uuid))
    assert remains(data, WORD) == []
    synced(data, home)
    assert remains(data, WORD) == []
    assert _is_sound(data)


def test_a_purged_memory_takes_its_lines_and_whoever_was_told_it_along(
    data: Path, home: Path
) -> None:
    turns = (
        Turn(f"Always hide the {WORD} behind the second shelf.", Say("Done.")),
        Turn(f"Never let {OTHER} out of the cellar.", Say("Fine.")),
    )
    path = transcript(turns=turns, home=home, session="canary")
    synced(data, home)
    found = ask(data, "select id, title from memory")
    (mine,) = [one for one, title in found if WORD in title]
    with Curator(data, Settings()) as curator:
        curator.keep([one for one, _ in found])
    from memtui.inject.export import inject
    from memtui.inject.values import Source

    with StoreView(store_path(data)) as view:
        project = view.projects()[0]
        text = inject(view, Settings(), project, Source.STARTUP).text
    assert WORD in text
    transcript(
        turns=(Turn("go on", Context(text), Say("Yes."),),), home=home, session="told"
    )  # fmt: skip
    synced(data, home)
    assert ask(data, "select count(*) from delivery")[0][0] == 1

    count = would_purge(data, Target(memories=(mine,)))
    assert (count.memories, count.told_in) == (1, 2)
    purge(data, Settings(), Target(memories=(mine,)))
    assert remains(data, WORD) == []
    assert remains(data, OTHER) != []
    synced(data, home)
    path.write_text(path.read_text() + path.read_text().splitlines()[-1] + "\n")
    synced(data, home)
    assert remains(data, WORD) == []
    titles = [title for _, title in ask(data, "select id, title from memory")]
    assert any(OTHER in title for title in titles)
    assert _is_sound(data)


def test_a_memory_can_go_alone(data: Path, home: Path) -> None:
    turns = (Turn(f"Always hide the {WORD} behind the second shelf."),)
    transcript(turns=turns, home=home)
    synced(data, home)
    ((mine,),) = ask(data, "select id from memory")
    purge(data, Settings(), Target(memories=(mine,), keep_lines=True))
    assert ask(data, "select id from memory") == []
    assert ask(data, "select count(*) from record")[0][0] > 0
    synced(data, home)
    assert ask(data, "select id from memory") == []


@pytest.mark.parametrize("agent", ["claude-code", "codex", "gemini-cli", "opencode"])
def test_whatever_agent_wrote_it_all_its_own_words_go(
    data: Path, home: Path, agent: str
) -> None:
    agents = FourAgents(home)
    agents.close()
    synced(data, home)
    question = """
        select s.native_id from session s where s.agent = ? and s.records > 3
        order by s.records desc, s.native_id limit 1
    """
    (session,) = ask(data, question, agent)[0]
    own = """
        select distinct r.text from record r join link l on l.record_id = r.id
        join session s on s.id = l.session_id
        where s.native_id = ? and length(r.text) > 14 and not exists (
            select 1 from record o join link k on k.record_id = o.id
            join session t on t.id = k.session_id
            where t.native_id <> ? and t.parent <> ?
                and instr(o.text || o.detail, r.text) > 0)
    """
    words = [row[0] for row in ask(data, own, session, session, session)]
    assert words
    before = told(data)
    count = would_purge(data, Target(sessions=(session,)))
    assert told(data) == before  # asking changes nothing
    assert count.records
    purge(data, Settings(), Target(sessions=(session,)))
    assert remains(data, *words) == []
    synced(data, home)
    assert remains(data, *words) == []
    assert _is_sound(data)


def test_the_journal_goes_on_where_acts_were_purged(data: Path, home: Path) -> None:
    other_session(home)
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)
    mine = decide_much(data, path.stem)
    ((other,),) = ask(
        data, "select id from memory where title like ? limit 1", f"%{OTHER}%"
    )
    with Curator(data, Settings()) as curator:
        curator.keep([other])
        curator.prune([other, *mine])
    purge(data, Settings(), Target(sessions=(path.stem,)))
    with Curator(data, Settings()) as curator:
        assert curator.undo().ids == (other,)
        assert curator.undo().ids == (other,)
        assert curator.undo().entry is None
        assert curator.redo().ids == (other,)
    with StoreView(store_path(data)) as view:
        assert {one.id for e in view.journal() for one in e.about} == {other}


def test_copies_of_the_store_in_its_folder_are_named_not_touched(
    data: Path, home: Path
) -> None:
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)
    copy_store(store_path(data), data / "before.db")
    (data / "meaning.db").write_bytes((data / "memtui.db").read_bytes())
    erased = purge(data, Settings(), Target(sessions=(path.stem,)))
    assert erased.copies == (data / "before.db",)
    assert not (data / "meaning.db").exists()
    (data / "before.db").unlink()
    assert remains(data, WORD) == []


def test_a_purge_opens_no_file_of_the_store_but_through_sqlite(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing one would drop the locks of every connection of this process."""
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)
    opened: list[str] = []
    real = Path.open

    def noted(self: Path, *args: Any, **more: Any) -> Any:
        opened.append(self.name)
        return real(self, *args, **more)

    monkeypatch.setattr(Path, "open", noted)
    with StoreView(store_path(data)) as view:
        assert view.data_version()
        assert purge(data, Settings(), Target(sessions=(path.stem,))).is_wiped
        assert (data / "memtui.db-shm").exists()
    assert opened
    assert not {"memtui.db", "memtui.db-wal", "memtui.db-shm"} & set(opened)


def test_while_another_one_reads_the_rest_waits_for_the_next_sync(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)
    monkeypatch.setattr("memtui.store.purge.erasing.WAIT_SECONDS", 0.0)
    monkeypatch.setattr("memtui.store.connect.BUSY_MS", 10)
    with closing(sqlite3.connect(store_path(data))) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from record").fetchone()
        erased = purge(data, Settings(), Target(sessions=(path.stem,)))
        assert not erased.is_wiped
    synced(data, home)
    assert remains(data, WORD) == []


def test_without_room_to_write_the_store_anew_the_next_sync_does_it(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = transcript(turns=EVERYWHERE, home=home, session="canary")
    synced(data, home)

    def full(_: Path) -> bool:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("memtui.ingest.erase.wipe", full)
        erased = purge(data, Settings(), Target(sessions=(path.stem,)))
    assert erased.changed
    assert not erased.is_wiped
    assert ask(data, "select count(*) from session") == [(0,)]
    synced(data, home)
    assert remains(data, WORD) == []


def _is_sound(data: Path) -> bool:
    checks = ("pragma integrity_check", "pragma foreign_key_check")
    sound = [row for check in checks for row in ask(data, check)]
    question = """
        insert into fts(fts) values ('integrity-check')
    """
    with closing(sqlite3.connect(store_path(data))) as conn:
        conn.execute(question)
        conn.rollback()
    return sound == [("ok",)]
