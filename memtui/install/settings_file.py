"""Our hooks in a client's JSON file, in the shape of Claude Code's and Codex's."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from memtui.errors import InstallError
from memtui.install import client_settings, json_edit, plugin
from memtui.install.client import FileChange, Wired, read
from memtui.model import Agent


def physical(path: Path) -> Path:
    """The file itself: what a person links into place stays a link."""
    return Path(os.path.realpath(path))


def with_ours(path: Path, agent: Agent, data: Path) -> tuple[FileChange, str]:
    """The file with our hooks in it, and its text then.

    Raises:
        InstallError: it cannot be read, or changed without touching the rest.
    """
    before = read(path)
    text, mark = decoded(before, path)
    wanted = plugin.hook_groups(data, agent)
    if client_settings.ours(json.loads(text)) != wanted:
        try:
            text = client_settings.with_groups(
                client_settings.without_ours(text), wanted
            )
        except ValueError as error:
            raise InstallError(
                f"{path}: {error}.", hint="Set it right first."
            ) from error
    return FileChange(path=path, before=before, after=mark + text.encode()), text


def without_ours(path: Path, *, made: bool) -> tuple[FileChange, str]:
    """The file without our hooks, and its text before; it goes if it was ours alone.

    Raises:
        InstallError: as ``with_ours``.
    """
    before = after = read(path)
    if before is None:
        return FileChange(path=path, before=None, after=None), "{}"
    text, mark = decoded(before, path)
    if client_settings.ours(json.loads(text)):
        shorter = client_settings.without_ours(text)
        after = mark + shorter.encode()
        if made and json.loads(shorter) == {}:
            after = None
    return FileChange(path=path, before=before, after=after), text


def known(path: Path) -> dict[str, Any]:
    """What the file says; nothing where it cannot be read."""
    try:
        found = json.loads((read(path) or b"{}").decode("utf-8-sig"))
    except (InstallError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def wired(path: Path, agent: Agent, data: Path, *, as_plugin: bool) -> Wired:
    """How a client with such a file is wired."""
    said = known(path)
    ours = [c for c in plugin.commands(said) if plugin.is_ours(c)]
    if not ours:
        return Wired(where="plugin" if as_plugin else "")
    again = "Run: memtui install"
    where = str(path)
    if not all(plugin.leads_to(command, data) for command in ours):
        broken = "the hooks belong to another data folder"
    elif plugin.stale_hooks(data):
        broken = "the hooks are missing or old"
    else:
        differs = client_settings.ours(said) != plugin.hook_groups(data, agent)
        return Wired(where=where, twice=as_plugin, differs=differs)
    return Wired(where=where, broken=broken, hint=again, twice=as_plugin)


def decoded(
    before: bytes | None, path: Path, clean: Callable[[str], str] = str
) -> tuple[str, bytes]:
    """A JSON file's text, and its byte order mark if it has one.

    Args:
        clean: makes JSON of a text that its client reads, no shorter or longer.

    Raises:
        InstallError: it holds no JSON object that we can change a part of.
    """
    data = before or b""
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = data[len(mark) :].decode()
        if not text.strip():
            text = "{}\n"
        at = json_edit.document(clean(text))
    except (ValueError, RecursionError) as error:
        raise InstallError(
            f"{path} is not valid JSON: {error}.",
            hint="memtui does not touch a file it cannot read. Set it right first.",
        ) from error
    if text[at.value] != "{":
        raise InstallError(f"{path} holds no JSON object.", hint="Set it right first.")
    return text, mark
