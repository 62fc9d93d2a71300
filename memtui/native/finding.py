"""Which files an agent reads by itself at a place."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from memtui.install.client import own_folder
from memtui.model import Agent

FILE_BYTES: Final = 256 << 10
"""Read of a file: agents themselves take less."""
MOST_FILES: Final = 200
_ODD: Final = re.compile(r"[^A-Za-z0-9]")


class Layer(StrEnum):
    """Who such a file is for."""

    PROJECT = "project"
    """It lies in the repository."""
    PERSON = "person"
    """The person's own, told everywhere."""
    MEMORY = "memory"
    """Written by the agent itself, about this project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeFile:
    """One file that agents read by themselves."""

    path: Path
    agent: Agent
    """The one that reads it first; others may, too."""
    layer: Layer


def native_files(root: Path, home: Path) -> list[NativeFile]:
    """Those that are there, of a project at ``root`` and of the person.

    What a repository links to is read only where it lies in it, and once.
    """
    base = os.path.realpath(root)
    found: dict[str, NativeFile] = {}
    for one in _wanted(root, home):
        real = os.path.realpath(one.path)
        inside = one.layer is not Layer.PROJECT or real.startswith(f"{base}/")
        if inside and os.path.isfile(real):
            found.setdefault(real, one)
    return list(found.values())[:MOST_FILES]


def text_of(path: Path) -> str:
    """What a file says, as far as it is read.

    Raises:
        OSError: it cannot be read.
    """
    from memtui.readers.regular import bytes_of

    return bytes_of(path, FILE_BYTES).decode("utf-8-sig", "replace")


def _wanted(root: Path, home: Path) -> Iterator[NativeFile]:
    claude = own_folder("CLAUDE_CONFIG_DIR", home, ".claude")
    project, person = Layer.PROJECT, Layer.PERSON
    for agent, layer, path in (
        (Agent.CLAUDE_CODE, project, root / "CLAUDE.md"),
        (Agent.CLAUDE_CODE, project, root / "CLAUDE.local.md"),
        (Agent.CLAUDE_CODE, project, root / ".claude" / "CLAUDE.md"),
        (Agent.CODEX, project, root / "AGENTS.md"),
        (Agent.GEMINI_CLI, project, root / "GEMINI.md"),
        (Agent.CLAUDE_CODE, person, claude / "CLAUDE.md"),
        (Agent.CODEX, person, own_folder("CODEX_HOME", home, ".codex") / "AGENTS.md"),
        (Agent.GEMINI_CLI, person, home / ".gemini" / "GEMINI.md"),
        (Agent.OPENCODE, person, home / ".config" / "opencode" / "AGENTS.md"),
    ):
        yield NativeFile(path=path, agent=agent, layer=layer)
    for path in _markdown(root / ".claude" / "rules"):
        yield NativeFile(path=path, agent=Agent.CLAUDE_CODE, layer=project)
    slug = _ODD.sub("-", os.fspath(root))  # as Claude Code names a project's folder
    for path in _markdown(claude / "projects" / slug / "memory"):
        yield NativeFile(path=path, agent=Agent.CLAUDE_CODE, layer=Layer.MEMORY)


def _markdown(folder: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    named = [folder / name for name in names if name.endswith(".md")]
    return sorted(named, key=lambda path: path.name != "MEMORY.md")[:MOST_FILES]
