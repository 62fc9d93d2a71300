"""What is written for the hooks: everything wanted, nothing stale, whole files."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from memtui.errors import MemtuiError
from memtui.inject import as_of, export, render
from memtui.inject.export import (
    export_projects,
    exported_text,
    inject,
    outdated,
    preview,
    preview_differs,
)
from memtui.inject.files import UNTOUCHED_NS
from memtui.inject.ranking import Work, sorted_out
from memtui.inject.values import Source
from memtui.model import State
from memtui.paths import config_path, export_dir, store_path
from memtui.settings import InjectWhen, Settings, load
from memtui.store.queries import StoreView
from tests.inject.samples import DAY, NEWEST, memory
from tests.inject.stores import StoreRows

PLAIN = Settings()


def texts(data: Path) -> dict[str, str]:
    """Every exported text by its path under ``export/``."""
    root = export_dir(data)
    return {
        str(path.relative_to(root)): render.from_envelope(path.read_bytes())
        for path in root.rglob("*.json")
    }


@pytest.fixture
def rows(data: Path) -> StoreRows:
    return StoreRows(data)


def test_a_kept_memory_is_exported_for_startup_and_compaction(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("Leases are rows"), "p")
    written = export_projects(data, PLAIN)
    assert sorted(texts(data)) == ["srv/p/compact.json", "srv/p/startup.json"]
    assert sorted(written) == sorted(export_dir(data).rglob("*.json"))
    assert "Leases are rows" in texts(data)["srv/p/startup.json"]


def test_the_global_layer_reaches_every_project_and_places_of_none(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("Say why", scope="global"), None)
    export_projects(data, PLAIN)
    found = texts(data)
    assert "Say why" in found["srv/p/startup.json"]
    assert 'project="p"' in found["srv/p/startup.json"]
    assert "Say why" in found["_default/startup.json"]
    assert "project=" not in found["_default/startup.json"]


def test_a_group_reaches_its_projects_alone(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    rows.project("q", "/srv/q")
    rows.memory(memory("Backends log JSON", scope="group:backend"), None)
    export_projects(data, Settings(groups={"backend": ("/srv/p/",)}))
    assert sorted(texts(data)) == ["srv/p/compact.json", "srv/p/startup.json"]


def test_a_branch_has_a_file_where_its_text_differs(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    for name in ("main", "fix/retry", "a b", "x/../y"):
        rows.session(f"s-{name}", "p", f"work on {name}", branch=name)
    rows.memory(memory("one", branch="fix/retry", type="bugfix"), "p")
    rows.memory(memory("two", type="bugfix", at=NEWEST + 1), "p")
    export_projects(data, Settings(recent_sessions=0))
    assert sorted(texts(data)) == [
        "srv/p/compact.json",
        "srv/p/compact@fix/retry.json",
        "srv/p/startup.json",
        "srv/p/startup@fix/retry.json",
    ]


def test_what_only_its_own_branch_keeps_from_fading_is_told_there(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.session("s", "p", "work", branch="fix/x")
    at = NEWEST - 17 * DAY
    rows.memory(memory("half done", type="progress", branch="fix/x", at=at), "p")
    export_projects(data, PLAIN)
    assert sorted(texts(data)) == [
        "srv/p/compact@fix/x.json", "srv/p/startup@fix/x.json",
    ]  # fmt: skip
    with StoreView(store_path(data)) as view:
        (known,) = view.places(["p"])
        shown = inject(view, PLAIN, known.project, branch="fix/x")
    assert texts(data)["srv/p/startup@fix/x.json"] == shown.text


def test_a_projects_memories_are_ranked_once_for_each_of_its_branches(
    data: Path, rows: StoreRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked: list[str] = []

    def counted(memories: Any, work: Work, *rest: Any) -> Any:
        ranked.append(work.branch)
        return sorted_out(memories, work, *rest)

    monkeypatch.setattr("memtui.inject.choose.sorted_out", counted)
    rows.project("p", "/srv/p")
    rows.session("s", "p", "work", branch="fix/x")
    rows.memory(memory("one", branch="fix/x"), "p")
    export_projects(data, PLAIN, ["p"])
    assert ranked == ["", "fix/x", ""]  # the last: places of no project


def test_what_many_projects_are_told_is_read_once_for_all(
    data: Path, rows: StoreRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    read = StoreView.injectable

    def counted(view: StoreView, project: str | None, **how: Any) -> Any:
        asked.append(project)
        return read(view, project, **how)

    monkeypatch.setattr(StoreView, "injectable", counted)
    for name in ("p", "q", "r"):
        rows.project(name, f"/srv/{name}")
    rows.memory(memory("Say what a flag does", scope="global"), "p")
    export_projects(data, PLAIN)
    assert asked.count(None) == 1
    assert sorted(filter(None, asked)) == ["p", "q", "r"]
    assert all("Say what a flag does" in text for text in texts(data).values())


def test_a_budget_of_a_folder_goes_before_one_of_a_source_and_that_before_the_rest(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.project("q", "/srv/q")
    for name in ("p", "q"):
        for number in range(9):
            rows.memory(
                memory(f"{name} keeps lease {number} " + "as a row " * 20), name
            )
    budgets = {"compact": 500, "/srv/p": 900, "/srv/p@compact": 1_500}
    export_projects(data, Settings(budgets=budgets))
    told = {name: render.units(text) for name, text in texts(data).items()}
    assert 500 < told["srv/p/startup.json"] <= 900 < told["srv/p/compact.json"] <= 1_500
    assert told["srv/q/compact.json"] <= 500 < 1_500 < told["srv/q/startup.json"]


def test_a_place_that_is_to_be_told_nothing_is_not_told_what_others_are(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("Say what a flag does", scope="global"), "p")
    quiet = Settings(budgets={"/srv/p": 0})
    export_projects(data, quiet)
    assert texts(data)["srv/p/startup.json"] == ""
    assert "Say what a flag does" in texts(data)["_default/startup.json"]
    with StoreView(store_path(data)) as view:
        (known,) = view.places(["p"])
        shown = inject(view, quiet, known.project)
    assert (shown.text, shown.is_out_of_room) == ("", True)
    assert outdated(data, quiet) == []
    export_projects(data, PLAIN)
    assert "Say what a flag does" in texts(data)["srv/p/startup.json"]


def test_only_the_newest_five_branches_have_files(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("last", at=NEWEST + 1), "p")
    for n in range(8):
        rows.session(f"s{n}", "p", "work", branch=f"b{n}", at=NEWEST - n * DAY)
        rows.memory(memory(f"of {n}", branch=f"b{n}"), "p")
    export_projects(data, PLAIN)
    found = {n for n in range(8) if f"srv/p/startup@b{n}.json" in texts(data)}
    assert found == {0, 1, 2, 3, 4}


def test_every_root_of_a_project_has_its_text(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p", "/home/me/p")
    rows.memory(memory(), "p")
    export_projects(data, PLAIN)
    found = texts(data)
    assert found["srv/p/startup.json"] == found["home/me/p/startup.json"]


def test_worktrees_share_the_file_of_the_main_tree(
    data: Path, rows: StoreRows, tmp_path: Path
) -> None:
    (tmp_path / "main" / ".git").mkdir(parents=True)
    gone = str(tmp_path / "gone-worktree")
    rows.project("p", gone, common_dir=str(tmp_path / "main" / ".git"))
    rows.memory(memory(), "p")
    export_projects(data, PLAIN)
    assert sorted(texts(data)) == [
        str(tmp_path / "main")[1:] + "/compact.json",
        str(tmp_path / "main")[1:] + "/startup.json",
    ]


def test_a_second_export_writes_nothing(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory(), "p")
    export_projects(data, PLAIN)
    assert export_projects(data, PLAIN) == []


def test_an_export_bears_the_time_by_which_the_hook_knows_it_is_as_written(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory(), "p")
    (file, *_) = export_projects(data, PLAIN)
    for touched in (False, True):
        if touched:  # an older memtui wrote it, or a copy was put back
            os.utime(file)
            assert export_projects(data, PLAIN) == []
        times = {one.stat().st_mtime_ns for one in (file, data / "export.lock")}
        assert times == {UNTOUCHED_NS}


def test_the_files_of_many_projects_wait_for_the_disk_together(
    data: Path, rows: StoreRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "pqrs":
        rows.project(name, f"/srv/{name}")
    rows.memory(memory("Say why", scope="global"), None)
    flush, together = os.fsync, threading.Barrier(8, timeout=60)

    def waiting(handle: int) -> None:
        if b"Say why" in Path(f"/proc/self/fd/{handle}").read_bytes():
            together.wait()  # nobody goes on before eight of them are here
        flush(handle)

    monkeypatch.setattr(os, "fsync", waiting)
    rows.project("t", "/srv/t")
    rows.project("u", "/srv/u")
    rows.project("v", "/srv/v")
    assert len(export_projects(data, PLAIN)) == 16  # two texts of each place


def test_what_is_no_longer_said_is_removed(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    rows.project("inner", "/srv/p/inner")
    rows.session("s", "p", "work", branch="fix/x")
    first = rows.memory(memory("one", branch="fix/x"), "p")
    rows.memory(memory("two", at=NEWEST + 1), "p")
    rows.memory(memory("three"), "inner")
    export_projects(data, PLAIN)
    rows.forget(first)
    export_projects(data, PLAIN, ["p"])
    assert sorted(texts(data)) == [
        "srv/p/compact.json",
        "srv/p/inner/compact.json",
        "srv/p/inner/startup.json",
        "srv/p/startup.json",
    ]


def test_exporting_all_leaves_nothing_foreign(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    stale = export_dir(data) / "old" / "deep" / "startup.json"
    stale.parent.mkdir(parents=True)
    stale.write_text("{}")
    (stale.parent / ".startup.json.x.tmp").write_text("torn")
    export_projects(data, PLAIN)
    assert list(export_dir(data).iterdir()) == []


@pytest.mark.parametrize(
    "root",
    [
        "/_default",
        "/_default/x",
        "/a/startup@main",
        "/a/compact.json",
        "/a/../b",
        "rel",
    ],
)
def test_odd_roots_get_no_file_that_others_would_read(
    data: Path, rows: StoreRows, root: str
) -> None:
    rows.project("p", root)
    rows.memory(memory(), "p")
    assert export_projects(data, PLAIN) == []


def test_a_name_that_the_disk_cannot_hold_stops_nobody_else(
    data: Path, rows: StoreRows
) -> None:
    rows.project("long", "/" + "n" * 300)
    rows.project("p", "/srv/p")
    for name in ("long", "p"):
        rows.memory(memory(name), name)
    export_projects(data, PLAIN)
    assert sorted(texts(data)) == ["srv/p/compact.json", "srv/p/startup.json"]


def test_a_full_disk_is_said_and_the_old_file_stays(
    data: Path, rows: StoreRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("old"), "p")
    export_projects(data, PLAIN)
    before = texts(data)
    rows.memory(memory("new"), "p")

    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MemtuiError, match=r"2 of 2 exports.*No space left"):
        export_projects(data, PLAIN)
    assert texts(data) == before
    assert not list(export_dir(data).rglob("*.tmp"))


def test_files_are_the_owners_alone(data: Path, rows: StoreRows) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory(), "p")
    (data / "export.lock").touch(0o644)
    (path, *_) = export_projects(data, PLAIN)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (data / "export.lock").stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert export_dir(data).stat().st_mode & 0o777 == 0o700


def test_recent_sessions_name_the_persons_words_and_files(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory(), "p")
    rows.session("a", "p", "Fix the door", writes=["/srv/p/src/a.py", "/etc/x", "b.py"])
    rows.session("b", "p", "x", at=NEWEST - DAY, title=("My own title", 3))
    rows.session(
        "c", "p", "Name the third owl", at=NEWEST - 2 * DAY, title=("Made up", 2)
    )
    rows.session("d", "p", "Counted", kind="subagent")
    export_projects(data, PLAIN)
    assert texts(data)["srv/p/startup.json"].split("\n\n")[-1].splitlines() == [
        "Recent sessions",
        "- 2023-11-14: Fix the door (src/a.py, b.py)",
        "- 2023-11-13: My own title",
        "- 2023-11-12: Name the third owl",
        "</memtui-memory>",
    ]


def test_the_preview_of_a_folder_is_its_exported_text(
    data: Path, rows: StoreRows, tmp_path: Path
) -> None:
    repo = tmp_path / "repo"
    (repo / "src" / "deep").mkdir(parents=True)
    (repo / ".git").mkdir()
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/fix/x\n")
    rows.project("p", str(repo), common_dir=str(repo / ".git"))
    rows.session("s", "p", "work", branch="fix/x")
    rows.memory(memory("one", branch="fix/x"), "p")
    rows.memory(memory("two", at=NEWEST + 1), "p")
    export_projects(data, PLAIN)
    with StoreView(store_path(data)) as view:
        seen = preview(view, PLAIN, repo / "src" / "deep")
    assert seen.branch == "fix/x"
    assert seen.text == export.exported_text(data, repo / "src" / "deep")
    assert not preview_differs(data, repo, seen)


def test_a_store_ahead_of_its_export_is_noticed(
    data: Path, rows: StoreRows, tmp_path: Path
) -> None:
    rows.project("p", str(tmp_path))
    rows.memory(memory("one"), "p")
    export_projects(data, PLAIN)
    rows.memory(memory("two"), "p")
    with StoreView(store_path(data)) as view:
        assert preview_differs(data, tmp_path, preview(view, PLAIN, tmp_path))


def test_a_folder_below_a_known_one_is_not_told_its_memory(
    data: Path, rows: StoreRows, tmp_path: Path
) -> None:
    rows.project("p", str(tmp_path))
    rows.memory(memory("one"), "p")
    (tmp_path / "below").mkdir()
    with StoreView(store_path(data)) as view:
        assert preview(view, PLAIN, tmp_path).text
        assert preview(view, PLAIN, tmp_path / "below").text == ""


def test_auto_shows_what_keeping_every_candidate_would_do(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.conn.execute(
        "insert into observation(id, project_id, type, title, body, at, trust, rule,"
        " confidence) values ('aaaabbbbcccc', 1, 'decision', 'Maybe', '', 1, 'user',"
        " 'said', 0.9)"
    )
    rows.memory(memory("out", type="progress", state=State.KEPT), "p")
    never = Settings(inject={"progress": InjectWhen.NEVER})
    with StoreView(store_path(data)) as view:
        (project,) = [k.project for k in view.places()]
        told = inject(view, never, project, Source.STARTUP, auto=True)
    assert [i.reason for i in told.items] == ["auto, confidence 0.90"]
    assert [c.reason for c in told.cut] == ["progress is set to never"]


def test_many_exports_at_once_end_in_the_newest_state(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("one"), "p")
    code = (
        "import sys; from pathlib import Path;"
        "from memtui.inject.export import export_projects;"
        "from memtui.settings import Settings;"
        "export_projects(Path(sys.argv[1]), Settings())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(data)]) for _ in range(4)
    ]
    rows.memory(memory("two"), "p")
    export_projects(data, PLAIN)
    assert [process.wait() for process in running] == [0] * 4
    assert "two" in texts(data)["srv/p/startup.json"]
    assert not list(export_dir(data).rglob("*.tmp"))


@pytest.mark.parametrize(
    "root", ["/" + "a" * 100_000, "/" + "b" * 256, "/a" * 50_000, "/abcdefg" * 510]
)
def test_a_root_that_no_file_system_holds_costs_the_others_nothing(
    data: Path, rows: StoreRows, root: str
) -> None:
    rows.project("long", root)
    rows.memory(memory("Nobody can start there"), "long")
    rows.project("p", "/srv/p")
    rows.memory(memory("Leases are rows"), "p")
    export_projects(data, PLAIN, ["long"])
    export_projects(data, PLAIN)
    assert sorted(texts(data)) == ["srv/p/compact.json", "srv/p/startup.json"]
    assert outdated(data, PLAIN) == []
    assert exported_text(data, Path(root)) == ""


def test_a_file_that_cannot_be_written_is_named_in_a_line(
    data: Path, rows: StoreRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, *_: object) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    rows.project("p", "/abcdefg" * 400)
    rows.memory(memory("Leases are rows"), "p")
    monkeypatch.setattr(export, "replace_if_changed", fail)
    with pytest.raises(MemtuiError) as caught:
        export_projects(data, PLAIN)
    assert len(caught.value.message) < 400


def configured(text: str) -> None:
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_whoever_began_before_the_config_was_edited_does_not_undo_it(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("Leases are rows"), "p")
    began, read_at = load(), as_of.state()
    configured("resume_line = true\n")
    export_projects(data, load())
    assert "srv/p/resume.json" in texts(data)
    export_projects(data, began, ["p"], read_at=read_at)  # a sync that ran meanwhile
    assert "srv/p/resume.json" in texts(data)


def test_the_first_export_after_an_edit_of_the_config_is_of_all_projects(
    data: Path, rows: StoreRows
) -> None:
    for name in ("p", "q"):
        rows.project(name, f"/srv/{name}")
        rows.memory(memory(f"Leases of {name} are rows"), name)
    began = load()
    export_projects(data, began)
    assert not as_of.is_behind(data)
    configured("resume_line = true\n")
    assert as_of.is_behind(data)
    export_projects(data, began, ["p"])
    assert "srv/q/resume.json" in texts(data)
    assert not as_of.is_behind(data)


def test_a_wrong_config_changes_nothing_that_is_told(
    data: Path, rows: StoreRows
) -> None:
    rows.project("p", "/srv/p")
    rows.memory(memory("Leases are rows"), "p")
    told = Settings(resume_line=True)
    export_projects(data, told)
    before = texts(data)
    configured("resume_line = perhaps\n")
    export_projects(data, told, ["p"])
    assert texts(data) == before
