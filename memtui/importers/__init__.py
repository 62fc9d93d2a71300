"""What other memory tools kept, read from their databases as values of ours.

Like readers, these only read: a database is opened ``mode=ro``, its columns are taken
as they are found, and nothing of it is believed. Who writes into our store is
``memtui.curate.importing``.
"""

from memtui.importers import claude_mem, claude_relay, episodic_memory
from memtui.importers.base import Importer

IMPORTERS: dict[str, Importer] = {
    "claude-mem": claude_mem.IMPORTER,
    "claude-relay": claude_relay.IMPORTER,
    "episodic-memory": episodic_memory.IMPORTER,
}
"""By the name of the tool."""
