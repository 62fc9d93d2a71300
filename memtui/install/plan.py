"""What installing would change, shown before it is done, and undone exactly."""

import hashlib
import json
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from memtui import paths
from memtui.errors import InstallError
from memtui.files import replace_file
from memtui.inject.files import locked
from memtui.install import plugin, servers, writing
from memtui.install.client import Edits, FileChange
from memtui.install.clients import CLIENTS
from memtui.model import Agent

_RECORD: Final = "installed.json"
_SMALL_BYTES: Final = 256 << 10
"""A bigger file is not kept as it was; the backup has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One client's files before and after."""

    agent: Agent
    files: tuple[FileChange, ...]
    data: Path
    installs: bool
    copies: tuple[str, ...]
    """Files in ``<data>/hooks`` that are written, or removed."""
    notes: tuple[str, ...] = ()
    """What a person should know before they say yes; one sentence each."""

    @property
    def path(self) -> Path:
        """The file that is named where one is: the last, which names our hooks."""
        return self.files[-1].path

    @property
    def changes(self) -> bool:
        """Whether anything is to be done at all."""
        return any(file.changes for file in self.files) or bool(self.copies)

    @property
    def diff(self) -> str:
        """What changes in the files, as a unified diff; empty where nothing does."""
        return "".join(file.diff for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done."""

    backups: tuple[Path, ...]
    """Changed files as they were; none for those that were not there."""


def plan_install(agent: Agent, home: Path, data: Path, *, mcp: bool = False) -> Plan:
    """What wiring the hooks into a client would change; nothing is written.

    Args:
        mcp: also as an MCP server; where it is one already, it stays one.

    Raises:
        InstallError: a file of the client's cannot be read, or changed without
            touching what is not ours.
    """
    edits = CLIENTS[agent].installing(home, data)
    if mcp or servers.wired(agent, home):
        edits = _with_server(agent, home, data, edits)
    return Plan(
        agent=agent, files=edits.files, data=data, installs=True,
        copies=tuple(plugin.stale_hooks(data)), notes=edits.notes,
    )  # fmt: skip


def plan_uninstall(
    agent: Agent, home: Path, data: Path, *, only_mcp: bool = False
) -> Plan:
    """What taking our hooks out would change; nothing is written.

    Args:
        only_mcp: the MCP server alone; the hooks stay.

    Raises:
        InstallError: as ``plan_install``.
    """
    made = frozenset(p for p, created in _files_of(data, agent).items() if created)
    edits = servers.uninstalling(agent, home, made)
    if not only_mcp:
        edits = _both(edits, CLIENTS[agent].uninstalling(home, data, made))
    files = tuple(_as_it_was(file, data, agent) for file in edits.files)
    others = only_mcp or installed(data).keys() - {agent}
    return Plan(
        agent=agent, files=files, data=data, installs=False,
        copies=() if others else tuple(plugin.copied_hooks(data)), notes=edits.notes,
    )  # fmt: skip


def _with_server(agent: Agent, home: Path, data: Path, edits: Edits) -> Edits:
    """Hooks and server; the hooks alone, and why, where the server cannot be added."""
    try:
        return _both(servers.installing(agent, home, data), edits)
    except InstallError as error:
        if not any(file.changes for file in edits.files):
            raise
        said = f"The MCP server is not added: {error.message} {error.hint}"
        return replace(edits, notes=(*edits.notes, said))


def _both(first: Edits, then: Edits) -> Edits:
    return Edits(files=(*first.files, *then.files), notes=(*first.notes, *then.notes))


def apply(plan: Plan) -> Applied:
    """Carry out a plan: hooks first, backups, then each file, whole or not at all.

    Raises:
        InstallError: a file was changed since the plan was made, or cannot be
            written; what was not written yet is as it was.
        StoreBusy: another one installs, and does not end.
    """
    if not plan.installs and not plan.data.is_dir():
        return _applied(plan)
    try:
        paths.make_private_dir(plan.data)
        # All clients share the hooks and the record of who is wired.
        with locked(plan.data / "install.lock"):
            return _applied(plan)
    except OSError as error:
        raise _unwritten(error, plan.data) from error


def _applied(plan: Plan) -> Applied:
    for file in plan.files:
        writing.check(file)
    folders: list[Path] = []
    place = plan.data  # what an error of a full disk does not name
    try:
        if plan.installs:
            plugin.put_hooks(plan.data)
        backups = [writing.back_up(f, plan.data, plan.agent) for f in plan.files]
        for file in plan.files:
            place = file.path
            folders += writing.put(file)
        place = plan.data
        _record(plan, folders)
    except OSError as error:
        raise _unwritten(error, place) from error
    return Applied(backups=tuple(path for path in backups if path is not None))


def _unwritten(error: OSError, place: Path) -> InstallError:
    return InstallError(
        f"{error.filename or place} cannot be written: {error.strerror}.",
        hint="The client's files that were not written yet are as they were.",
    )


def installed(data: Path) -> dict[str, dict[str, Any]]:
    """Which clients were wired, by agent.

    Each ``{"files": {PATH: created}, "folders": [PATH], "was": {PATH: {"text":
    BASE64, "after": SHA256}}}``: files that we wrote into, whether they were not
    there before, folders that were not; a file's bytes before, and what we left.
    """
    try:
        found = json.loads((paths.hooks_dir(data) / _RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {a: _entry(one) for a, one in found.items() if isinstance(one, dict)}


def _entry(said: dict[str, Any]) -> dict[str, Any]:
    """What was remembered of one client, as far as it has the shape we wrote."""
    if "path" in said:  # as version 0.1 wrote it
        files: Any = {str(said["path"]): bool(said.get("created", False))}
    else:
        files = said.get("files")
    folders, was = said.get("folders"), said.get("was")
    return {
        "files": files if isinstance(files, dict) else {},
        "folders": [
            folder
            for folder in (folders if isinstance(folders, list) else ())
            if isinstance(folder, str)
        ],
        "was": {
            path: one
            for path, one in (was.items() if isinstance(was, dict) else ())
            if isinstance(one, dict)
            and all(isinstance(one.get(key), str) for key in ("text", "after"))
        },
    }


def _files_of(data: Path, agent: Agent) -> dict[Path, bool]:
    files = installed(data).get(agent, {}).get("files", {})
    return {Path(path): bool(created) for path, created in files.items()}


def _as_it_was(file: FileChange, data: Path, agent: Agent) -> FileChange:
    """What nobody changed since we did goes back to its very bytes."""
    was = installed(data).get(agent, {}).get("was", {}).get(str(file.path))
    if not file.changes or not was or was["after"] != _digest(file.before):
        return file
    return replace(file, after=b64decode(was["text"]))


def _remember(was: dict[str, Any], file: FileChange, *, first: bool) -> None:
    """Keep what a file was before the first of our changes, as long as they add up."""
    known = was.pop(str(file.path), None)
    after = _digest(file.after)
    if known and known["after"] == _digest(file.before):
        was[str(file.path)] = {**known, "after": after}
    elif first and file.before is not None and _is_plain(file.before):
        text = b64encode(file.before).decode()
        was[str(file.path)] = {"text": text, "after": after}


def _is_plain(before: bytes) -> bool:
    """A small file without anything of ours, as another folder might have left it."""
    return len(before) <= _SMALL_BYTES and b"memtui" not in before


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()


def _record(plan: Plan, made: list[Path]) -> None:
    """Remember what was written where; the last client to go takes the hooks along."""
    known = installed(plan.data)
    entry = known.setdefault(plan.agent, {})
    files, folders = entry.get("files", {}), entry.get("folders", [])
    was = entry.get("was", {})
    for file in plan.files:
        path = str(file.path)
        if plan.installs and file.changes:
            _remember(was, file, first=path not in files)
        elif not plan.installs:
            was.pop(path, None)
        if plan.installs:
            files[path] = file.before is None or bool(files.get(path))
        else:
            files.pop(path, None)
    folders += [str(folder) for folder in made if str(folder) not in folders]
    if not plan.installs:
        files = {path: made for path, made in files.items() if _names_us(Path(path))}
        inner_first = sorted(folders, key=len, reverse=True)
        folders = [folder for folder in inner_first if not _dropped(Path(folder))]
    known[plan.agent] = {"files": files, "folders": folders, "was": was}
    if not files:
        del known[plan.agent]
        _forget_fired(paths.fired_dir(plan.data), plan.agent)
    record = paths.hooks_dir(plan.data) / _RECORD
    if known:
        paths.make_private_dir(record.parent)
        replace_file(record, json.dumps(known, indent=2).encode() + b"\n")
    else:
        record.unlink(missing_ok=True)
        with suppress(OSError):  # another one put something there, or there is none
            paths.fired_dir(plan.data).rmdir()
        plugin.drop_hooks(plan.data)


def _names_us(path: Path) -> bool:
    """Whether a file that we wrote into may still hold something of ours."""
    try:
        return b"memtui" in path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _forget_fired(folder: Path, agent: Agent) -> None:
    marks = folder.glob("cleared.*") if agent is Agent.GEMINI_CLI else ()
    for path in (folder / agent, *marks):
        path.unlink(missing_ok=True)


def _dropped(folder: Path) -> bool:
    """Take away a folder that we made; False where others put something into it."""
    try:
        folder.rmdir()
    except OSError:
        return not folder.exists()
    return True
