"""From the script to a store, through the doors of ingest and of curation.

The four weeks are lived through in order: a session starts and receives what
was kept so far; soon after its end the person decides about what it left.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from memtui import distil
from memtui.curate import Curator
from memtui.demo.records import MINUTE_MS, Told, moment, tellings
from memtui.demo.script import Fate, ScriptNote, ScriptProject, projects
from memtui.inject import delivery
from memtui.inject.export import export_projects, inject
from memtui.model import Agent, Project, RecordKind
from memtui.paths import store_path
from memtui.records import Fault, Record
from memtui.settings import Settings
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.ingest.writes import Batch, Delivered, Position, Store
from memtui.store.queries import StoreView

LATER_MS: Final = 3 * MINUTE_MS
"""How long after a session the person looks at what it left."""
_RECEIVE: Final = frozenset({Agent.CLAUDE_CODE, Agent.CODEX})
"""Agents whose transcripts record what a hook gave them."""
_HOMES: Final = {
    Agent.CLAUDE_CODE: ".claude/projects/{slug}/{session}.jsonl",
    Agent.CODEX: ".codex/sessions/rollout-{session}.jsonl",
    Agent.GEMINI_CLI: ".gemini/tmp/{project}/chats/session-{session}.jsonl",
    Agent.OPENCODE: ".local/share/opencode/opencode.db#{session}",
}


def fill_store(data: Path, *, today_ms: int) -> None:
    """Write the demo store; see ``memtui.demo.build``."""
    settings = Settings()
    scripts = projects()
    gone: list[str] = []
    with Store(store_path(data)) as store, _Person(data, settings, today_ms) as person:
        notes = sorted(
            ((moment(today_ms, n.day, n.at), p, n) for p in scripts for n in p.notes),
            key=lambda written: written[0],
        )
        for project, told in tellings(scripts, today_ms):
            while notes and notes[0][0] < (told.facts.started_at or 0):
                person.writes(*notes.pop(0))
            received = person.receives(project, told)
            batch = _batch(project, told, received)
            with store.transaction():
                session = store.apply(batch).session
                assert session is not None
                store.replace_observations(session, told.observations, distil.VERSION)
            person.decide(project, told)
            if told.script.gone:
                gone.append(batch.path)
        store.mark_gone(gone, today_ms)
    export_projects(data, settings)


class _Person:
    """Decides about memories, at times that fit the sessions."""

    def __init__(self, data: Path, settings: Settings, now_ms: int) -> None:
        self._settings = settings
        self._now_ms = self._clock_ms = now_ms
        self._view = StoreView(store_path(data))
        self._act = Curator(
            data,
            settings,
            actor="person",
            export=lambda *_: None,  # once, at the end
            clock=lambda: self._clock_ms,
        )
        self._ids: dict[tuple[str, str], str] = {}
        """Ids of memories by project name and title."""

    def __enter__(self) -> "_Person":
        return self

    def __exit__(self, *_: object) -> None:
        self._act.close()
        self._view.close()

    def receives(self, project: ScriptProject, told: Told) -> Record | None:
        """What the SessionStart hook gives this session; None: nothing."""
        known = self._known(project)
        if known is None or told.facts.parent or told.facts.agent not in _RECEIVE:
            return None
        chosen = inject(self._view, self._settings, known, branch=told.facts.branch)
        if not chosen.items:
            return None
        return replace(
            told.records[0],
            native_id=f"attachment:{told.facts.native_id}",
            kind=RecordKind.CONTEXT,
            text=chosen.text,
            line=None,
        )

    def decide(self, project: ScriptProject, told: Told) -> None:
        """Act on what a session left, soon after its end."""
        fates: dict[Fate, list[str]] = {}
        for memory, observation in zip(told.memories, told.observations, strict=True):
            self._ids[project.name, memory.title] = observation.id
            fates.setdefault(memory.fate, []).append(observation.id)
        self._clock_ms = min((told.facts.ended_at or 0) + LATER_MS, self._now_ms)
        acts: dict[Fate, Callable[[list[str]], object]] = {
            "kept": self._act.keep,
            "pinned": self._act.pin,
            "excluded": self._act.exclude,
            "pruned": self._act.prune,
        }
        for fate, act in acts.items():
            if ids := fates.get(fate):
                act(ids)
                self._clock_ms = min(self._clock_ms + MINUTE_MS, self._now_ms)
        for memory, observation in zip(told.memories, told.observations, strict=True):
            if memory.scope != "project":
                self._act.scope([observation.id], memory.scope)
            if memory.supersedes:
                older = self._ids[project.name, memory.supersedes]
                self._act.supersede([older], observation.id)

    def writes(self, at: int, project: ScriptProject, note: ScriptNote) -> None:
        """Write down by hand what no session shows."""
        known = self._known(project)
        assert known is not None
        self._clock_ms = at
        self._act.add(note.text, type=note.type, body=note.body, project=known)

    def _known(self, project: ScriptProject) -> Project | None:
        return self._view.project_at(project.path)


def _batch(project: ScriptProject, told: Told, received: Record | None) -> Batch:
    facts = told.facts
    size = sum(map(len, told.lines))
    return Batch(
        agent=facts.agent,
        path=_path(project, told),
        facts=facts,
        records=(received, *told.records) if received else told.records,
        deliveries=_delivered(received) if received else (),
        faults=[
            Fault(line=line, reason="not JSON: the line ends in mid-string")
            for line in told.script.faults
        ],
        lines=told.lines,
        position=Position(
            size=size,
            offset=size,
            line=len(told.lines),
            mtime_ns=(facts.ended_at or 0) * 1_000_000,
        ),
        reader_version=1,
        root=ProjectRoot(path=project.path, name=project.name),
    )


def _delivered(received: Record) -> list[Delivered]:
    return [
        Delivered(
            record=received.native_id,
            part=received.part,
            export=found.export,
            items=found.items,
        )
        for found in delivery.find(received.text)
    ]


def _path(project: ScriptProject, told: Told) -> str:
    facts = told.facts
    session = facts.native_id
    if facts.parent:
        session = f"{facts.parent}/subagents/agent-{session[:8]}"
    place = _HOMES[facts.agent].format(
        slug=project.path.replace("/", "-"), project=project.name, session=session
    )
    return f"/home/mira/{place}"
