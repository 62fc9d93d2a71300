"""What came of a memory in the sessions that were told it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memtui.cli import main
from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.inject.gather import preview
from memtui.model import Memory
from memtui.paths import store_path
from memtui.settings import load
from memtui.store.queries import StoreView
from memtui.store.views.feedback import Feedback
from tests.factories import Bash, Context, Edit, Read, Say, Turn, transcript

TITLE = "Deadlines are stamped in attempt, never in enqueue"


@pytest.fixture
def kept(home: Path, data: Path, tmp_path: Path) -> Memory:
    """A memory about a file, kept in a project that has a session."""
    folder = tmp_path / "harbor-api"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    transcript(home=home, cwd=str(folder), title="Webhook retry storm")
    sync(data, load(), home=home)
    with StoreView(store_path(data)) as view:
        project = view.project_at(folder)
    with Curator(data, load(), actor="person") as curator:
        (id_,) = curator.add(
            TITLE, type="gotcha", project=project, files=["internal/lease.go"]
        ).ids
    return read(data, id_)


def read(data: Path, id_: str) -> Memory:
    with StoreView(store_path(data)) as view:
        return view.memory(id_)


def feedback(data: Path, memory: Memory) -> Feedback:
    with StoreView(store_path(data)) as view:
        return view.feedback(memory)


@pytest.fixture
def session(home: Path, data: Path, kept: Memory) -> Callable[..., Feedback]:
    """A session that is told what is kept, and then does these steps."""
    assert kept.project is not None
    folder = kept.project.path
    with StoreView(store_path(data)) as view:
        text = preview(view, load(), Path(folder)).text
    assert kept.id in text

    def run(*steps: object, name: str = "a", told: bool = True) -> Feedback:
        turns = [Turn("", Context(text))] if told else []
        turns.append(Turn("Go on with the queue", *steps))  # type: ignore[arg-type]
        transcript(
            home=home, cwd=folder, turns=turns,
            session=f"{name * 8}-0000-4000-8000-000000000001",
        )  # fmt: skip
        sync(data, load(), home=home)
        return feedback(data, kept)

    return run


def test_a_session_that_was_not_told_counts_nothing(
    session: Callable[..., Feedback],
) -> None:
    found = session(Say(TITLE), Read("internal/lease.go"), told=False)
    assert found == Feedback()
    assert found.told == ""


def test_a_session_that_was_told_and_did_something_else_counts_as_delivered(
    session: Callable[..., Feedback],
) -> None:
    found = session(Say("The queue is empty."), Read("internal/other.go"))
    assert (found.delivered, found.used) == (1, 0)
    assert found.last
    assert found.told == "delivered to 1 session"


@pytest.mark.parametrize(
    ("step", "came"),
    [
        (Read("/home/dev/harbor-api/internal/lease.go"), "touched"),
        (Edit("internal/lease.go", "a", "b"), "touched"),
        (Say("I stamp the deadlines in attempt and not in enqueue."), "reused"),
        (Bash("memtui show ID"), "looked_up"),
    ],
)
def test_what_came_of_it_is_counted_by_session(
    session: Callable[..., Feedback], kept: Memory, step: object, came: str
) -> None:
    if isinstance(step, Bash):
        step = Bash(f"memtui show {kept.id}")
    found = session(step, step)
    assert getattr(found, came) == found.used == found.delivered == 1
    found = session(Say("Nothing."), name="b")
    assert (getattr(found, came), found.used, found.delivered) == (1, 1, 2)
    assert found.told.startswith("delivered to 2 sessions: ")


@pytest.mark.parametrize(
    "step",
    [
        Read("internal/lease.go.bak"),
        Read("lease.go/README"),
        Say("Deadlines are a matter of taste."),
        Bash("grep memtui notes.txt"),
    ],
)
def test_what_is_only_like_it_does_not_count(
    session: Callable[..., Feedback], step: object
) -> None:
    assert session(step).used == 0


def test_what_is_said_later_in_a_session_is_added_and_nothing_counts_twice(
    session: Callable[..., Feedback], data: Path, home: Path, kept: Memory
) -> None:
    assert session(Say("Nothing.")).used == 0
    found = session(Say("Nothing."), Read("internal/lease.go"))
    assert (found.delivered, found.touched) == (1, 1)
    sync(data, load(), home=home, full=True)
    assert feedback(data, kept) == found


def test_it_refreshes_no_age(
    session: Callable[..., Feedback], data: Path, kept: Memory
) -> None:
    assert session(Say(TITLE), Read("internal/lease.go")).used == 1
    assert read(data, kept.id) == kept


def test_show_tells_it(
    session: Callable[..., Feedback],
    kept: Memory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    session(Read("internal/lease.go"))
    assert main(["show", kept.id, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["feedback"]
    assert found["delivered"] == found["touched"] == found["used"] == 1
    assert main(["show", kept.id]) == 0
    assert "delivered to 1 session: its files touched in 1" in capsys.readouterr().out
