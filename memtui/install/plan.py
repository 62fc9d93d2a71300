"""What installing would change, shown before it is done, and undone exactly."""

import difflib
import json
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from memtui import paths
from memtui.errors import InstallError
from memtui.inject.files import replace_file
from memtui.install import client_settings, json_edit, plugin
from memtui.model import Agent

_RECORD: Final = "installed.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One client's settings file before and after."""

    agent: Agent
    path: Path
    """The file itself, symlinks followed."""
    before: bytes | None
    """None: there is no such file."""
    after: bytes | None
    """None: the file goes, because it was ours alone."""
    data: Path
    installs: bool
    copies: tuple[str, ...]
    """Files in ``<data>/hooks`` that are written, or removed."""
    notes: tuple[str, ...] = ()
    """What a person should know before they say yes; one sentence each."""

    @property
    def changes(self) -> bool:
        """Whether anything is to be done at all."""
        return self.before != self.after or bool(self.copies)

    @property
    def diff(self) -> str:
        """What changes in the file, as a unified diff; empty where nothing does."""
        old, new = (_lines(side) for side in (self.before, self.after))
        name = str(self.path)
        return "".join(difflib.unified_diff(old, new, name, name, n=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done."""

    path: Path
    backup: Path | None
    """The file as it was; None where there was none or it did not change."""


def settings_path(agent: Agent, home: Path) -> Path:
    """The settings file of a client, symlinks followed.

    Raises:
        InstallError: we cannot wire this client yet.
    """
    if agent is not Agent.CLAUDE_CODE:
        raise InstallError(
            f"memtui cannot install itself into {agent} yet.",
            hint="Claude Code can be wired: memtui install --agent claude-code",
        )
    own = os.environ.get("CLAUDE_CONFIG_DIR") if home == paths.home() else None
    folder = Path(own) if own else home / ".claude"
    return Path(os.path.realpath(folder / "settings.json"))


def plan_install(agent: Agent, home: Path, data: Path) -> Plan:
    """What wiring the hooks into a client would change; nothing is written.

    Raises:
        InstallError: the client is none of ours, or its file cannot be read or
            changed without touching what is not ours.
    """
    path = settings_path(agent, home)
    before = _read(path)
    text, mark = _decoded(before, path)
    wanted = plugin.hook_groups(data)
    if client_settings.ours(json.loads(text)) != wanted:
        try:
            text = client_settings.with_groups(
                client_settings.without_ours(text), wanted
            )
        except ValueError as error:
            raise InstallError(
                f"{path}: {error}.", hint="Set it right first."
            ) from error
    return Plan(
        agent=agent, path=path, before=before, after=mark + text.encode(), data=data,
        installs=True, copies=tuple(plugin.stale_hooks(data)),
        notes=client_settings.notes(text),
    )  # fmt: skip


def plan_uninstall(agent: Agent, home: Path, data: Path) -> Plan:
    """What taking our hooks out would change; nothing is written.

    Raises:
        InstallError: as ``plan_install``.
    """
    path = settings_path(agent, home)
    before = _read(path)
    after = before
    left: tuple[str, ...] = ()
    if before is not None:
        text, mark = _decoded(before, path)
        left = client_settings.left(text, data)
        if client_settings.ours(json.loads(text)):
            text = client_settings.without_ours(text)
            after = mark + text.encode()
            if _made_by_us(data, agent, path) and json.loads(text) == {}:
                after = None
    others = installed(data).keys() - {agent}
    return Plan(
        agent=agent, path=path, before=before, after=after, data=data, installs=False,
        copies=() if others else tuple(plugin.copied_hooks(data)), notes=left,
    )  # fmt: skip


def apply(plan: Plan) -> Applied:
    """Carry out a plan: hooks first, a backup, then the file, whole or not at all.

    Raises:
        InstallError: the file was changed since the plan was made, or cannot be
            written; it is as it was.
    """
    if _read(plan.path) != plan.before:
        raise InstallError(
            f"{plan.path} was changed in the meantime.", hint="Look at the diff again."
        )
    try:
        if plan.installs:
            plugin.put_hooks(plan.data)
        backup = _back_up(plan)
        _put(plan)
        _record(plan)
    except OSError as error:
        raise InstallError(
            f"{error.filename or plan.path} cannot be written: {error.strerror}.",
            hint="Nothing was changed in the client's settings.",
        ) from error
    return Applied(path=plan.path, backup=backup)


def installed(data: Path) -> dict[str, dict[str, Any]]:
    """Which clients were wired, by agent: ``{path, created}``."""
    try:
        found = json.loads((paths.hooks_dir(data) / _RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(before: bytes | None, path: Path) -> tuple[str, bytes]:
    """The file's text, and its byte order mark if it has one."""
    data = before or b""
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        text = data[len(mark) :].decode()
        if not text.strip():
            text = "{}\n"
        at = json_edit.document(text)
    except (ValueError, RecursionError) as error:
        raise InstallError(
            f"{path} is not valid JSON: {error}.",
            hint="memtui does not touch a file it cannot read. Set it right first.",
        ) from error
    if text[at.value] != "{":
        raise InstallError(f"{path} holds no JSON object.", hint="Set it right first.")
    return text, mark


def _back_up(plan: Plan) -> Path | None:
    if plan.before is None or plan.before == plan.after:
        return None
    paths.make_private_dir(plan.data)
    folder = paths.make_private_dir(paths.backup_dir(plan.data))
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = folder / f"{plan.agent}-{plan.path.name}-{stamp}"
    replace_file(backup, plan.before)
    return backup


def _put(plan: Plan) -> None:
    if plan.before == plan.after:
        return
    if plan.after is None:
        plan.path.unlink()
        return
    plan.path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(plan.path.stat().st_mode) if plan.path.exists() else 0o600
    replace_file(plan.path, plan.after, mode=mode)


def _record(plan: Plan) -> None:
    """Remember who is wired; the last to go takes the hooks along."""
    known = installed(plan.data)
    if plan.installs:
        old = known.get(plan.agent, {})
        made = plan.before is None or bool(old.get("created"))
        known[plan.agent] = {"path": str(plan.path), "created": made}
    else:
        known.pop(plan.agent, None)
    record = paths.hooks_dir(plan.data) / _RECORD
    if known:
        paths.make_private_dir(record.parent)
        replace_file(record, json.dumps(known, indent=2).encode() + b"\n")
    else:
        record.unlink(missing_ok=True)
        plugin.drop_hooks(plan.data)


def _made_by_us(data: Path, agent: Agent, path: Path) -> bool:
    entry = installed(data).get(agent, {})
    return entry.get("path") == str(path) and bool(entry.get("created"))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallError(
            f"{path} cannot be read: {error.strerror}.", hint="Check who owns it."
        ) from error


def _lines(side: bytes | None) -> list[str]:
    text = (side or b"").decode("utf-8", "replace")
    if text and not text.endswith("\n"):
        text += "\n"
    return text.splitlines(keepends=True)
