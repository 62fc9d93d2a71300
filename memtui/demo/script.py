"""The demo's words as values: ``content/*.toml``, read and nothing more."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from memtui.model import Agent, SessionKind, Trust

Fate = Literal["", "kept", "pinned", "excluded", "pruned"]
"""What the person decided; empty: nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptMemory:
    """One memory, found in the turn that it stands under."""

    type: str
    title: str
    body: str
    quotes: tuple[str, ...]
    """Words of the turn's records; each is evidence."""
    rule: str
    confidence: float
    trust: Trust | None
    """None: it follows from who said the first quote."""
    facts: tuple[str, ...]
    files: tuple[str, ...]
    tags: tuple[str, ...]
    fate: Fate
    scope: str
    supersedes: str
    """Title of an older memory of the project that holds no more; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptTurn:
    """What the person typed and what followed."""

    after: int
    """Minutes since the turn before."""
    prompt: str
    steps: tuple[dict[str, Any], ...]
    """Each has one verb: say, think, run, read, search, edit, web, ask, plan, task."""
    memories: tuple[ScriptMemory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSession:
    """One session of a project, dated relative to today."""

    slug: str
    title: str
    agent: Agent
    kind: SessionKind
    parent: str
    """Slug of the session that started this subagent."""
    branch: str
    ago: int | None
    """Minutes before now at which it began, or None: see ``day`` and ``at``."""
    day: int
    """Days before today."""
    at: tuple[int, int]
    """Local hour and minute at which it began."""
    gone: bool
    """Its transcript was deleted by the agent since."""
    faults: tuple[int, ...]
    """Lines of the transcript that could not be read."""
    turns: tuple[ScriptTurn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptNote:
    """A memory that the person wrote by hand."""

    type: str
    text: str
    body: str
    day: int
    at: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptProject:
    """One invented project with its sessions."""

    name: str
    path: str
    notes: tuple[ScriptNote, ...]
    sessions: tuple[ScriptSession, ...]


def projects() -> list[ScriptProject]:
    """Every project of the demo, in the order of their file names."""
    folder = resources.files("memtui.demo") / "content"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=str)
    return [_project(tomllib.loads(f.read_text(encoding="utf-8"))) for f in files]


def _project(said: dict[str, Any]) -> ScriptProject:
    return ScriptProject(
        name=said["name"],
        path=said["path"],
        notes=tuple(map(_note, said.get("note", ()))),
        sessions=tuple(map(_session, said["session"])),
    )


def _note(said: dict[str, Any]) -> ScriptNote:
    return ScriptNote(
        type=said["type"],
        text=said["text"],
        body=said["body"],
        day=said["day"],
        at=_clock(said["at"]),
    )


def _clock(said: str) -> tuple[int, int]:
    hour, _, minute = said.partition(":")
    return int(hour), int(minute)


def _session(said: dict[str, Any]) -> ScriptSession:
    return ScriptSession(
        slug=said["slug"],
        title=said["title"],
        agent=Agent(said["agent"]),
        kind=SessionKind(said.get("kind", SessionKind.INTERACTIVE)),
        parent=said.get("parent", ""),
        branch=said["branch"],
        ago=said.get("ago"),
        day=said.get("day", 0),
        at=_clock(said.get("at", "0:00")),
        gone=said.get("gone", False),
        faults=tuple(said.get("faults", ())),
        turns=tuple(map(_turn, said["turn"])),
    )


def _turn(said: dict[str, Any]) -> ScriptTurn:
    return ScriptTurn(
        after=said.get("after", 0),
        prompt=said["you"].strip(),
        steps=tuple(said.get("steps", ())),
        memories=tuple(map(_memory, said.get("memory", ()))),
    )


def _memory(said: dict[str, Any]) -> ScriptMemory:
    return ScriptMemory(
        type=said["type"],
        title=said["title"],
        # wrapped in the file to be read there; one paragraph here
        body=" ".join(said["body"].split()),
        quotes=(said["quote"], *said.get("also", ())),
        rule=said["rule"],
        confidence=said["confidence"],
        trust=Trust(said["trust"]) if "trust" in said else None,
        facts=tuple(said.get("facts", ())),
        files=tuple(said.get("files", ())),
        tags=tuple(said.get("tags", ())),
        fate=said.get("state", ""),
        scope=said.get("scope", "project"),
        supersedes=said.get("supersedes", ""),
    )
