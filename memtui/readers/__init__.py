"""One reader per agent: transcripts in, records out."""

from memtui.model import Agent
from memtui.readers.base import Reader
from memtui.readers.claude_code import ClaudeCodeReader
from memtui.readers.codex import CodexReader
from memtui.readers.gemini_cli import GeminiCliReader
from memtui.readers.opencode import OpenCodeReader

READERS: dict[Agent, Reader] = {
    Agent.CLAUDE_CODE: ClaudeCodeReader(),
    Agent.CODEX: CodexReader(),
    Agent.GEMINI_CLI: GeminiCliReader(),
    Agent.OPENCODE: OpenCodeReader(),
}
"""By agent; an agent without a reader yet is not in it."""
