"""Every client that we can wire, by its agent."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from memtui.install.claude_code import ClaudeCode
from memtui.install.client import Client
from memtui.install.codex import Codex
from memtui.install.gemini_cli import GeminiCli
from memtui.install.opencode import OpenCode
from memtui.model import Agent

CLAUDE_CODE: Final = ClaudeCode()
CLIENTS: Final[Mapping[Agent, Client]] = MappingProxyType(
    {client.agent: client for client in (CLAUDE_CODE, Codex(), GeminiCli(), OpenCode())}
)


def found(home: Path) -> tuple[Agent, ...]:
    """The agents that somebody has used in this home, in the order of ``Agent``."""
    return tuple(a for a, client in CLIENTS.items() if client.folder(home).is_dir())
