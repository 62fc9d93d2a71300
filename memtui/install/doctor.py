"""The truth about what is wired: from the transcripts to the last delivery.

Nothing is changed by looking. ``repair`` puts right what needs no decision:
copies of hooks, file modes, exports, and what is damaged in the store.
"""

import os
import time
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from memtui import paths
from memtui.errors import MemtuiError
from memtui.inject.export import export_projects, outdated
from memtui.install import block, plugin, servers, soundness
from memtui.install.clients import CLAUDE_CODE, CLIENTS
from memtui.install.finding import Finding, Level, note, ok, wrong
from memtui.install.plan import installed
from memtui.install.wiring import SENT, Chain, chains
from memtui.model import Agent
from memtui.readers import READERS
from memtui.readers.base import DatabaseReader, Reader
from memtui.readers.places import folders, indexes_in
from memtui.readers.walk import closed_below
from memtui.settings import Settings
from memtui.store.rescue.probe import Probe, last_delivery

__all__ = ["DAY_S", "Finding", "Level", "examine", "repair"]

DAY_S: Final = 86_400
CLEANUP_DAYS: Final = 30
"""After so many days Claude Code deletes a transcript, unless told otherwise."""
WARN_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What every check needs."""

    data: Path
    settings: Settings
    home: Path
    now: float
    """Seconds since 1970."""
    store: Probe | None


def examine(
    data: Path, settings: Settings, *, home: Path, now: float | None = None
) -> list[Finding]:
    """Look at everything once; never raises for what it finds.

    Args:
        now: seconds since 1970; None: the present.
    """
    found, store = soundness.look(data)
    looked = _Looked(
        data=data, settings=settings, home=home, store=store,
        now=time.time() if now is None else now,
    )  # fmt: skip
    for check in _CHECKS:
        found += check(looked)
    return found


def repair(data: Path, settings: Settings, *, home: Path) -> list[str]:
    """Put right what needs no decision; what was done, a sentence each."""
    done: list[str] = []
    for mend in (_own, _store_again, _hooks_again, _exports_again):
        try:
            done += mend(data, settings)
        except MemtuiError as error:
            done.append(f"Not repaired: {error.message}")
        except OSError as error:
            # What cannot be mended is no reason to leave the rest as it is.
            done.append(f"Not repaired: {error.strerror or error}.")
    return done


def _own(data: Path, _settings: Settings) -> Iterator[str]:
    for path, mode in _modes(data):
        path.chmod(mode)
        yield f"{path} is the owner's alone now."


def _store_again(data: Path, _settings: Settings) -> Iterator[str]:
    yield from soundness.mend(data)


def _hooks_again(data: Path, _settings: Settings) -> Iterator[str]:
    if installed(data) and (stale := plugin.stale_hooks(data)):
        plugin.put_hooks(data)
        yield f"Hooks written again: {', '.join(stale)}."


def _exports_again(data: Path, settings: Settings) -> Iterator[str]:
    _, store = soundness.look(data)
    if store is None or store.problems:
        return  # what it says can be neither trusted nor compared
    if outdated(data, settings):
        export_projects(data, settings)
        yield "Exports written again."


def _transcripts(looked: _Looked) -> Iterator[Finding]:
    for agent, reader in READERS.items():
        places = folders(reader, looked.settings, looked.home)
        there = [place for place in places if place.is_dir()]
        read = looked.store.read if looked.store else {}
        paths_there = (path for place in there for path in reader.find(place))
        found = _files_apart(paths_there, read)
        found.difference_update(indexes_in(reader, found))
        yield from _closed(reader, there)
        if not found:
            said = f"No transcripts of {agent} were found."
            named = ", ".join(map(str, places))
            yield note("transcripts", said, hint=f"Looked in {named}.")
            continue
        named = ", ".join(map(str, there))
        yield ok("transcripts", f"{len(found):,} of {agent} in {named}.")
        if agent is Agent.CLAUDE_CODE:
            yield from _expiring(looked, found)
        for path in sorted(found):
            if not paths.is_utf8(path):
                said = f"{paths.shown(path)} is not read: its name is no UTF-8."
                yield wrong("transcripts", said, hint="Rename it.")
    if looked.store is None:
        return
    for path, reason in looked.store.quarantined:
        yield wrong("transcripts", f"{path} is not read any more: {reason}.")
    if looked.store.faults:
        said = f"{looked.store.faults:,} lines could not be read; their bytes are kept."
        yield note("transcripts", said)


def _files_apart(found: Iterable[str], read: Container[str]) -> set[str]:
    """One path of each file that links show several times: the one it is read by."""
    files: dict[object, str] = {}
    for path in sorted(found, key=lambda path: (path not in read, path)):
        try:
            stat = os.stat(path)
        except OSError:
            files[path] = path
        else:
            files.setdefault((stat.st_dev, stat.st_ino), path)
    return set(files.values())


def _closed(reader: Reader, places: Iterable[Path]) -> Iterator[Finding]:
    """Folders of transcripts that may not be looked into: not even counted."""
    for place in places:
        deep = not isinstance(reader, DatabaseReader)
        for folder, why in closed_below(place, deep=deep):
            said = f"The folder {paths.shown(folder)} cannot be read: {why}."
            yield wrong("transcripts", said, hint="What is in it is not read.")


def _expiring(looked: _Looked, found: set[str]) -> Iterator[Finding]:
    days = CLAUDE_CODE.known(looked.home).get("cleanupPeriodDays", CLEANUP_DAYS)
    if not isinstance(days, int | float) or days is True or days < 1:
        # refused since 2.1.89; before, 0 kept the client from writing any transcript
        said = f"cleanupPeriodDays is {days!r}, which Claude Code does not take."
        hint = "Older versions then write no transcripts: set a number of days."
        yield wrong("transcripts", said, hint=hint)
        days = CLEANUP_DAYS
    oldest = looked.now - (days - WARN_DAYS) * DAY_S
    read = looked.store.read if looked.store else {}
    soon = 0
    for path in found:
        try:
            stat = Path(path).stat()
        except OSError:
            continue  # deleted just now
        soon += stat.st_mtime < oldest and read.get(path, 0) < stat.st_size
    if soon:
        many = (
            "transcript not read yet is"
            if soon == 1
            else "transcripts not read yet are"
        )
        said = f"{soon:,} {many} deleted within {WARN_DAYS} days."
        yield wrong("transcripts", said, hint="Run: memtui sync")


def _hooks(looked: _Looked) -> Iterator[Finding]:
    found = chains(looked.data, looked.home)
    for chain in found:
        yield from _chain(looked, chain)
    if not found:
        named = ", ".join(str(c.folder(looked.home)) for c in CLIENTS.values())
        said = "No client was found: sessions are told nothing."
        yield note("hooks", said, hint=f"Looked for {named}.")


def _chain(looked: _Looked, chain: Chain) -> Iterator[Finding]:
    """Wired, fired, delivered: as far as one client's chain holds."""
    agent, wired = chain.agent, chain.wired
    if not wired.where:
        said = f"{agent} is not wired: its sessions are told nothing."
        yield note("hooks", said, hint=f"Run: memtui install --agent {agent}")
        return
    if wired.twice:
        said = f"{agent}: the plugin and its settings are wired; the settings tell it."
        yield note("hooks", said, hint="One of the two is enough.")
    if wired.broken:
        mend = bool(plugin.stale_hooks(looked.data)) and wired.where != "plugin"
        said = f"{agent}: {wired.broken} ({wired.where})."
        yield wrong("hooks", said, hint=wired.hint, can_repair=mend)
        return
    if wired.differs:
        said = f"{wired.where} names our hooks otherwise than this version would."
        yield note("hooks", said, hint=f"Run: memtui install --agent {agent}")
        return
    where = "as a plugin" if wired.where == "plugin" else f"in {wired.where}"
    yield ok("hooks", f"{agent}: wired {where}; {_told(chain)}.")


def _told(chain: Chain) -> str:
    if chain.fired is None:
        return "no session has started since"
    fired = f"last fired {_moment(chain.fired)}"
    if chain.agent is Agent.OPENCODE:
        return f"{fired}, {SENT}"
    if chain.delivered is None:
        return f"{fired}, no session has shown a text yet"
    return f"{fired}, last delivered {_moment(chain.delivered.at)}"


def _servers(looked: _Looked) -> Iterator[Finding]:
    """Where memtui answers as an MCP server; nowhere is no fault."""
    for agent in CLIENTS:
        if not servers.wired(agent, looked.home):
            continue
        path = servers.file_of(agent, looked.home)
        if servers.is_current(agent, looked.home, looked.data):
            yield ok("mcp", f"{agent}: its models can look things up ({path}).")
        else:
            said = f"{agent}: {path} names another memtui, or another data folder."
            again = f"Run: memtui install --mcp --agent {agent}"
            yield wrong("mcp", said, hint=again)


def _blocks(looked: _Looked) -> Iterator[Finding]:
    """Blocks in files that agents read by themselves."""
    for written in block.blocks(looked.data, looked.settings):
        again = f"Run: memtui install --block {written.path}"
        if written.says_more:
            said = f"The block in {written.path} says what does not hold any more."
            yield wrong("blocks", said, hint=f"{again} (or uninstall --block)")
        elif written.behind:
            said = f"The block in {written.path} lacks what was kept since."
            yield note("blocks", said, hint=again)
        else:
            yield ok("blocks", f"{written.path} says what is kept.")


def _exports(looked: _Looked) -> Iterator[Finding]:
    if looked.store is None or looked.store.problems:
        return
    try:
        behind = outdated(looked.data, looked.settings)
    except MemtuiError as error:
        yield wrong("exports", error.message)
        return
    folder = paths.export_dir(looked.data)
    if behind:
        many = f"{len(behind):,} files are" if len(behind) > 1 else "1 file is"
        said = f"{many} behind the store in {folder}."
        yield wrong("exports", said, hint="Run: memtui export --all", can_repair=True)
        return
    count = sum(1 for path in folder.rglob("*.json") if path.is_file())
    yield ok("exports", f"{count:,} files, all as the store says.")


def _delivery(looked: _Looked) -> Iterator[Finding]:
    if looked.store is None:
        return
    last = last_delivery(paths.store_path(looked.data))
    if last is None:
        said = "No session has shown yet that it received a text."
        yield note("delivery", said)
        return
    said = f"Last delivered {_moment(last.at)} to session {last.session}."
    yield ok("delivery", said)


def _moment(at: int) -> str:
    try:
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "at a time that is none"  # a transcript may say any


def _backup(looked: _Looked) -> Iterator[Finding]:
    if looked.store is None or not looked.store.decisions:
        return
    folder = paths.backup_dir(looked.data)
    found = sorted(p.stat().st_mtime for p in folder.glob("curation-*"))
    if not found:
        said = "There is no backup of your decisions yet."
        yield note("backup", said, hint="Run: memtui backup FILE")
        return
    days = int((looked.now - found[-1]) // DAY_S)
    yield ok("backup", f"The newest backup is {days} days old.")


def _privacy(looked: _Looked) -> Iterator[Finding]:
    for path, mode in _modes(looked.data):
        said = f"{path} can be read by others."
        yield wrong("privacy", said, hint=f"chmod {mode:o} it.", can_repair=True)


_CHECKS: Final[tuple[Callable[[_Looked], Iterator[Finding]], ...]] = (
    _transcripts, _hooks, _servers, _blocks, _exports, _delivery, _backup, _privacy,
)  # fmt: skip


def _modes(data: Path) -> Iterator[tuple[Path, int]]:
    """Our files and folders that others can look into, and the mode they need."""
    try:
        inside = sorted(data.iterdir())
    except OSError:
        return  # there is none, or nobody can look into it
    for path in (data, *inside):
        if path.is_symlink() or not path.exists():
            continue
        if path.stat().st_mode & 0o077:
            yield path, 0o700 if path.is_dir() else 0o600
