"""The SDK without its clients and transports, which a server on a pipe never runs.

Importing anything of ``mcp`` runs the beginnings of its packages, and those import
all that it has: an HTTP client, a client of its own, a framework for servers. They
are a seventh of the memory that answering takes. So the packages that ``server``
passes through are made here without their beginnings; where a version of the SDK
cannot do without, it is imported as it is.
"""

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Final

PASSED: Final = ("mcp", "mcp.server")
"""Packages that only lead to the modules we use."""


def server() -> ModuleType:
    """``memtui.mcp.server``, with as little of the SDK as it needs.

    For a program that does nothing else: in this process ``mcp`` offers nothing.
    """
    found = find_spec(PASSED[0])
    if PASSED[0] not in sys.modules and found and found.submodule_search_locations:
        _pass_through(list(found.submodule_search_locations))
        try:
            return importlib.import_module("memtui.mcp.server")
        except ImportError:  # this version's modules do ask for more
            for name in [n for n in sys.modules if n.partition(".")[0] == PASSED[0]]:
                del sys.modules[name]
    return importlib.import_module("memtui.mcp.server")


def _pass_through(folders: list[str]) -> None:
    for name in PASSED:
        below = name.split(".")[1:]
        package = ModuleType(name)
        package.__path__ = ["/".join([folder, *below]) for folder in folders]
        sys.modules[name] = package
