"""memtui as an MCP server in a client: one entry in the file that lists them.

Only where a person asks for it (``install --mcp``). The entry names the program at
its stable place and the data folder; one under our name that we did not write
stays as it is, and is told.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from memtui import __version__, paths
from memtui.errors import InstallError
from memtui.install import json_edit, jsonc, plugin, settings_file
from memtui.install.client import Edits, FileChange, own_folder, read
from memtui.install.clients import CLIENTS
from memtui.model import Agent

NAME: Final = "memtui"
"""What the server is called in every client."""
START_SECONDS: Final = 60
_VARIABLE: Final = "MEMTUI_DATA_DIR"
_FOREIGN: Final = "An MCP server named memtui is there that install did not write"
_TABLE: Final = re.compile(
    r"^[ \t]*\[+[ \t]*(?P<name>[^\]\n]*?)[ \t]*\]+", re.MULTILINE
)


def file_of(agent: Agent, home: Path) -> Path:
    """The file in which a client lists its servers."""
    folder = CLIENTS[agent].folder(home)
    match agent:
        case Agent.CLAUDE_CODE:
            own = own_folder("CLAUDE_CONFIG_DIR", home)  # else the home itself
            return settings_file.physical(own / ".claude.json")
        case Agent.CODEX:
            return settings_file.physical(folder / "config.toml")
        case Agent.GEMINI_CLI:
            # Its settings may hold comments: an extension of its own is ours alone.
            return folder / "extensions" / "memtui-mcp" / "gemini-extension.json"
        case Agent.OPENCODE:
            names = ("opencode.jsonc", "opencode.json", "config.json")
            there = [folder / name for name in names if (folder / name).exists()]
            return settings_file.physical(next(iter(there), folder / "opencode.json"))


def installing(agent: Agent, home: Path, data: Path) -> Edits:
    """What adding the server would change; nothing is written.

    Raises:
        InstallError: the file cannot be read, or changed without touching the rest.
    """
    path = file_of(agent, home)
    before = read(path)
    wanted = _entry(agent, data)
    known = _known(agent, path, before)
    if known is not None and not _is_ours(known):
        return _as_it_is(path, before, f"{_FOREIGN}; it stays: {path}.")
    if known == wanted:
        return _as_it_is(path, before)
    after = _edited(agent, path, before, wanted)
    return Edits(files=(FileChange(path=path, before=before, after=after),))


def uninstalling(agent: Agent, home: Path, made: frozenset[Path]) -> Edits:
    """What taking the server out would change; nothing is written.

    Args:
        made: files that were not there before we wrote into them.

    Raises:
        InstallError: as ``installing``.
    """
    path = file_of(agent, home)
    before = read(path)
    known = _known(agent, path, before)
    if known is None:
        return _as_it_is(path, before)
    if not _is_ours(known):
        return _as_it_is(path, before, f"{_FOREIGN}; it stays: {path}.")
    after: bytes | None = _edited(agent, path, before, None)
    if path in made and after is not None and after.strip() in (b"", b"{}"):
        after = None
    return Edits(files=(FileChange(path=path, before=before, after=after),))


def wired(agent: Agent, home: Path) -> bool:
    """Whether install put the server into a client; never raises."""
    path = file_of(agent, home)
    try:
        return _is_ours(_known(agent, path, read(path)))
    except InstallError:
        return False


def is_current(agent: Agent, home: Path, data: Path) -> bool:
    """Whether the server in a client is this one, of this data folder."""
    path = file_of(agent, home)
    try:
        return _known(agent, path, read(path)) == _entry(agent, data)
    except InstallError:
        return False


def _entry(agent: Agent, data: Path) -> dict[str, Any]:
    """The server as the client's file describes one."""
    program = str(paths.hooks_dir(data.absolute()) / plugin.PROGRAM)
    where = {_VARIABLE: str(data.absolute())}
    match agent:
        case Agent.CLAUDE_CODE:
            return {"type": "stdio", "command": program, "args": ["mcp"], "env": where}
        case Agent.OPENCODE:
            command = [program, "mcp"]
            return {
                "type": "local", "command": command, "environment": where,
                "enabled": True,
            }  # fmt: skip
        case Agent.CODEX:
            # It gives a server ten seconds to start, which a busy machine may need.
            return {
                "command": program, "args": ["mcp"], "env": where,
                "startup_timeout_sec": START_SECONDS,
            }  # fmt: skip
        case _:
            return {"command": program, "args": ["mcp"], "env": where}


def _is_ours(entry: object) -> bool:
    """Whether we wrote an entry: it runs the program at a stable place of ours."""
    if not isinstance(entry, dict):
        return False
    command = entry.get("command")
    words = command if isinstance(command, list) else [command, *_words(entry)]
    return (
        len(words) == 2
        and isinstance(words[0], str)
        and words[0].endswith(f"/hooks/{plugin.PROGRAM}")
        and words[1] == "mcp"
    )


def _words(entry: dict[str, Any]) -> list[Any]:
    words = entry.get("args")
    return words if isinstance(words, list) else []


def _as_it_is(path: Path, before: bytes | None, *notes: str) -> Edits:
    change = FileChange(path=path, before=before, after=before)
    return Edits(files=(change,), notes=notes)


def _known(agent: Agent, path: Path, before: bytes | None) -> object:
    """The entry under our name; None where there is none."""
    if agent is Agent.CODEX:
        found: Any = _toml(path, before)
    else:
        found = json.loads(jsonc.plain(_decoded(agent, before, path)[0]))
    servers = found.get(_list_of(agent))
    return servers.get(NAME) if isinstance(servers, dict) else None


def _list_of(agent: Agent) -> str:
    if agent is Agent.CODEX:
        return "mcp_servers"
    return "mcp" if agent is Agent.OPENCODE else "mcpServers"


def _edited(
    agent: Agent, path: Path, before: bytes | None, entry: dict[str, Any] | None
) -> bytes | None:
    """The file with this entry under our name, or (None) without one."""
    if agent is Agent.CODEX:
        return _edited_toml(path, before, entry)
    if agent is Agent.GEMINI_CLI:
        return None if entry is None else _extension(entry)
    text, mark = _decoded(agent, before, path)
    key = _list_of(agent)
    try:
        text = jsonc.changed(text, lambda plain: _without(plain, key))
        if entry is not None:
            text = jsonc.changed(text, lambda plain: _with(plain, key, entry))
    except ValueError as error:
        by_hand = "Take it out by hand."
        if entry is not None:
            by_hand = f'Add under "{key}" by hand: "{NAME}": {json.dumps(entry)}'
        raise InstallError(f"{path}: {error}.", hint=by_hand) from error
    return mark + text.encode()


def _decoded(agent: Agent, before: bytes | None, path: Path) -> tuple[str, bytes]:
    """A client's JSON as a person wrote it; only OpenCode reads comments in it."""
    clean = jsonc.plain if agent is Agent.OPENCODE else str
    return settings_file.decoded(before, path, clean=clean)


def _with(text: str, key: str, entry: dict[str, Any]) -> str:
    top = json_edit.document(text)
    servers = json_edit.member(text, top, key)
    if servers is None:
        return json_edit.added(text, top, {NAME: entry}, key=key)
    if text[servers.value] != "{":
        raise ValueError(f"{key!r} is not an object")
    return json_edit.added(text, servers, entry, key=NAME)


def _without(text: str, key: str) -> str:
    """The text without our entry, nor an object of it alone."""
    top = json_edit.document(text)
    servers = json_edit.member(text, top, key)
    if servers is None or text[servers.value] != "{":
        return text
    ours = json_edit.member(text, servers, NAME)
    if ours is None:
        return text
    if len(json_edit.members(text, servers)) == 1:
        return json_edit.removed(text, top, servers, is_member=True)
    return json_edit.removed(text, servers, ours, is_member=True)


def _extension(entry: dict[str, Any]) -> bytes:
    about = {
        "name": "memtui-mcp",
        "version": __version__,
        "description": "What was remembered, looked up by Gemini CLI",
        "mcpServers": {NAME: entry},
    }
    return json.dumps(about, ensure_ascii=False, indent=2).encode() + b"\n"


# Codex: TOML, of which the standard library only reads


def _toml(path: Path, before: bytes | None) -> dict[str, Any]:
    try:
        return tomllib.loads((before or b"").decode())
    except (ValueError, RecursionError) as error:
        raise InstallError(
            f"{path} is not valid TOML: {error}.",
            hint="memtui does not touch a file it cannot read. Set it right first.",
        ) from error


def _edited_toml(
    path: Path, before: bytes | None, entry: dict[str, Any] | None
) -> bytes:
    text = _without_table((before or b"").decode())
    table = _table(entry) if entry else []
    if table:
        newline = "\r\n" if "\r\n" in text else "\n"
        text += (newline if text else "") + newline.join(table) + newline
    found = _toml_or_none(text) or {}
    # Whatever was tried is parsed again: only our entry may differ.
    same = _others(found) == _others(_toml(path, before))
    if not same or (found.get("mcp_servers") or {}).get(NAME) != entry:
        by_hand = "Take it out"
        if table:
            one = f"{NAME} = {{ {', '.join(table[1:])} }}"
            by_hand = f"Add this inside the braces of mcp_servers: {one}"
        raise InstallError(
            f"{path} cannot be changed without touching something else.",
            hint=f"{by_hand} by hand.",
        )
    return text.encode()


def _others(found: dict[str, Any]) -> dict[str, Any]:
    """All that is said but our entry."""
    servers = found.get("mcp_servers")
    if not isinstance(servers, dict):
        return found
    rest = {name: one for name, one in servers.items() if name != NAME}
    return {**found, "mcp_servers": rest} if rest else _without_key(found)


def _without_key(found: dict[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in found.items() if name != "mcp_servers"}


def _toml_or_none(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _table(entry: dict[str, Any]) -> list[str]:
    quoted: Callable[[object], str] = json.dumps
    env = ", ".join(f"{name} = {quoted(value)}" for name, value in entry["env"].items())
    return [
        f"[mcp_servers.{NAME}]",
        f"command = {quoted(entry['command'])}",
        f"args = [{', '.join(map(quoted, entry['args']))}]",
        f"env = {{ {env} }}",
        f"startup_timeout_sec = {entry['startup_timeout_sec']}",
    ]


def _without_table(text: str) -> str:
    """The text without our table and those inside it, as far as they are found."""
    found = _toml_or_none(text) or {}
    while _others(found) != found:
        for shorter in _one_less(text):
            left = _toml_or_none(shorter)
            if left is not None and left != found and _others(left) == _others(found):
                text, found = shorter, left
                break
        else:
            return text
    return text


def _one_less(text: str) -> Iterator[str]:
    """The text without one table of our name, and the line end set before it."""
    tables = list(_TABLE.finditer(text))
    ends = [table.start() for table in tables[1:]] + [len(text)]
    for table, end in zip(tables, ends, strict=True):
        if not _names_us(table["name"]):
            continue
        head, tail = text[: table.start()], text[end:]
        for newline in ("\r\n", "\n"):
            if head.endswith(newline * 2) or (head.endswith(newline) and not tail):
                head = head[: -len(newline)]
                break
        yield head + tail


def _names_us(table: str) -> bool:
    parts = [part.strip(" \t\"'") for part in table.split(".")]
    return parts[:2] == ["mcp_servers", NAME]
