"""Files that are gone and commits that are there, seen when a sync is done."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from memtui.ingest.outside import _held
from memtui.model import Agent, Evidence, Memory
from memtui.paths import store_path
from memtui.store.queries import StoreView
from memtui.store.views.outside import NamedFiles
from tests.factories import START_MS, Bash, Edit, Say, Turn, transcript
from tests.ingest.telling import ask, synced
from tests.ingest.test_git_objects import commit_bytes, loose
from tests.inject.samples import memory
from tests.store.filling import Filling

SUBJECT = "Start the lease clock at the first attempt"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with one commit and one file."""
    folder = tmp_path / "harbor-api"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "lease.go").write_text("package src\n")
    (folder / ".git" / "objects").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


def told(home: Path, work: Path, sha: str, *, start_ms: int = 0) -> None:
    """A session that mends the file and commits it."""
    transcript(
        "claude-code",
        [
            Turn(
                "never start the lease clock in enqueue, always at the first attempt",
                Edit(str(work / "src" / "lease.go"), "a", "b"),
                Bash(
                    f'git commit -am "{SUBJECT}"',
                    f"[main {sha[:7]}] {SUBJECT}\n 1 file changed, 2 insertions(+)",
                ),
                Say("The lease clock now starts at the first attempt."),
            )
        ],
        home=home,
        cwd=str(work),
        start_ms=start_ms or 1_780_000_000_000,
    )


def committed(data: Path) -> Memory:
    """A memory shown by the call that committed."""
    ((record,),) = ask(data, "select native_id from commit_told")
    return memory(
        agent=Agent.CLAUDE_CODE, evidence=(Evidence(session="s", record=record),)
    )


def remembered(data: Path) -> None:
    """A memory of the one project there is, about its one file."""
    ((project,),) = ask(data, "select id from project")
    with Filling(data) as fill:
        fill.observation("one", project=project, files=["src/lease.go"])


def gone(data: Path) -> list[tuple[str, str]]:
    return ask(data, "select memory, path from gone_file where memory = 'one'")


def test_a_told_commit_is_linked_to_its_object(
    data: Path, home: Path, work: Path
) -> None:
    sha = loose(work / ".git" / "objects", commit_bytes(SUBJECT))
    told(home, work, sha)
    synced(data, home)
    memory = committed(data)
    with StoreView(store_path(data)) as view:
        (found,) = view.commits(memory)
    assert (found.told, found.sha, found.subject) == (sha[:7], sha, SUBJECT)


def test_a_commit_that_is_not_there_yet_is_looked_for_again(
    data: Path, home: Path, work: Path
) -> None:
    objects = work / ".git" / "objects"
    sha = loose(work / "elsewhere", commit_bytes(SUBJECT))
    told(home, work, sha)
    synced(data, home)
    with StoreView(store_path(data)) as view:
        assert [c.sha for c in view.commits(committed(data))] == [""]
    loose(objects, commit_bytes(SUBJECT))
    transcript(
        "claude-code", ["and now?"], home=home, cwd=str(work), start_ms=START_MS + 5
    )
    synced(data, home)
    with StoreView(store_path(data)) as view:
        assert [c.sha for c in view.commits(committed(data))] == [sha]


def test_a_file_that_went_is_noted_and_one_that_came_back_is_not(
    data: Path, home: Path, work: Path
) -> None:
    told(home, work, "1c2d3e4")
    synced(data, home)
    remembered(data)
    file = work / "src" / "lease.go"
    file.rename(file.with_suffix(".old"))
    transcript(
        "claude-code", ["where is it?"], home=home, cwd=str(work), start_ms=START_MS + 5
    )
    synced(data, home)
    assert gone(data) == [("one", "src/lease.go")]
    with StoreView(store_path(data)) as view:
        assert view.gone(view.memory("one")) == ["src/lease.go"]
    file.with_suffix(".old").rename(file)
    transcript(
        "claude-code", ["there it is"], home=home, cwd=str(work), start_ms=START_MS + 9
    )
    synced(data, home)
    assert gone(data) == []


def test_of_a_project_that_is_not_here_nothing_is_said_to_be_gone(
    data: Path, home: Path, work: Path
) -> None:
    told(home, work, "1c2d3e4")
    synced(data, home)
    remembered(data)
    os.rename(work, work.with_name("moved"))
    transcript(
        "claude-code", ["where is it?"], home=home, cwd=str(work), start_ms=START_MS + 5
    )
    synced(data, home)
    assert gone(data) == []


@pytest.mark.parametrize("way", ["..", "absolute", "link"])
def test_no_name_in_a_transcript_has_a_file_beside_the_project_read(
    work: Path, way: str
) -> None:
    """Only what lies below its folders is looked into."""
    beside = work.parent / "beside.go"
    beside.write_text("leaseClock\n")
    (work / "src" / "link.go").symlink_to(beside)
    name = {
        "..": "src/../../beside.go",
        "absolute": f"{work}/src/../../beside.go",
        "link": "src/link.go",
    }[way]
    named = NamedFiles(memory="m", files=(name,), cwd=str(work), text="leaseClock")
    assert _held([named], [str(work)])["m"] == {}
    beside.rename(work / "src" / "inside.go")
    named = replace(named, files=("src/../src/inside.go",))
    assert _held([named], [str(work)])["m"] == {"leaseClock": True}
