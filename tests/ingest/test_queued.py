"""Prompts that wait in the client's queue: none is lost, none is there twice."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import strategies as st

from memtui.ingest.sync import sync
from memtui.settings import Settings
from tests.factories import Session
from tests.ingest.telling import ask, told
from tests.soaking import few_or_many

SHOWN = """
    select r.text from link l join record r on r.id = l.record_id
    where r.kind = 'prompt' and l.seq >= 0 order by l.seq
"""


class Talk:
    """A session in which a person types on while the agent works."""

    def __init__(self, home: Path) -> None:
        self.session = Session(home)
        self.waiting: list[str] = []
        self.dequeued: list[str] = []
        self.typed: list[str] = []
        """What is to be shown."""
        self._number = 0
        self.prompt()

    def _next(self) -> str:
        self._number += 1
        return f"step {self._number} of the plan\nand mind the tests\n{self._number}"

    def _queue(self, operation: str, content: str = "") -> None:
        line = {"type": "queue-operation", "operation": operation}
        at = {"timestamp": self.session.next_stamp()}
        more = {"content": content} if content else {}
        self.session.record(line | at | {"sessionId": self.session.session} | more)

    def prompt(self) -> None:
        """Typed while nothing waits."""
        self.typed.append(self._next())
        self.session.prompt(self.typed[-1])

    def answer(self) -> None:
        self.session.say("Done.")

    def enqueue(self) -> None:
        self.waiting.append(self._next())
        self.typed.append(self.waiting[-1])
        self._queue("enqueue", self.waiting[-1])

    def notify(self) -> None:
        """The client itself puts something into the queue."""
        text = "<task-notification>\n<task-id>b1</task-id>\n</task-notification>"
        self.waiting.append(text)
        self._queue("enqueue", text)

    def dequeue(self) -> None:
        """Taken off; if the client is ended now, no line says it."""
        if self.waiting:
            self.dequeued.append(self.waiting.pop(0))
            self._queue("dequeue")

    def say_dequeued(self) -> None:
        """All that was taken off, in one line."""
        texts = [text for text in self.dequeued if not text.startswith("<")]
        if texts:
            self.typed = [text for text in self.typed if text not in texts]
            self.typed.append("\n".join(texts))
            self.session.prompt(self.typed[-1])
        self.dequeued = []

    def pop_all(self) -> None:
        """Back to the editor."""
        if self.waiting:
            self._queue("popAll", "\n".join(self.waiting))
            self.typed = [text for text in self.typed if text not in self.waiting]
            self.waiting = []

    def remove(self) -> None:
        """Said in mid-turn, as versions did before the attachment."""
        if self.waiting:
            self._hand_over()
            self._queue("remove")

    def remove_and_attach(self) -> None:
        if self.waiting:
            text = self._hand_over()
            self._queue("remove", text)
            self._attach(text)

    def attach_and_remove(self) -> None:
        if self.waiting:
            text = self._hand_over()
            self._attach(text)
            self._queue("remove")

    def _hand_over(self) -> str:
        text = self.waiting.pop(0)
        if not text.startswith("<"):
            self.typed.remove(text)
            self.typed.append(text)
        return text

    def _attach(self, text: str) -> None:
        mode = "task-notification" if text.startswith("<") else "prompt"
        self.session.add_attachment(
            {"type": "queued_command", "prompt": text, "commandMode": mode}
        )


COMMAND = """<command-message>deploy</command-message>
<command-name>/deploy</command-name>
<command-args>prod</command-args>"""
STEPS = [
    "prompt", "answer", "enqueue", "notify", "dequeue", "say_dequeued", "pop_all",
    "remove", "remove_and_attach", "attach_and_remove",
]  # fmt: skip
STEP = st.tuples(st.sampled_from(STEPS), st.booleans())
"""What happens next, and whether a sync comes after it."""


@few_or_many(12, 400, st.lists(STEP, max_size=14))
@example([("enqueue", True), ("dequeue", True), ("say_dequeued", True)])
@example([("enqueue", True), ("enqueue", True), ("dequeue", False), ("dequeue", True)])
@example([("enqueue", True), ("attach_and_remove", True), ("answer", True)])
@example([("enqueue", True), ("pop_all", True), ("enqueue", False), ("remove", True)])
def test_a_prompt_that_waits_is_shown_once_however_it_is_read(
    steps: list[tuple[str, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, data = Path(folder) / "home", Path(folder) / "data"
        talk = Talk(home)
        for step, is_synced in steps:
            if step == "prompt" and (talk.waiting or talk.dequeued):
                continue  # it would wait, too
            getattr(talk, step)()
            if is_synced:
                sync(data, Settings(), home=home)
                assert sorted(_shown(data)) == sorted(talk.typed)
        sync(data, Settings(), home=home)
        followed = told(data)
        assert sorted(_shown(data)) == sorted(talk.typed)
        clean = Path(folder) / "clean"
        sync(clean, Settings(), home=home)
        assert followed == told(clean)
        sync(data, Settings(), home=home, full=True)
        assert followed == told(data)


def _shown(data: Path) -> list[str]:
    return [text for (text,) in ask(data, SHOWN)]


def test_a_prompt_at_the_end_of_a_session_is_found(data: Path, home: Path) -> None:
    talk = Talk(home)
    talk.answer()
    talk.enqueue()
    sync(data, Settings(), home=home)
    assert _shown(data) == talk.typed
    ((turns, title),) = ask(data, "select turns, title from session")
    assert (turns, title) == (2, "step 1 of the plan")


@pytest.mark.parametrize(
    ("queued", "sent"),
    [
        ("look at [Pasted text #1 +9 lines] first", "look at\nE   boom\nfirst"),
        ("[Image #1]", "what is wrong here?"),
        ("x" * 5_000, "x" * 5_000),
        ("/deploy prod", COMMAND),
        ("<ide_selection>lines 1 to 9:\nx = 1</ide_selection>\nuse y", "use y"),
    ],
)  # fmt: skip
def test_what_was_pasted_or_is_long_is_known_again(
    data: Path, home: Path, queued: str, sent: str
) -> None:
    talk = Talk(home)
    talk._queue("enqueue", queued)
    talk._queue("dequeue")
    sync(data, Settings(), home=home)
    assert len(_shown(data)) == 2
    talk.session.prompt(sent)
    sync(data, Settings(), home=home)
    assert len(_shown(data)) == 2
    assert ask(data, "select count(*) from record where native_id like 'queue:%'") == [
        (0,)
    ]


def test_who_says_it_twice_has_it_twice(data: Path, home: Path) -> None:
    talk = Talk(home)
    for _ in range(2):
        talk._queue("enqueue", "go on")
    for _ in range(2):
        talk._queue("dequeue")
    talk.session.prompt("go on")
    sync(data, Settings(), home=home)
    assert _shown(data).count("go on") == 2
    talk.session.prompt("go on")
    sync(data, Settings(), home=home)
    assert _shown(data).count("go on") == 2


def test_a_command_without_words_is_no_prompt(data: Path, home: Path) -> None:
    talk = Talk(home)
    for text in ("/init", "/compact", "/model opus"):
        talk._queue("enqueue", text)
    sync(data, Settings(), home=home)
    assert _shown(data) == talk.typed
