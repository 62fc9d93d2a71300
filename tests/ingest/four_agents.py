"""A home in which all four agents have worked, and go on working, torn and whole."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.factories import Say, Turn, transcript
from tests.ingest.material import RICH, rich_session, with_subagent
from tests.opencode_writer import Database

FIXTURES = Path(__file__).parents[1] / "fixtures"
GEMINI_CHAT = Path(".gemini/tmp/harbour/chats/session-2026-02-03T09-05-aaaa0002.jsonl")
CODEX_CHAT = Path(
    ".codex/sessions/2026/03/02/"
    "rollout-2026-03-02T09-00-00-00000000-0000-7000-8000-000000000005.jsonl"
)
MORE = {
    ".claude": b'{"type":"custom-title","customTitle":"Renamed","sessionId":"x"}\n',
    ".codex": b'{"timestamp":"2026-03-02T10:00:00.000Z","type":"response_item",'
    b'"payload":{"type":"message","role":"user","content":[{"type":"input_text",'
    b'"text":"never stamp the deadline in enqueue"}]}}\n',
    ".gemini": b'{"id":"more","timestamp":"2026-02-03T10:00:00.000Z","type":"user",'
    b'"content":[{"text":"always paint it green, never blue"}]}\n',
}
"""A line that each agent may add, by its folder."""


class FourAgents:
    """Writes what agents write; every file of theirs can be torn in between."""

    def __init__(self, home: Path) -> None:
        self.home = home
        rich_session(home)
        with_subagent(home)
        for number in range(6):
            turns = (*RICH, Turn(f"session number {number}", Say("Yes.")))
            transcript(turns=turns, home=home)
        shutil.copytree(FIXTURES / "codex", home / ".codex")
        shutil.copytree(FIXTURES / "gemini-cli", home / ".gemini")
        sessions = json.loads((FIXTURES / "opencode" / "sessions.json").read_text())
        self._database = Database(home / ".local/share/opencode/opencode.db")
        self._late = [message for one in sessions for message in one["messages"][-1:]]
        for session in sessions:
            self._database.put({**session, "messages": session["messages"][:-1]})

    def close(self) -> None:
        """OpenCode ends."""
        self._database.close()

    def tear(self) -> None:
        """Every agent is in the middle of a line."""
        self._add(lambda line: line[: len(line) // 2])
        for message in self._late:
            self._database.put_message(message["info"])

    def go_on(self) -> None:
        """Every agent ends its line."""
        self._add(lambda line: line[len(line) // 2 :])
        for message in self._late:
            for part in message["parts"]:
                self._database.put_part(part)

    def _add(self, part: Callable[[bytes], bytes]) -> None:
        chats = [self.home / GEMINI_CHAT, self.home / CODEX_CHAT]
        for path in [*(self.home / ".claude").rglob("*.jsonl"), *chats]:
            more = MORE[path.relative_to(self.home).parts[0]]
            with path.open("ab") as file:
                file.write(part(more))
