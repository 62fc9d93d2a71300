"""Deciding about memories: every act is journalled, undoable and re-exported."""

from memtui.curate.acting import Change
from memtui.curate.curator import Curator
from memtui.curate.guard import agent_here, guard

__all__ = ["Change", "Curator", "agent_here", "guard"]
