"""How Claude Code 2.1 writes a session file, record by record.

Base fields, uuid chains, shared message ids and patches are here;
``tests.factories`` says what happens in a session.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CWD = "/home/dev/src/harbor-api"
VERSION = "2.1.210"
START_MS = 1_795_080_600_000
"""Thu 19 Nov 2026, 09:30 UTC."""
STEP_MS = 7_000


def project_folder(cwd: str) -> str:
    """The folder under ``projects`` that Claude Code makes of a cwd."""
    return re.sub(r"[^A-Za-z0-9]", "-", cwd)


@dataclass
class Writer:
    """The file of one session: records, each one chained to the last."""

    home: Path
    session: str = "5f0c1a52-77b4-4f0e-9d35-0a4c1e6f2b10"
    cwd: str = CWD
    branch: str = "main"
    version: str = VERSION
    entrypoint: str = "cli"
    start_ms: int = START_MS
    agent_id: str = ""
    """Set: the file is this subagent's, beside its parent's."""
    lines: list[str] = field(default_factory=list)
    now: int = field(init=False)
    leaf: str | None = None
    _count: int = 0
    _message: str = ""

    def __post_init__(self) -> None:
        self.now = self.start_ms
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self.path.touch()

    @property
    def path(self) -> Path:
        """The session's file."""
        folder = self.home / ".claude" / "projects" / project_folder(self.cwd)
        if self.agent_id:
            name = f"agent-{self.agent_id}.jsonl"
            return folder / self.session / "subagents" / name
        return folder / f"{self.session}.jsonl"

    def record(self, body: Json) -> str:
        """Append one record as it is. Gives its line."""
        line = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self.raw(line.encode("utf-8", "surrogatepass") + b"\n")
        self.lines.append(line)
        return line

    def raw(self, data: bytes) -> None:
        """Append bytes as they are, torn or not."""
        with self.path.open("ab") as file:
            file.write(data)

    def add_user(self, content: object, **fields: object) -> str:
        """A user record: the person's words, or what was put there."""
        self._message = ""
        message = {"role": "user", "content": content}
        return self.add_conversation("user", {"message": message, **fields})

    def add_answer(self, block: Json) -> str:
        """One block of the agent's answer."""
        # One answer is several records, one block each, sharing the message id.
        if not self._message:
            self._message = f"msg_{self.next_uuid().replace('-', '')[:24]}"
        message = {
            "id": self._message, "type": "message", "role": "assistant",
            "model": "claude-opus-4-8", "content": [block],
            "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": 12, "cache_creation_input_tokens": 884,
                "cache_read_input_tokens": 20_416, "output_tokens": 96,
                "service_tier": "standard",
            },
        }  # fmt: skip
        fields = {"message": message, "requestId": f"req_{self._count:024d}"}
        return self.add_conversation("assistant", fields)

    def add_use(self, name: str, arguments: Json) -> str:
        """A tool call. Gives its id."""
        call = f"toolu_{self.next_uuid().replace('-', '')[:24]}"
        self.add_answer(
            {"type": "tool_use", "id": call, "name": name, "input": arguments}
        )
        return call

    def add_result(
        self, call: str, content: object, result: Json | str, *, failed: bool = False
    ) -> None:
        """What a tool call gave back."""
        block: Json = {"tool_use_id": call, "type": "tool_result", "content": content}
        if failed:
            block["is_error"] = True
        source = self.leaf
        self.add_user([block], toolUseResult=result, sourceToolAssistantUUID=source)

    def add_attachment(self, attachment: Json) -> str:
        """What the client or a hook attaches."""
        return self.add_conversation("attachment", {"attachment": attachment})

    def add_system(self, subtype: str, **fields: object) -> str:
        """A note of the client to itself."""
        return self.add_conversation(
            "system", {"subtype": subtype, "level": "info", "isMeta": False, **fields}
        )

    def add_conversation(self, kind: str, fields: Json) -> str:
        """A record with all base fields. Gives its uuid."""
        own = self.next_uuid()
        body: Json = {
            "parentUuid": self.leaf, "isSidechain": bool(self.agent_id),
            "userType": "external", "entrypoint": self.entrypoint, "cwd": self.cwd,
            "sessionId": self.session, "version": self.version,
            "gitBranch": self.branch, "type": kind, **fields,
            "uuid": own, "timestamp": self.next_stamp(),
        }  # fmt: skip
        if self.agent_id:
            body["agentId"] = self.agent_id
        self.record(body)
        self.leaf = own
        return own

    def next_uuid(self) -> str:
        """The next id of this file, the same in every run."""
        self._count += 1
        name = f"{self.session}/{self.agent_id}/{self._count}"
        return str(uuid.uuid5(uuid.NAMESPACE_OID, name))

    def next_stamp(self) -> str:
        """The next time, some seconds on."""
        self.now += STEP_MS
        moment = datetime.fromtimestamp(self.now / 1_000, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def full_path(self, path: str) -> str:
        """The path as the client writes it: absolute."""
        return path if path.startswith("/") else f"{self.cwd}/{path}"


def hunk(old: str, new: str, start: int = 1) -> Json:
    """One hunk of a ``structuredPatch``, without context lines."""
    before, after = old.splitlines(), new.splitlines()
    rows: list[str] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            rows += [f" {row}" for row in before[i1:i2]]
            continue
        rows += [f"-{row}" for row in before[i1:i2]]
        rows += [f"+{row}" for row in after[j1:j2]]
    return {
        "oldStart": start, "oldLines": len(before),
        "newStart": start, "newLines": len(after), "lines": rows,
    }  # fmt: skip
