"""What a person says to proposals, and that nothing else ever changes by them."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.errors import UsageError
from memtui.ingest.erase import Target, purge
from memtui.model import State, Trust
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.compress.compressing import Runs
from memtui.store.compress.model_proposals import Draft, Proposed, ProposedKind
from memtui.store.compress.runs import Settled
from memtui.store.queries import StoreView
from memtui.store.rescue.daily import back_up_decisions
from memtui.store.rescue.restoring import put_back
from tests.compress.conftest import Bench
from tests.compress.stub import observations

UNTOUCHED = (
    "record", "link", "block", "session", "transcript", "observation", "curation",
    "hidden_session", "doc", "project",
)  # fmt: skip
"""What no proposal, and no rejection, may change."""


def rows(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All of these tables."""
    with closing(sqlite3.connect(store_path(data))) as conn:
        return {
            table: conn.execute(f"select * from {table} order by rowid").fetchall()
            if table not in ("link", "hidden_session")
            else conn.execute(f"select * from {table} order by 1, 2").fetchall()
            for table in UNTOUCHED
        }


def waiting(data: Path) -> list[Proposed]:
    with StoreView(store_path(data)) as view:
        return view.proposed()


def ids(data: Path) -> list[str]:
    return [one.id for one in waiting(data)]


@pytest.fixture
def asked(one: Bench) -> Bench:
    """One session, and a proposal that would replace one of its candidates."""
    with StoreView(store_path(one.data)) as view:
        old = view.memories()[0].id
    one.stub.answer = lambda text: observations(text, replaces=(str(old),))
    one.carry_on(one.begin())
    return one


def test_a_run_and_its_rejection_change_nothing_but_their_own_tables(
    one: Bench,
) -> None:
    before = rows(one.data)
    assert before["record"]
    assert before["observation"]
    one.carry_on(one.begin())
    assert len(ids(one.data)) == 2
    assert rows(one.data) == before
    with Curator(one.data, Settings()) as curator:
        change = curator.reject(ids(one.data))
        assert change.message == "Rejected 2 proposals."
        assert rows(one.data) == before
        assert ids(one.data) == []
        curator.undo()
    assert rows(one.data) == before
    assert len(ids(one.data)) == 2


def test_accepting_keeps_the_new_and_supersedes_the_old_and_undo_restores_all(
    asked: Bench,
) -> None:
    before, proposed = rows(asked.data), waiting(asked.data)
    new = next(one for one in proposed if one.kind is ProposedKind.NEW)
    assert new.instead
    with Curator(asked.data, Settings()) as curator:
        change = curator.accept([one.id for one in proposed])
        assert change.message == "Accepted 2 proposals."
        with StoreView(store_path(asked.data)) as view:
            memory = view.memory(new.id)
            assert (memory.state, memory.trust) == (State.KEPT, Trust.ASSISTANT)
            assert memory.title == new.memory.title
            assert {e.record for e in new.memory.evidence} <= {
                e.record for e in memory.evidence
            }
            assert view.memory(new.instead[0].id).superseded_by == new.id
        assert new.id in _found(asked.data)
        assert ids(asked.data) == []
        undone = curator.undo()
        assert "accept" in undone.message
        now = rows(asked.data)
        assert {t: now[t] for t in UNTOUCHED if t != "doc"} == {
            t: before[t] for t in UNTOUCHED if t != "doc"
        }
        assert new.id not in _found(asked.data)
        assert sorted(ids(asked.data)) == sorted(one.id for one in proposed)
        curator.redo()
        assert ids(asked.data) == []


def _found(data: Path) -> list[str]:
    """Memories that a search for the proposal's words finds."""
    with StoreView(store_path(data)) as view:
        hits = view.search(parse("drains gauge", now_ms=0))
        return [str(hit.memory.id) for hit in hits if hit.memory is not None]


def test_accepting_is_told_to_sessions_and_one_entry_of_the_journal(
    asked: Bench,
) -> None:
    exported: list[list[str] | None] = []

    def export(_data: Path, _settings: Settings, projects: list[str] | None) -> None:
        exported.append(projects)

    with Curator(asked.data, Settings(), export=export) as curator:
        curator.accept(ids(asked.data))
    with StoreView(store_path(asked.data)) as view:
        (entry,) = view.journal()
        projects = [one.id for one in view.projects()]
    assert (entry.act, entry.count, len(entry.about)) == ("accept", 2, 2)
    assert exported == [projects]


def test_one_is_accepted_in_other_words(asked: Bench) -> None:
    first = ids(asked.data)[0]
    with Curator(asked.data, Settings()) as curator:
        curator.accept([first], title="The valve goes first", body="As measured.")
        with pytest.raises(UsageError):
            curator.accept(ids(asked.data) * 2 + ["x"], title="Both?")
    with StoreView(store_path(asked.data)) as view:
        memory = view.memory(first)
    assert (memory.title, memory.body) == ("The valve goes first", "As measured.")


def test_what_was_rejected_is_not_proposed_again(one: Bench) -> None:
    one.carry_on(one.begin())
    with Curator(one.data, Settings()) as curator:
        curator.reject(ids(one.data))
    with one.planner() as planner:
        sessions = planner.view.sessions()
        plan = planner.sessions(sessions, again=True)
    one.stub.answer = lambda text: observations(
        text, title="That pump drains at record 0"
    )
    one.carry_on(one.begin(plan))
    assert one.proposed() == []


def test_what_was_decided_is_passed_over(asked: Bench) -> None:
    with Curator(asked.data, Settings()) as curator:
        chosen = ids(asked.data)
        curator.reject(chosen)
        change = curator.accept([*chosen, "nosuchthing1"])
    assert change.entry is None
    assert change.message == "Decided already, or not proposed."


def _proposals_about(bench: Bench) -> tuple[str, str]:
    """Two candidates of the store."""
    with StoreView(store_path(bench.data)) as view:
        first, second = view.memories()[:2]
    return str(first.id), str(second.id)


def _put(bench: Bench, *drafts: Draft) -> None:
    number = bench.begin()
    with (
        StoreView(store_path(bench.data)) as view,
        Runs(store_path(bench.data)) as runs,
    ):
        item = runs.items(number)[0]
        request = runs.take(number, item.id, 1, at=1)
        assert request is not None
        runs.settle(
            request, Settled(outcome="answered", cost=0), run=number, at=2,
            drafts=drafts, project=view.projects()[0].id,
        )  # fmt: skip


def test_a_merge_takes_over_evidence_pins_and_files(three: Bench) -> None:
    first, second = _proposals_about(three)
    with Curator(three.data, Settings()) as curator:
        curator.pin([second])
        curator.scope([first, second], "global")
        draft = Draft(
            id="mergedmerged", kind=ProposedKind.MERGE, type="gotcha", title="Both",
            body="", at=5, instead=(first, second),
        )  # fmt: skip
        _put(three, draft)
        before = rows(three.data)
        curator.accept(["mergedmerged"])
        with StoreView(store_path(three.data)) as view:
            olds = view.memories_by_id([first, second])
            new = view.memory("mergedmerged")
        assert (new.pinned, new.scope) == (True, "global")
        assert {e.record for one in olds for e in one.evidence} == {
            e.record for e in new.evidence
        }
        assert {one.superseded_by for one in olds} == {"mergedmerged"}
        curator.undo()
    assert rows(three.data)["curation"] == before["curation"]


def test_superseding_and_promoting_change_what_is_there(three: Bench) -> None:
    first, second = _proposals_about(three)
    draft = Draft(
        id="supersedeaaa", kind=ProposedKind.SUPERSEDE, type="gotcha", title="t",
        body="", at=5, instead=(first,), holds=second,
    )  # fmt: skip
    _put(three, draft)
    before = rows(three.data)
    with Curator(three.data, Settings()) as curator:
        curator.accept(["supersedeaaa"])
        with StoreView(store_path(three.data)) as view:
            assert view.memory(first).superseded_by == second
        curator.undo()
        assert rows(three.data)["curation"] == before["curation"]


def _draft(kind: ProposedKind, *instead: str, holds: str = "", name: str = "") -> Draft:
    return Draft(
        id=(name or kind.value).ljust(12, "a"), kind=kind, type="gotcha", title="t",
        body="", at=5, instead=instead, holds=holds,
    )  # fmt: skip


def test_what_is_about_a_memory_that_went_meanwhile_waits_for_it(three: Bench) -> None:
    first, second = _proposals_about(three)
    drafts = (
        _draft(ProposedKind.MERGE, first, second),
        _draft(ProposedKind.SUPERSEDE, first, holds=second),
        _draft(ProposedKind.PROMOTE, holds=second),
        _draft(ProposedKind.NEW, second),
    )
    _put(three, *drafts)
    with Curator(three.data, Settings()) as curator:
        curator.prune([second])
        assert ids(three.data) == ["newaaaaaaaaa"]
        with StoreView(store_path(three.data)) as view:
            assert view.proposed_count() == 1
        curator.accept([draft.id for draft in drafts])
        with StoreView(store_path(three.data)) as view:
            found = view.memories_by_id([first, second])
        assert [one.superseded_by for one in found] == ["", ""]
        curator.undo()
        curator.restore([second])
        assert len(ids(three.data)) == 4


def test_memories_never_supersede_one_another_in_a_circle(three: Bench) -> None:
    first, second = _proposals_about(three)
    one = _draft(ProposedKind.SUPERSEDE, first, holds=second, name="one")
    two = _draft(ProposedKind.SUPERSEDE, second, holds=first, name="two")
    _put(three, one, two)
    with Curator(three.data, Settings()) as curator:
        curator.accept([one.id, two.id])
    with StoreView(store_path(three.data)) as view:
        found = {m.id: m.superseded_by for m in view.memories_by_id([first, second])}
    assert found == {first: second, second: ""}


def test_a_summary_is_proposed_once_of_what_a_session_is_by_now(
    one: Bench, home: Path
) -> None:
    one.carry_on(one.begin())
    with one.planner() as planner:
        again = planner.sessions(planner.view.sessions(), again=True)

    def otherwise(text: str) -> object:
        said = observations(text)
        said["summary"] = {"request": "Why does it leak by night?", "evidence": [0]}
        return said | {"observations": []}

    one.stub.answer = otherwise
    one.carry_on(one.begin(again))
    assert one.proposed().count("Why does it leak by night?") == 1
    assert "Find out why the pump drains" not in one.proposed()
    with Curator(one.data, Settings()) as curator:
        curator.reject(ids(one.data))
    one.stub.answer = observations
    one.carry_on(one.begin(again))
    assert one.proposed() == []


def test_a_connection_of_a_run_can_write_nothing_else(one: Bench) -> None:
    with Runs(store_path(one.data)) as runs:
        for table in ("curation", "record", "observation", "journal", "model_decided"):
            with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
                runs._conn.execute(f"delete from {table}")


def test_what_was_said_to_proposals_is_in_the_backup_and_comes_back(
    asked: Bench, tmp_path: Path
) -> None:
    with Curator(asked.data, Settings(), clock=lambda: 1) as curator:
        first, second = ids(asked.data)
        curator.accept([first])
        curator.reject([second])
    backup = back_up_decisions(store_path(asked.data), tmp_path / "backups")
    assert backup is not None
    fresh = tmp_path / "fresh"
    shutil.copytree(asked.data, fresh)
    with Curator(fresh, Settings()) as curator:
        curator.undo()
        curator.undo()
    assert len(ids(fresh)) == 2
    put_back(store_path(fresh), backup)
    assert ids(fresh) == []


def test_purging_a_session_takes_what_a_model_made_of_it(asked: Bench) -> None:
    with StoreView(store_path(asked.data)) as view:
        session = view.sessions()[0].id
    assert len(ids(asked.data)) == 2
    purge(asked.data, Settings(), Target(sessions=(session,)))
    with closing(sqlite3.connect(store_path(asked.data))) as conn:
        left = [
            conn.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("model_proposal", "compress_item", "compress_request")
        ]
    assert left == [0, 0, 1]  # what was paid stays, of nobody
