"""Transcripts of our own making, in the shapes that the clients write.

``transcript(agent, turns, home=...)`` writes one session file under a home
folder and gives its path back. A turn is what the person typed and the steps
that followed::

    transcript("claude-code", [
        Turn("the lease starts too early", Say("Right."), Bash("go test", "ok")),
        Turn("always run gofmt", Edit("lease.go", "a := 1", "a := 2")),
    ], home=home)

``Session`` is the same, step by step, for a file that grows while it is read.
Every id and time follows from ``session`` and the order of the calls: the same
calls write the same bytes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.claude_session import Session, Step
from tests.claude_writer import CWD, START_MS, VERSION

__all__ = [
    "CWD", "DEFAULT_TURNS", "START_MS", "VERSION", "Ask", "Bash", "Compact", "Context",
    "Edit", "Plan", "Read", "Say", "Session", "Step", "Subagent", "Think", "Turn",
    "Write", "transcript",
]  # fmt: skip


@dataclass(frozen=True)
class Say:
    """The agent answers in words."""

    text: str

    def write(self, session: "Session") -> None:
        session.say(self.text)


@dataclass(frozen=True)
class Think:
    """The agent thinks."""

    text: str

    def write(self, session: "Session") -> None:
        session.think(self.text)


@dataclass(frozen=True)
class Bash:
    """The agent runs a command and sees its output."""

    command: str
    output: str = ""
    failed: bool = False

    def write(self, session: "Session") -> None:
        session.bash(self.command, self.output, failed=self.failed)


@dataclass(frozen=True)
class Read:
    """The agent reads a file."""

    path: str
    content: str = ""

    def write(self, session: "Session") -> None:
        session.read(self.path, self.content)


@dataclass(frozen=True)
class Edit:
    """The agent replaces one text of a file by another."""

    path: str
    old: str
    new: str
    start: int = 1

    def write(self, session: "Session") -> None:
        session.edit(self.path, self.old, self.new, start=self.start)


@dataclass(frozen=True)
class Write:
    """The agent makes a file."""

    path: str
    content: str

    def write(self, session: "Session") -> None:
        session.write(self.path, self.content)


@dataclass(frozen=True)
class Ask:
    """The agent asks, the person picks or types an answer."""

    question: str
    answer: str
    options: tuple[str, ...] = ()

    def write(self, session: "Session") -> None:
        session.ask(self.question, self.answer, options=self.options)


@dataclass(frozen=True)
class Plan:
    """The agent proposes a plan; ``rejected`` holds the person's objection."""

    text: str
    rejected: str = ""

    def write(self, session: "Session") -> None:
        session.plan(self.text, rejected=self.rejected)


@dataclass(frozen=True)
class Compact:
    """The client compacts the conversation into a summary of its own."""

    summary: str

    def write(self, session: "Session") -> None:
        session.compact(self.summary)


@dataclass(frozen=True)
class Context:
    """A SessionStart hook hands text to the model."""

    text: str
    event: str = "SessionStart"

    def write(self, session: "Session") -> None:
        session.context(self.text, event=self.event)


@dataclass(frozen=True)
class Subagent:
    """The agent starts a subagent, which has a file of its own."""

    prompt: str
    steps: tuple[Step, ...] = ()
    result: str = "Done."

    def write(self, session: "Session") -> None:
        session.subagent(self.prompt, self.steps, result=self.result)


@dataclass(frozen=True, init=False)
class Turn:
    """What the person typed, and the steps that followed."""

    prompt: str
    steps: tuple[Step, ...]

    def __init__(self, prompt: str, *steps: Step) -> None:
        object.__setattr__(self, "prompt", prompt)
        object.__setattr__(self, "steps", steps)

    def write(self, session: "Session") -> None:
        if self.prompt:
            session.prompt(self.prompt)
        for step in self.steps:
            step.write(session)


DEFAULT_TURNS: tuple[Turn, ...] = (
    Turn(
        "deliveries double under load, find out why",
        Say("I will read the lease code first."),
        Read("internal/delivery/lease.go", "package delivery\n\ntype Lease struct{}\n"),
        Bash(
            "go test ./internal/delivery -run Lease -count 50",
            "--- FAIL: TestLeaseSurvivesSlowConsumer (2.31s)\nFAIL",
            failed=True,
        ),
    ),
    Turn(
        "no, look: the lease starts when we enqueue it, not when we send it. "
        "Always stamp deadlines in attempt()",
        Say("You are right: enqueue() stamps the deadline, so waiting counts."),
        Edit(
            "internal/delivery/lease.go",
            "if l.Deadline.Before(clock.Now()) {\n\treturn ErrLeaseLost\n}",
            "if l.Deadline.IsZero() {\n\tl.Deadline = clock.Now().Add(l.Length)\n}",
            start=89,
        ),
        Bash("go test ./internal/delivery -run Lease -count 50", "ok\t12.104s"),
        Bash(
            'git commit -am "Start the lease clock at the first attempt"',
            "[fix/retry-storm 4be1f02] Start the lease clock at the first attempt\n"
            " 1 file changed, 2 insertions(+), 2 deletions(-)",
        ),
    ),
)
"""A short believable session: a failure, a correction, a fix, a commit."""


def transcript(
    agent: str = "claude-code",
    turns: Sequence[Turn | str] = DEFAULT_TURNS,
    *,
    home: Path,
    cwd: str = CWD,
    session: str = "",
    branch: str = "main",
    title: str = "",
    version: str = VERSION,
    entrypoint: str = "cli",
    start_ms: int = START_MS,
) -> Path:
    """Write one session file under ``home`` and give its path back.

    Args:
        agent: only ``claude-code`` so far.
        turns: ``Turn`` objects, or plain prompts, each with a short answer.
        session: the session's id; "": one that follows from cwd and turns.
        title: an ``ai-title`` record at the end, if not empty.
        entrypoint: ``cli``, or ``sdk-cli`` for an automated session.
        start_ms: time of the first record, Unix milliseconds.
    """
    if agent != "claude-code":
        raise ValueError(f"no factory for {agent} yet")
    native = session or str(
        uuid.uuid5(uuid.NAMESPACE_URL, f"{cwd}|{start_ms}|{turns!r}")
    )
    writer = Session(
        home, session=native, cwd=cwd, branch=branch, version=version,
        entrypoint=entrypoint, start_ms=start_ms,
    )  # fmt: skip
    for turn in turns:
        (Turn(turn, Say("Done.")) if isinstance(turn, str) else turn).write(writer)
    if title:
        writer.title(title)
    return writer.path
