"""What happened, told to every screen."""

from dataclasses import dataclass

from textual.message import Message


@dataclass
class ReadingAdvanced(Message):
    """The background reading got further, finished or failed."""

    text: str
    """For the right of the status line; empty when nothing runs."""
    done: int = 0
    total: int = 0
    found: int = 0
    """Memories found so far."""
    changed: bool = False
    """Something new was stored."""
    finished: bool = False

    def can_replace(self, message: Message) -> bool:
        """A newer one makes an older one, not yet handled, useless."""
        return isinstance(message, ReadingAdvanced) and not message.finished


@dataclass
class CoverageMoved(Message):
    """How much of what is read the kernel watches is another now."""

    text: str
    """``watching 499 of 2,001 folders, sweeping every 3 s``; empty: all of it."""
