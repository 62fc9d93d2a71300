"""claude-mem: observations and summaries of sessions, from its ``claude-mem.db``.

Its schema grew by migrations, 52 of them by 13.25.3: what a database lacks is empty.
A row is known again by its session, its time and its words, not by its number, which
begins at 1 on each machine. Its observations were made by a model that watched.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui.importers import claude_mem_sessions
from memtui.importers.base import (
    Column,
    Faults,
    Importer,
    NotTheirs,
    Remembered,
    Row,
    columns_of,
    fates,
    moment,
    rows,
    text,
    texts,
)
from memtui.importers.sessions import Sessions
from memtui.model import Agent, observation_id
from memtui.readers.foreign import reading

TOOL: Final = "claude-mem"
SUMMARY_TAG: Final = "session-summary"

TYPES: Final = {
    "bugfix": "bugfix", "feature": "feature", "refactor": "refactor",
    "change": "change", "discovery": "discovery", "decision": "decision",
    "security_alert": "security", "security_note": "security",
    "sensitive": "security",
}  # fmt: skip
"""Its types by ours. Any other one is a discovery, tagged with its own name."""
_PRIVATE: Final = "sensitive"
_AGENTS: Final = {"claude": "claude-code", "gemini": "gemini-cli"}

FATES: Final[dict[str, dict[str, str]]] = {
    "observations": {
        "id": "evidence: claude-mem observations/ID",
        "memory_session_id": "finds the session",
        "sdk_session_id": "finds the session",
        "project": "project",
        "text": "body, behind the narrative or instead of it",
        "type": "type; one that is not ours: discovery and a tag",
        "title": "title",
        "subtitle": "first line of the body",
        "facts": "facts",
        "narrative": "body",
        "concepts": "tags",
        "files_read": "files, behind those that were changed",
        "files_modified": "files",
        "prompt_number": "evidence",
        "created_at": "time, where the number beside it is none",
        "created_at_epoch": "time",
        "discovery_tokens": "-what it cost claude-mem to make",
        "content_hash": "-made from the words, which are taken",
        "generated_by_model": "evidence",
        "relevance_count": "-never counted by claude-mem",
        "merged_into_project": "project, instead of the one above",
        "agent_type": "evidence",
        "agent_id": "-number of a subagent within its session",
        "metadata": "facts",
    } | claude_mem_sessions.SYNC,
    "session_summaries": {
        "id": "evidence: claude-mem session_summaries/ID",
        "memory_session_id": "finds the session",
        "sdk_session_id": "finds the session",
        "project": "project",
        "request": "title",
        "investigated": "body",
        "learned": "body",
        "completed": "body",
        "next_steps": "body",
        "notes": "body",
        "files_read": "files, behind those that were changed",
        "files_edited": "files",
        "prompt_number": "evidence",
        "created_at": "time, where the number beside it is none",
        "created_at_epoch": "time",
        "discovery_tokens": "-what it cost claude-mem to make",
        "merged_into_project": "project, instead of the one above",
    } | claude_mem_sessions.SYNC,
    "sdk_sessions": {
        "id": "joins prompts to it",
        "content_session_id": "session",
        "claude_session_id": "session",
        "memory_session_id": "joins observations to it",
        "sdk_session_id": "joins observations to it",
        "project": "project, where a row has none",
        "platform_source": "agent",
        "started_at_epoch": "time, where a row has none",
        "custom_title": "-rename the session to have it",
        "user_prompt": "-the first of the prompts",
    } | dict.fromkeys(
        ("started_at", "completed_at", "completed_at_epoch", "status", "worker_port",
         "prompt_counter", "observed_model", "observed_billing"),
        "-bookkeeping of claude-mem's worker",
    ),
} | claude_mem_sessions.FATES  # fmt: skip
"""What becomes of each column; ``-``: it is not taken, and why."""

_PARTS: Final = (
    ("investigated", "Investigated"), ("learned", "Learned"),
    ("completed", "Completed"), ("next_steps", "Next steps"), ("notes", "Notes"),
)  # fmt: skip
_FOLDERS: Final = """
    select content_session_id, cwd, min(rowid) from tool_uses
    where cwd is not null and cwd <> '' and length(cwd) < 4096
    group by content_session_id
"""


@dataclass(frozen=True, slots=True)
class _Session:
    native_id: str = ""
    agent: Agent | None = None
    project: str = ""
    started_at: int = 0
    cwd: str = ""


@dataclass(slots=True)
class ClaudeMem:
    """An opened database of claude-mem."""

    conn: sqlite3.Connection
    faults: Faults = field(default_factory=lambda: Faults({}))
    _sessions: dict[str, _Session] = field(default_factory=dict)

    def memories(self) -> Iterator[Remembered]:
        """Observations, then summaries."""
        self._sessions = dict(self._known_sessions())
        for table, made in (
            ("observations", self._observation), ("session_summaries", self._summary)
        ):  # fmt: skip
            for row in rows(self.conn, table, list(FATES[table]), self.faults):
                if (one := made(row)) is not None:
                    yield one
                else:
                    self.faults.add(f"{table}: says nothing")

    def sessions(self) -> Sessions:
        """Prompts and calls of sessions of Claude Code."""
        return claude_mem_sessions.sessions_of(self.conn, self.faults)

    def columns(self) -> Iterator[Column]:
        """Every column of the tables that are read."""
        return fates(self.conn, FATES)

    def _known_sessions(self) -> Iterator[tuple[str, _Session]]:
        folders = dict(self._folders())
        wanted = list(FATES["sdk_sessions"])
        for row in rows(self.conn, "sdk_sessions", wanted, self.faults):
            native = text(row.get("content_session_id", row.get("claude_session_id")))
            key = text(row.get("memory_session_id", row.get("sdk_session_id")))
            yield (
                key or native,
                _Session(
                    native_id=native,
                    agent=_agent(text(row.get("platform_source")) or "claude"),
                    project=text(row.get("project")),
                    started_at=moment(row.get("started_at_epoch")),
                    cwd=folders.get(native, ""),
                ),
            )

    def _folders(self) -> Iterator[tuple[str, str]]:
        """Where sessions were held, as their tool calls say."""
        if {"content_session_id", "cwd"} <= set(columns_of(self.conn, "tool_uses")):
            for session, cwd, _ in self.conn.execute(_FOLDERS):
                yield text(session), text(cwd)

    def _observation(self, row: Row) -> Remembered | None:
        said = text(row.get("type")).strip().lower()
        tags = [one.partition(":")[0].strip() for one in texts(row.get("concepts"))]
        if said not in TYPES or TYPES[said] != said:
            tags += [said]
        parts = (row.get("subtitle"), row.get("narrative"), row.get("text"))
        body = list(dict.fromkeys(one.strip() for one in map(text, parts)))
        return self._made(
            "observations", row, title=text(row.get("title")), body=body,
            type_=TYPES.get(said, "discovery"), tags=tags, private=said == _PRIVATE,
            facts=(*texts(row.get("facts")), *texts(row.get("metadata"))),
            changed="files_modified",
        )  # fmt: skip

    def _summary(self, row: Row) -> Remembered | None:
        said = ((word, text(row.get(name)).strip()) for name, word in _PARTS)
        body = [f"{word}: {one}" for word, one in said if one]
        return self._made(
            "session_summaries", row, title=text(row.get("request")), body=body,
            type_="progress", tags=[SUMMARY_TAG], private=False, facts=(),
            changed="files_edited",
        )  # fmt: skip

    def _made(
        self,
        table: str,
        row: Row,
        *,
        title: str,
        body: list[str],
        type_: str,
        tags: list[str],
        private: bool,
        facts: tuple[str, ...],
        changed: str,
    ) -> Remembered | None:
        said = [one for one in body if one]
        named = title.strip() or (said.pop(0) if said else "") or "\n".join(facts)
        if not named:
            return None
        key = text(row.get("memory_session_id", row.get("sdk_session_id")))
        session = self._sessions.get(key, _Session())
        at = moment(row.get("created_at_epoch"), row.get("created_at"))
        words = "\n".join((title, *body))
        name = f"{session.native_id or key}:{at}:{table}"
        return Remembered(
            id=observation_id(TOOL, name, 0, words),
            type=type_,
            title=named,
            body="\n\n".join(said),
            at=at or session.started_at,
            facts=facts,
            tags=tuple(tags),
            files=(*texts(row.get(changed)), *texts(row.get("files_read"))),
            source=f"{TOOL} {table}/{row.get('id', row['rowid'])}",
            told=_told(row),
            session=session.native_id,
            agent=session.agent,
            project=(
                text(row.get("merged_into_project"))
                or text(row.get("project"))
                or session.project
            ),
            cwd=session.cwd,
            is_private=private,
        )


@contextmanager
def opened(path: Path) -> Iterator[ClaudeMem]:
    """The database at this path.

    Raises:
        OSError: it cannot be read.
        NotTheirs: it is another one.
    """
    with reading(str(path)) as conn:
        if not columns_of(conn, "observations") and not columns_of(
            conn, "session_summaries"
        ):
            raise NotTheirs("it has neither observations nor session_summaries")
        yield ClaudeMem(conn)


def _agent(platform: str) -> Agent | None:
    try:
        return Agent(_AGENTS.get(platform, platform))
    except ValueError:
        return None


def _told(row: Row) -> str:
    parts = (
        ("prompt", "prompt_number"), ("by", "generated_by_model"),
        ("in a subagent", "agent_type"),
    )  # fmt: skip
    said = ((word, text(row.get(name)).strip()) for word, name in parts)
    return ", ".join(f"{word} {one}" for word, one in said if one)


IMPORTER: Final = Importer(file="claude-mem.db", opened=opened)
