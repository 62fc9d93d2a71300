"""A conversation in a few words: each method adds what a reader would make of it."""

from msgspec.structs import replace

from memtui.distil import distil
from memtui.model import Agent, RecordKind, SessionKind, Tool
from memtui.records import Observation, Record, SessionFacts
from memtui.settings import Settings

ROOT = "/home/ida/ferry"
START = 1_760_000_000_000


class Talk:
    """Records of one session, in order, a minute apart."""

    def __init__(self, *, kind: SessionKind = SessionKind.INTERACTIVE) -> None:
        self.records: list[Record] = []
        self.facts = SessionFacts(
            agent=Agent.CLAUDE_CODE, native_id="s-1", kind=kind, cwd=ROOT,
            started_at=START,
        )  # fmt: skip
        self._calls = 0

    def says(self, text: str) -> "Talk":
        """The person."""
        return self._add(RecordKind.PROMPT, text)

    def answers(self, text: str) -> "Talk":
        """The agent."""
        return self._add(RecordKind.RESPONSE, text)

    def sums_up(self, text: str) -> "Talk":
        """The client."""
        return self._add(RecordKind.SUMMARY, text)

    def is_told(self, text: str) -> "Talk":
        """A hook."""
        return self._add(RecordKind.CONTEXT, text)

    def runs(self, command: str, output: str = "", *, failed: bool = False) -> "Talk":
        """A shell command and its result."""
        call = self._call()
        self._add(
            RecordKind.TOOL_USE, command, tool=Tool.SHELL, command=command, call=call
        )
        return self._add(
            RecordKind.TOOL_RESULT, output, tool=Tool.SHELL, command=command, call=call,
            failed=failed,
        )  # fmt: skip

    def edits(self, *paths: str, patch: str = "") -> "Talk":
        """A change of each file."""
        for path in paths:
            call, full = self._call(), f"{ROOT}/{path}"
            self._add(RecordKind.TOOL_USE, path, tool=Tool.EDIT, call=call)
            self._add(
                RecordKind.TOOL_RESULT, "updated", tool=Tool.EDIT, call=call,
                writes=(full,), patch=patch,
            )  # fmt: skip
        return self

    def reads(self, *paths: str) -> "Talk":
        """A look at each file."""
        for path in paths:
            self._add(RecordKind.TOOL_USE, path, tool=Tool.READ, call=self._call())
        return self

    def looks_at(self, *paths: str) -> "Talk":
        """A look at each file that the reader heard of."""
        for path in paths:
            self._add(
                RecordKind.TOOL_USE, path, tool=Tool.READ, call=self._call(),
                reads=(f"{ROOT}/{path}",),
            )  # fmt: skip
        return self

    def chooses(self, question: str, answer: str) -> "Talk":
        """An answered question."""
        return self._add(
            RecordKind.TOOL_RESULT, "", tool=Tool.ASK, answers=((question, answer),)
        )

    def plans(self, plan: str, *, refused: bool = False) -> "Talk":
        """A plan and what the person thought of it."""
        call = self._call()
        self._add(RecordKind.TOOL_USE, plan, tool=Tool.PLAN, call=call)
        return self._add(
            RecordKind.TOOL_RESULT, "", tool=Tool.PLAN, call=call, failed=refused
        )

    def distilled(self, *, without: tuple[str, ...] = ()) -> list[Observation]:
        """What is remembered of it."""
        settings = Settings(disabled_rules=without)
        return distil(self.facts, self.records, settings=settings)

    def by_rule(self, rule: str) -> list[Observation]:
        """What one rule remembers of it."""
        return [o for o in self.distilled() if o.rule == rule]

    def _call(self) -> str:
        self._calls += 1
        return f"call-{self._calls}"

    def _add(self, kind: RecordKind, text: str, **changes: object) -> "Talk":
        number = len(self.records) + 1
        record = Record(
            native_id=f"r-{number:03}", kind=kind, at=START + number * 60_000,
            text=text, line=number, cwd=ROOT, branch="main",
        )  # fmt: skip
        self.records.append(replace(record, **changes))
        return self


def worked(talk: Talk) -> Talk:
    """The same talk after enough steps to count as work."""
    return talk.reads("a.py", "b.py", "c.py", "d.py", "e.py")


def words(observation: Observation) -> str:
    """Title and body as one text."""
    return f"{observation.title}\n{observation.body}"
