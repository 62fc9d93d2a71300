"""From the script to a store, through the doors of ingest and of curation."""

from pathlib import Path

from memtui import distil
from memtui.demo.records import Told, tellings
from memtui.demo.script import ScriptProject, projects
from memtui.model import Agent, Fault
from memtui.paths import store_path
from memtui.store.projects import ProjectRoot
from memtui.store.writes import Batch, Position, Store

_HOMES = {
    Agent.CLAUDE_CODE: ".claude/projects/{slug}/{session}.jsonl",
    Agent.CODEX: ".codex/sessions/rollout-{session}.jsonl",
    Agent.GEMINI_CLI: ".gemini/tmp/{project}/chats/session-{session}.jsonl",
    Agent.OPENCODE: ".local/share/opencode/opencode.db#{session}",
}


def build_store(data: Path, *, today_ms: int) -> None:
    """Write the demo store; see ``memtui.demo.build``."""
    told = list(tellings(projects(), today_ms))
    with Store(store_path(data)) as store, store.transaction():
        for project, session in told:
            _put(store, project, session)


def _put(store: Store, project: ScriptProject, told: Told) -> None:
    applied = store.apply(_batch(project, told))
    assert applied.session is not None
    store.replace_observations(applied.session, told.observations, distil.VERSION)


def _batch(project: ScriptProject, told: Told) -> Batch:
    facts = told.facts
    size = sum(map(len, told.lines))
    return Batch(
        agent=facts.agent,
        path=_path(project, told),
        facts=facts,
        records=told.records,
        faults=[
            Fault(line=line, reason="not JSON: the line ends in mid-string")
            for line in told.script.faults
        ],
        lines=told.lines,
        position=Position(size=size, offset=size, line=len(told.lines)),
        reader_version=1,
        root=ProjectRoot(path=project.path, name=project.name),
    )


def _path(project: ScriptProject, told: Told) -> str:
    facts = told.facts
    session = facts.native_id
    if facts.parent:
        session = f"{facts.parent}/subagents/agent-{session[:8]}"
    place = _HOMES[facts.agent].format(
        slug=project.path.replace("/", "-"), project=project.name, session=session
    )
    return f"/home/mira/{place}"
