"""What a person would count in agents' files, without any of our readers.

By agent: transcripts that hold a conversation, subagents' apart, the native ids of
conversation records, and lines that cannot be read: as ``sync --json`` and ``stats
--json`` say.
"""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Counted:
    """What one agent's files hold."""

    sessions: int = 0
    native_ids: set[str] = field(default_factory=set)
    faults: int = 0
    """Lines that are no JSON object, blank ones apart."""

    def lines(self, path: Path) -> list[dict[str, Any]]:
        """The objects of a file's lines."""
        read = [_object(raw) for raw in path.read_bytes().split(b"\n") if raw.strip()]
        self.faults += read.count(None)
        return [line for line in read if line is not None]

    def add(self, ids: set[str], *, subagent: bool = False) -> None:
        """One more transcript."""
        self.native_ids |= ids
        self.sessions += bool(ids) and not subagent


def claude_code(home: Path) -> Counted:
    """Lines of type ``user`` and ``assistant`` with a uuid."""
    counted = Counted()
    for path in (home / ".claude" / "projects").rglob("*.jsonl"):
        ids = {
            line["uuid"]
            for line in counted.lines(path)
            if line.get("type") in ("user", "assistant") and line.get("uuid")
        }
        below = path.stem.startswith("agent-") or "subagents" in path.parts
        counted.add(ids, subagent=below)
    return counted


def codex(home: Path) -> Counted:
    """Lines of type ``response_item``: the payload's id, else what it says and when."""
    counted = Counted()
    for path in (home / ".codex").rglob("rollout-*.jsonl"):
        items = [
            line
            for line in counted.lines(path)
            if line.get("type") == "response_item" and line.get("payload")
        ]
        counted.add({item["payload"].get("id") or _hash(item) for item in items})
    return counted


def gemini_cli(home: Path) -> Counted:
    """Messages of every type, of files of one object and of files of events."""
    counted = Counted()
    for path in (home / ".gemini" / "tmp").rglob("chats/**/*.json*"):
        whole = path.suffix == ".json"
        lines = (
            json.loads(path.read_bytes())["messages"] if whole else counted.lines(path)
        )
        said = [
            message
            for line in lines
            for message in (line, *(line.get("$set") or {}).get("messages", ()))
        ]
        counted.add({message["id"] for message in said if message.get("id")})
    return counted


def opencode(home: Path) -> Counted:
    """Messages of the database and of the older tree of files, by session."""
    counted = Counted()
    folder = home / ".local" / "share" / "opencode"
    for path in folder.glob("storage/session/*/*.json"):
        session = json.loads(path.read_bytes())
        files = folder.glob(f"storage/message/{session['id']}/*.json")
        ids = {file.stem for file in files}
        counted.add(ids, subagent=bool(session.get("parentID")))
    for path in folder.glob("opencode*.db"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
            said = "select id from message where session_id = ?"
            for id_, parent in conn.execute("select id, parent_id from session"):
                ids = {row[0] for row in conn.execute(said, (id_,))}
                counted.add(ids, subagent=bool(parent))
    return counted


ORACLES = {
    "claude-code": claude_code,
    "codex": codex,
    "gemini-cli": gemini_cli,
    "opencode": opencode,
}


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _hash(item: dict[str, Any]) -> str:
    said = f"{item.get('timestamp')}{json.dumps(item['payload'], sort_keys=True)}"
    return hashlib.sha256(said.encode()).hexdigest()
