"""One reader per agent: transcripts in, records out."""

from memtui.model import Agent
from memtui.readers.base import Reader
from memtui.readers.claude_code import ClaudeCodeReader
from memtui.readers.codex import CodexReader

READERS: dict[Agent, Reader] = {
    Agent.CLAUDE_CODE: ClaudeCodeReader(),
    Agent.CODEX: CodexReader(),
}
"""By agent; an agent without a reader yet is not in it."""
