"""Who may curate: a person, and an agent only where a person said so."""

import os
from collections.abc import Mapping
from typing import Final

from memtui.errors import Refused, StoreReadOnly
from memtui.files import may_write
from memtui.model import Agent
from memtui.settings import Settings

_MARKS: Final = {
    "CLAUDECODE": Agent.CLAUDE_CODE,
    "CLAUDE_CODE_SESSION_ID": Agent.CLAUDE_CODE,
    "CLAUDE_CODE_ENTRYPOINT": Agent.CLAUDE_CODE,
    "CODEX_SANDBOX": Agent.CODEX,
    "CODEX_SANDBOX_NETWORK_DISABLED": Agent.CODEX,
    "CODEX_THREAD_ID": Agent.CODEX,
    "CODEX_SESSION_ID": Agent.CODEX,
    "CODEX_CI": Agent.CODEX,
    "CODEX_INTERNAL_ORIGINATOR_OVERRIDE": Agent.CODEX,
    "GEMINI_CLI": Agent.GEMINI_CLI,
    "OPENCODE": Agent.OPENCODE,
    "OPENCODE_SESSION_ID": Agent.OPENCODE,
    "OPENCODE_PID": Agent.OPENCODE,
}
"""Variables that an agent sets in what it runs. By name and not by prefix: people
set ``CLAUDE_CODE_USE_BEDROCK`` or ``CODEX_HOME`` for themselves, and editors set
``CLAUDE_CODE_SSE_PORT`` in every terminal they open."""


def agent_here(environ: Mapping[str, str] | None = None) -> Agent | None:
    """The agent that runs this process, by its variables; None: a person does."""
    known = os.environ if environ is None else environ
    return next((agent for name, agent in _MARKS.items() if known.get(name)), None)


def guard(settings: Settings, verb: str) -> None:
    """Let a person through, and an agent only by ``curate_from_agents``.

    Raises:
        Refused: an agent runs this process and the config does not allow it.
        StoreReadOnly: this process is only to be looked at.
    """
    if not may_write():
        raise StoreReadOnly(
            "This memtui was opened to be looked at.", hint="Open it without read-only."
        )
    agent = agent_here()
    if agent is not None and not settings.curate_from_agents:
        raise Refused(
            f"{agent} may not {verb}: what is remembered is for a person to decide.",
            hint="Run it in a terminal of your own, or set curate_from_agents there.",
        )
