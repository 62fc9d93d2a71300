"""One reader per agent: transcripts in, records out."""

from memtui.model import Agent
from memtui.readers.base import Reader
from memtui.readers.claude_code import ClaudeCodeReader

READERS: dict[Agent, Reader] = {
    Agent.CLAUDE_CODE: ClaudeCodeReader(),
}
"""By agent; an agent without a reader yet is not in it."""
