"""What a session was told is no news when it says it again in other words."""

from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.distil.told import Told
from memtui.inject.export import exported_text
from memtui.model import RecordKind
from memtui.paths import store_path
from memtui.records import Record
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.factories import Compact, Context, Edit, Say, Step, Turn, transcript
from tests.ingest.telling import ask, synced

DAY = 86_400_000
FIRST = 1_780_000_000_000
MEMORIES = (
    "The lease clock starts at the first delivery attempt, never when it is queued",
    "Always run gofmt and go vet before a commit of the delivery package",
    "The retry queue must stay below 500 events because the broker drops the oldest",
)
SUMMARY = """This session is being continued from a previous conversation.

## Key decisions
- Lease clock: it starts at the first delivery attempt and never when it is queued.
- Before any commit of the delivery package, gofmt and go vet must always be run.
- The broker drops the oldest events, so the retry queue must stay below 500 events.
"""
ANSWER = """Done. To recap what holds here:

- The clock of a lease starts at the first delivery attempt, not when it is queued,
  because waiting would count.
- I ran gofmt and go vet before the commit of the delivery package, as always.
- The retry queue stays below 500 events, because the broker drops the oldest ones.
"""


def work(project: Path) -> tuple[Step, ...]:
    return (
        Edit(str(project / "delivery" / "lease.go"), "a", "b"),
        Compact(SUMMARY),
        Say(ANSWER),
    )


def candidates(data: Path, session: str) -> list[str]:
    """Titles of what a session left."""
    rows = ask(
        data,
        "select o.title from observation o join session s on s.id = o.session_id"
        " where s.native_id = ?",
        session,
    )
    return [title for (title,) in rows]


def remembered(data: Path, home: Path, project: Path) -> str:
    """Three kept memories of an earlier session; the text that tells them."""
    with Curator(data, Settings()) as curator:
        transcript("claude-code", ["hello"], home=home, cwd=str(project))
        synced(data, home)
        with StoreView(store_path(data)) as view:
            (known,) = view.projects()
        for said in MEMORIES:
            curator.add(said, type="decision", project=known)
    return exported_text(data, project)


def test_a_summary_and_an_answer_that_paraphrase_what_was_told_leave_nothing(
    data: Path, home: Path, tmp_path: Path
) -> None:
    project = tmp_path / "harbor-api"
    project.mkdir()
    text = remembered(data, home, project)
    assert all(said in text for said in MEMORIES)
    go_on = "go on with the delivery package"
    told = transcript(
        "claude-code", [Turn("", Context(text)), Turn(go_on, *work(project))],
        home=home, cwd=str(project), start_ms=FIRST + DAY,
    )  # fmt: skip
    untold = transcript(
        "claude-code", [Turn(go_on, *work(project))],
        home=home, cwd=str(project), start_ms=FIRST + 2 * DAY,
    )  # fmt: skip
    synced(data, home)
    # the control: without the injection the same words are news
    assert candidates(data, untold.stem) != []
    assert candidates(data, told.stem) == []


PARAPHRASES = [
    line.removeprefix("- ").replace("\n  ", " ")
    for text in (SUMMARY, ANSWER)
    for line in text.replace("\n  ", " ").splitlines()
    if line.startswith("- ")
]


@pytest.mark.parametrize("said", PARAPHRASES)
def test_each_paraphrase_of_a_delivered_line_is_heard(said: str) -> None:
    tail = "(delivery/lease.go) [abcdefgh2345]"
    lines = [f"- decision: {line} {tail}" for line in MEMORIES]
    told = Told()
    told.take(
        Record(
            native_id="c", kind=RecordKind.CONTEXT, at=FIRST, text="\n".join(lines),
            line=1,
        )
    )  # fmt: skip
    assert told.is_told(said)
    assert not told.is_told("Ports come from the broker")
