"""Projects that are one, that moved, that only look alike; sessions renamed."""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from memtui.curate import Change, Curator
from memtui.errors import StoreBusy, UsageError
from memtui.ingest.projects import ProjectFinder
from memtui.ingest.sync import sync
from memtui.inject.export import exported_text, preview
from memtui.model import Project
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.connect import open_reader
from memtui.store.curate import alike, curation
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.queries import StoreView
from tests.factories import START_MS, transcript
from tests.store.filling import Filling

RULE = "never stamp the deadline in enqueue, always in the attempt"
TABLES = (
    "session", "place", "project", "project_root", "observation", "curation",
    "project_joined", "project_alias", "project_apart", "session_name",
)  # fmt: skip


def dump(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows that an act on projects or sessions may change."""
    with closing(open_reader(store_path(data))) as conn:
        return {
            table: sorted(
                (tuple(row) for row in conn.execute(f"select * from {table}")), key=repr
            )
            for table in TABLES
        }


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e@example.com")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def repository(folder: Path, remote: str = "", *, commit: str = "first") -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", commit)
    if remote:
        git(folder, "remote", "add", "origin", remote)
    return folder


class Desk:
    """Two clones of one repository, a session in each, and a person's pen."""

    def __init__(self, tmp_path: Path, data: Path, home: Path) -> None:
        self.data, self.home = data, home
        self.old = repository(tmp_path / "src" / "tern", "git@example.com:sea/tern.git")
        self.new = repository(tmp_path / "new" / "tern", "https://example.com/sea/tern")
        transcript(
            home=home, cwd=str(self.old), turns=[RULE], start_ms=START_MS + 1_000_000
        )
        transcript(
            home=home, cwd=str(self.new), turns=["hi"], start_ms=START_MS + 2_000_000
        )
        self.sync()
        self.pen = Curator(data, Settings(), actor="person")

    def sync(self, *, full: bool = False) -> None:
        sync(self.data, Settings(), home=self.home, full=full)

    def work_at(self, folder: Path, start_ms: int) -> None:
        transcript(home=self.home, cwd=str(folder), turns=["x"], start_ms=start_ms)
        self.sync()

    def view(self) -> StoreView:
        return StoreView(store_path(self.data))

    def project(self, folder: Path) -> Project:
        with self.view() as view:
            found = view.project_of_root(str(folder))
        assert found is not None
        return found

    def sessions(self, folder: Path) -> int:
        with self.view() as view:
            every = {p.project.path: p.sessions for p in view.listed_projects()}
        return every.get(str(folder), 0)

    def told_at(self, folder: Path) -> str:
        with self.view() as view:
            text = preview(view, Settings(), folder).text
        assert exported_text(self.data, folder) == text
        return text

    def keep_all(self) -> None:
        with self.view() as view:
            ids = [one.id for one in view.memories(limit=50)]
        assert self.pen.keep(ids).count

    def merge(self) -> Change:
        return self.pen.merge_projects(self.project(self.old), [self.project(self.new)])


@pytest.fixture
def desk(tmp_path: Path, data: Path, home: Path) -> Iterator[Desk]:
    found = Desk(tmp_path, data, home)
    yield found
    found.pen.close()


def test_a_second_clone_is_a_proposal_and_shares_nothing_before_it_is_confirmed(
    desk: Desk,
) -> None:
    desk.keep_all()
    with desk.view() as view:
        (pair,) = view.same_projects()
    assert (pair.into.path, pair.other.path) == (str(desk.old), str(desk.new))
    assert pair.why == "the same remote"
    assert "stamp the deadline" in desk.told_at(desk.old)
    assert "stamp the deadline" not in desk.told_at(desk.new)
    assert desk.merge().message == f"{desk.new} is now part of tern."
    assert "stamp the deadline" in desk.told_at(desk.new)
    with desk.view() as view:
        assert view.same_projects() == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_that_moved_is_known_by_its_first_commit(
    tmp_path: Path, data: Path, home: Path, packed: bool
) -> None:
    old = repository(tmp_path / "a" / "app")
    git(old, "commit", "-q", "--allow-empty", "-m", "second")
    git(old, "gc", "-q") if packed else None
    repository(tmp_path / "b", commit="another beginning")
    transcript(home=home, cwd=str(old), start_ms=START_MS + 1_000)
    transcript(home=home, cwd=str(tmp_path / "b"), start_ms=START_MS + 2_000)
    sync(data, Settings(), home=home)
    old.rename(tmp_path / "moved")
    transcript(home=home, cwd=str(tmp_path / "moved"), start_ms=START_MS + 3_000)
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        (pair,) = view.same_projects()
    assert (pair.into.path, pair.other.path) == (str(old), str(tmp_path / "moved"))
    assert pair.why == "the same first commit"


def test_a_worktree_that_vanished_is_its_repositorys_if_it_was_seen_before(
    tmp_path: Path, data: Path, home: Path
) -> None:
    main = repository(tmp_path / "app")
    tree = tmp_path / "app-fix"
    git(main, "worktree", "add", "-q", str(tree))
    transcript(home=home, cwd=str(tree), start_ms=START_MS + 1_000)
    sync(data, Settings(), home=home)
    shutil.rmtree(tree)
    transcript(home=home, cwd=str(tree), start_ms=START_MS + 2_000)
    transcript(home=home, cwd=str(main), start_ms=START_MS + 3_000)
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        (one,) = view.listed_projects()
    assert one.sessions == 3


@pytest.mark.parametrize("bare", [False, True])
def test_a_worktree_that_vanished_unseen_is_a_proposal_while_its_repository_names_it(
    tmp_path: Path, data: Path, home: Path, bare: bool
) -> None:
    main = repository(tmp_path / "app")
    if bare:
        git(tmp_path, "clone", "-q", "--bare", str(main), "app.git")
    owner = tmp_path / "app.git" if bare else main
    for name in ("seen", "gone"):
        git(owner, "worktree", "add", "-q", "-b", name, str(tmp_path / name))
        transcript(home=home, cwd=str(tmp_path / name))
    shutil.rmtree(tmp_path / "gone")
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        (pair,) = view.same_projects()
    assert {pair.into.path, pair.other.path} == {
        str(tmp_path / "seen"),
        str(tmp_path / "gone"),
    }


def test_a_folder_that_moved_goes_before_a_clone_and_a_worktree_to_its_repository(
    tmp_path: Path, data: Path, home: Path
) -> None:
    app, clone = repository(tmp_path / "app"), tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(app), str(clone))
    git(clone, "remote", "remove", "origin")
    git(app, "worktree", "add", "-q", str(tmp_path / "tree"))
    shutil.rmtree(tmp_path / "tree")
    transcript(home=home, cwd=str(app), turns=["an earlier wish"])
    for folder in (app, clone, tmp_path / "tree"):
        transcript(home=home, cwd=str(folder))
    sync(data, Settings(), home=home)
    moved = app.rename(tmp_path / "moved")
    transcript(home=home, cwd=str(moved))
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        asked = {(p.into.path, p.other.path) for p in view.same_projects()}
    assert (str(app), str(moved)) in asked  # the bigger one stays
    assert len(asked) == 3
    (of_tree,) = (pair for pair in asked if str(tmp_path / "tree") in pair)
    assert str(moved) in of_tree
    (of_clone,) = (pair for pair in asked if str(clone) in pair)
    assert str(moved) in of_clone


def test_who_said_no_to_one_is_asked_about_the_next(
    tmp_path: Path, data: Path, home: Path
) -> None:
    app = repository(tmp_path / "app")
    for name in ("one", "two"):
        git(tmp_path, "clone", "-q", str(app), name)
        git(tmp_path / name, "remote", "remove", "origin")
    for folder in (app, tmp_path / "one", tmp_path / "two"):
        transcript(home=home, cwd=str(folder))
    sync(data, Settings(), home=home)
    shutil.rmtree(app)
    asked: list[set[str]] = []
    with StoreView(store_path(data)) as view, Curator(data, Settings()) as pen:
        for _ in range(2):
            every = view.same_projects()
            gone = next(p for p in every if str(app) in (p.into.path, p.other.path))
            asked.append({gone.into.path, gone.other.path} - {str(app)})
            pen.tell_projects_apart(gone.into, gone.other)
        assert [len(view.same_projects()), len(asked[0] | asked[1])] == [1, 2]


def test_a_fork_with_a_remote_of_its_own_is_no_proposal(
    tmp_path: Path, data: Path, home: Path
) -> None:
    one = repository(tmp_path / "one", "https://example.com/a/app")
    shutil.copytree(one, tmp_path / "two")
    git(tmp_path / "two", "remote", "set-url", "origin", "https://example.com/me/app")
    for folder in (one, tmp_path / "two"):
        transcript(home=home, cwd=str(folder))
    sync(data, Settings(), home=home)
    with StoreView(store_path(data)) as view:
        assert len({p.first_commit for p in view.listed_projects()}) == 1
        assert view.same_projects() == []


def test_what_was_told_apart_is_not_proposed_until_that_is_taken_back(
    desk: Desk,
) -> None:
    one, other = desk.project(desk.old), desk.project(desk.new)
    change = desk.pen.tell_projects_apart(other, one)
    told = f"{desk.new} and {desk.old} stay two projects."
    assert (change.message, change.count) == (told, 2)
    assert desk.pen.tell_projects_apart(one, other).entry is None
    with desk.view() as view:
        assert view.same_projects() == []
    desk.pen.undo()
    with desk.view() as view:
        assert len(view.same_projects()) == 1


def test_what_is_found_at_a_merged_project_later_is_the_others_too(desk: Desk) -> None:
    desk.merge()
    desk.work_at(desk.new, START_MS + 3_000_000)
    tree = desk.new.parent / "tern-fix"
    git(desk.new, "worktree", "add", "-q", str(tree))
    desk.work_at(tree, START_MS + 4_000_000)
    with desk.view() as view:
        (one,) = view.listed_projects()
    assert one.sessions == 4
    assert set(one.roots) == {str(desk.old), str(desk.new), str(tree)}
    desk.keep_all()
    assert "stamp the deadline" in desk.told_at(tree)


def test_taking_a_merge_back_gives_each_what_came_since(desk: Desk) -> None:
    desk.merge()
    desk.work_at(desk.new, START_MS + 3_000_000)
    desk.work_at(desk.old, START_MS + 4_000_000)
    assert "Undone: merge projects “tern” and 1 more." in desk.pen.undo().message
    assert (desk.sessions(desk.old), desk.sessions(desk.new)) == (2, 2)
    desk.pen.redo()
    with desk.view() as view:
        assert [one.sessions for one in view.listed_projects()] == [4]


def test_a_merge_survives_parsing_everything_anew(desk: Desk) -> None:
    desk.merge()
    before = dump(desk.data)
    desk.sync(full=True)
    assert dump(desk.data) == before


def test_a_merged_project_keeps_the_pins_of_both_and_finds_what_is_alike(
    data: Path, home: Path
) -> None:
    text = "The lease clock starts at enqueue and not when the first attempt is made"
    with Filling(data) as fill:
        fill.observation("aaa", project=fill.project("one"), title=text)
        fill.observation("bbb", project=fill.project("two"), title=text)
    with Curator(data, Settings(), actor="person") as pen:
        pen.pin(["aaa"])
        pen.pin(["bbb"])
        with StoreView(store_path(data)) as view:
            one, two = sorted(view.projects(), key=lambda p: p.name)
            assert view.duplicates(one.id) == []
        pen.merge_projects(one, [two])
        with StoreView(store_path(data)) as view:
            (found,) = view.duplicates(one.id)
            assert {found.memory.id, found.other.id} == {"aaa", "bbb"}
            assert view.counts(one.id).pinned == 2
        pen.undo()
        with StoreView(store_path(data)) as view:
            assert view.duplicates(one.id) == []
            assert view.counts(two.id).pinned == 1


def test_what_another_writer_keeps_from_being_compared_is_when_projects_move_again(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge holds the store for its rows alone; the words follow, a few at a time."""
    monkeypatch.setattr(curation, "TOGETHER", 1)
    text = "The lease clock starts at enqueue and not when the first attempt is made"
    with Filling(data) as fill:
        fill.observation("aaa", project=fill.project("one"), title=text)
        there = fill.project("two")
        for number in range(3):
            fill.observation(f"b{number}", project=there, title=text)
    put, asked = alike.put, list[list[str]]()

    def busy(conn: sqlite3.Connection, ids: Collection[str]) -> None:
        asked.append(list(ids))
        if len(asked) == 2:
            raise StoreBusy("Another process is writing to the store.")
        put(conn, ids)

    monkeypatch.setattr(alike, "put", busy)
    with Curator(data, Settings(), actor="person") as pen:
        with StoreView(store_path(data)) as view:
            one, two = sorted(view.projects(), key=lambda p: p.name)
        assert pen.merge_projects(one, [two]).entry is not None
        assert asked == [["b0"], ["b1"]]
        pen.name_project(one, "anchor")
        pen.undo()
        assert asked[2:] == [["b1"], ["b2"]]
        with StoreView(store_path(data)) as view:
            found = {m.id for p in view.duplicates(one.id) for m in (p.memory, p.other)}
            assert found == {"aaa", "b0", "b1", "b2"}
        pen.undo()
        with StoreView(store_path(data)) as view:
            assert view.duplicates(one.id) == []
            assert len(view.duplicates(two.id)) == 3


def test_a_project_moves_to_a_folder_that_nobody_worked_in(
    desk: Desk, tmp_path: Path
) -> None:
    desk.keep_all()
    there = repository(tmp_path / "elsewhere", commit="another")
    project = desk.project(desk.old)
    root = ProjectFinder().session_root(str(there))
    assert root is not None
    change = desk.pen.move_project(project, root)
    assert change.message == f"tern is at {there} now."
    assert desk.pen.move_project(project, root).message == "It is there already."
    assert "stamp the deadline" in desk.told_at(there)
    desk.work_at(there, START_MS + 3_000_000)
    assert desk.sessions(there) == 2
    assert desk.project(desk.old).id == project.id


def test_a_project_moves_to_where_another_was_made_meanwhile(desk: Desk) -> None:
    root = ProjectFinder().session_root(str(desk.new))
    assert root is not None
    desk.pen.move_project(desk.project(desk.old), root)
    with desk.view() as view:
        (one,) = view.listed_projects()
    assert (one.project.path, one.sessions) == (str(desk.new), 2)
    assert one.roots == (str(desk.new), str(desk.old))


def test_a_project_is_found_by_another_name(desk: Desk) -> None:
    def found(query: str) -> int:
        with desk.view() as view:
            return len(view.sessions(parse(query, now_ms=0)))

    project = desk.project(desk.old)
    assert desk.pen.name_project(project, "Seabird").message == (
        "tern is called Seabird too."
    )
    assert desk.pen.name_project(project, "seabird").entry is None
    assert found("project:seabird") == 1
    assert (
        "no longer called"
        in desk.pen.name_project(project, "SEABIRD", remove=True).message
    )
    assert found("project:seabird") == 0


def test_another_way_to_a_folder_leads_to_its_project(desk: Desk) -> None:
    project = desk.project(desk.old)
    there = ProjectFinder().session_root("C:\\src\\tern")
    assert there is not None
    desk.pen.lead_to_project(project, there)
    transcript(home=desk.home, cwd="c:/src/tern", start_ms=START_MS + 1_000)
    desk.sync()
    assert desk.sessions(desk.old) == 2
    taken = ProjectFinder().session_root(str(desk.new))
    assert taken is not None
    with pytest.raises(UsageError, match="is another project"):
        desk.pen.lead_to_project(project, taken)


def test_a_name_that_a_person_gave_a_session_stands(desk: Desk) -> None:
    path = transcript(home=desk.home, title="What the client says", turns=["first"])
    desk.sync()
    with desk.view() as view:
        session = view.session(path.stem)
    assert desk.pen.rename_session(session, " Mine\x1b[31m ").message == (
        "Renamed, was “What the client says”."
    )
    line = '{"type":"custom-title","sessionId":"%s","customTitle":"Later"}\n'
    with path.open("a") as file:
        file.write(line % path.stem)
    desk.sync()
    desk.sync(full=True)
    with desk.view() as view:
        assert view.session(path.stem).title == "Mine"
    assert desk.pen.undo().message == "Undone: rename session “Later”."
    with desk.view() as view:
        assert view.session(path.stem).title == "Later"
    desk.pen.redo()
    with desk.view() as view:
        session = view.session(path.stem)
    assert session.title == "Mine"
    assert desk.pen.rename_session(session, "").message == (
        "Goes by its own title again."
    )
    with desk.view() as view:
        assert view.session(path.stem).title == "Later"


ACTS: dict[str, Callable[[Curator, list[Project]], Change]] = {
    "merge": lambda pen, p: pen.merge_projects(p[0], [p[1]]),
    "merge more": lambda pen, p: pen.merge_projects(p[1], p[2:]),
    "merge back": lambda pen, p: pen.merge_projects(p[3], p[:1]),
    "move": lambda pen, p: pen.move_project(p[2], _root("/srv/moved")),
    "move onto": lambda pen, p: pen.move_project(p[2], _root("/src/one")),
    "lead": lambda pen, p: pen.lead_to_project(p[1], _root("/srv/beside")),
    "name": lambda pen, p: pen.name_project(p[0], "Bird"),
    "no name": lambda pen, p: pen.name_project(p[0], "bird", remove=True),
    "name other": lambda pen, p: pen.name_project(p[1], "bird"),
    "apart": lambda pen, p: pen.tell_projects_apart(p[0], p[3]),
    "keep": lambda pen, _: pen.keep(["m0", "m1", "m2"]),
    "pin": lambda pen, _: pen.pin(["m3", "m1"]),
}


def _root(path: str) -> ProjectRoot:
    found = ProjectFinder().session_root(path)
    assert found is not None
    return found


@given(st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=6))
@example(["lead", "merge", "lead"])
@drawn(max_examples=30)
def test_undo_of_any_acts_leaves_the_store_as_it_was(acts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with Filling(data) as fill:
            for number, name in enumerate(("one", "two", "three", "four")):
                row = fill.project(name)
                session = fill.session(f"s{number}", project=row)
                fill.observation(f"m{number}", project=row, session=session)
        with Curator(data, Settings(), actor="person") as pen:
            with StoreView(store_path(data)) as view:
                every = sorted(view.projects(), key=lambda one: one.id)
            stages = [dump(data)]
            for act in acts:
                if ACTS[act](pen, every).entry is not None:
                    stages.append(dump(data))
        for stage in reversed(stages[:-1]):
            with Curator(data, Settings(), actor="person") as pen:
                assert pen.undo().undoable is False
            assert dump(data) == stage
        with Curator(data, Settings(), actor="person") as pen:
            for stage in stages[1:]:
                pen.redo()
                assert dump(data) == stage
