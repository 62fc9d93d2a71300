"""One reader per agent: transcripts in, records out.

An agent is one module or package here that has a ``READER``, named like the agent,
with underscores. Nothing else has to name it: it is found.
"""

from importlib import import_module
from pkgutil import iter_modules

from memtui.model import Agent
from memtui.readers.base import Reader


def _found() -> dict[Agent, Reader]:
    readers: dict[Agent, Reader] = {}
    for name in sorted(module.name for module in iter_modules(__path__)):
        # what readers share has none
        reader = getattr(import_module(f"{__name__}.{name}"), "READER", None)
        if reader is not None:
            readers[reader.agent] = reader
    return readers


READERS: dict[Agent, Reader] = _found()
"""By agent; an agent without a reader yet is not in it."""
