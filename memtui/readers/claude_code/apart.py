"""Files of Claude Code beside its transcripts: long outputs, descriptions, an index.

``<session>/tool-results/`` has what a tool or a hook printed where that was too long
for the model; the transcript shows its beginning and names the file. Beside a
subagent's transcript, ``agent-<id>.meta.json`` has its type and what it is to do. Some
versions keep ``sessions-index.json`` in each project's folder, with a title for each
session. All are deleted with the transcripts.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

import msgspec

from memtui.readers.asides import NO_NAME, Named, name_of
from memtui.readers.claude_code.words import is_no_title
from memtui.readers.loose_json import decode_object
from memtui.readers.told import dicts, string

INDEX: Final = "sessions-index.json"
_SUBAGENT: Final = "agent-"
_DESCRIPTION: Final = ".meta.json"
_FOLDER: Final = "tool-results"
_INSIDE: Final = f"{os.sep}{_FOLDER}{os.sep}"
_SAVED: Final = re.compile(
    r".{0,120}?<persisted-output>.{0,200}?saved to: ?([^\r\n<>]{1,1000})", re.S
)
_PREVIEW: Final = re.compile(r"\A\s*Preview[^\n]{0,40}:\n")
_SIZE: Final = re.compile(r"too large \(([\d.,]+ ?[KMG]?B)\)")
_PLAIN: Final = re.compile(r"[\w.+-]{1,150}")


def output_named(text: str, transcript: Path) -> str:
    """Path of the file that has all of a text, where the text names one.

    Only ever a path below the transcript's own folders, whatever is named.
    """
    found = _SAVED.match(text) if "<persisted-output>" in text[:200] else None
    if found is None:
        return ""
    parts = re.split(r"[/\\]+", found[1].strip())
    if _FOLDER not in parts:
        return ""
    behind = parts[len(parts) - parts[::-1].index(_FOLDER) :]
    if not 1 <= len(behind) <= 2 or not all(map(_is_plain, behind)):
        return ""
    return str(_session_folder(transcript, parts).joinpath(_FOLDER, *behind))


def beginning(text: str) -> str:
    """What such a text shows of the output, without what the client says about it."""
    _, _, rest = text.partition("saved to:")
    _, _, rest = rest.partition("\n")
    shown = _PREVIEW.sub("", rest).removesuffix("</persisted-output>").strip("\n")
    size = _SIZE.search(text, 0, 300)
    return f"[the beginning of {size[1] if size else 'more'}]\n{shown}".rstrip()


def _is_plain(part: str) -> bool:
    return bool(_PLAIN.fullmatch(part)) and part.strip(".") != ""


def _session_folder(transcript: Path, named: list[str]) -> Path:
    """Beside a session or above its subagents, with the name that is told."""
    for folder in transcript.parents:
        if folder.name == "subagents":
            return folder.parent
    told = named[len(named) - named[::-1].index(_FOLDER) - 2]
    if told == transcript.parent.name:  # as 2.0.52 had it, one for all sessions
        return transcript.parent
    # a fork names what its first session put apart
    return transcript.parent / (told if _is_plain(told) else transcript.stem)


def session_of_output(path: PurePath) -> str:
    """The session whose folder holds such a file; empty: it is none."""
    for depth in (1, 2):
        above = path.parents[depth - 1] if len(path.parents) > depth else path
        if above.name == _FOLDER:
            return above.parent.name
    return ""


def is_output(path: str) -> bool:
    """Whether it may be such a file: read where a line names it, and only then."""
    return _INSIDE in path


def entry_in(path: PurePath) -> str:
    """The session that an entry of an index names; empty: it is none."""
    name, mark, session = path.name.partition("#")
    return session if mark and name == INDEX else ""


def entries(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Sessions in an index, each with what it is called there, as a line."""
    for entry in dicts(decode_object(raw).get("entries")):
        session = string(entry, "sessionId")
        names = {
            key: title
            for key in ("customTitle", "summary")
            if (title := string(entry, key))
        }
        if session and names and "/" not in session:
            yield session, msgspec.json.encode({"sessionId": session, **names}) + b"\n"


def named(entry: dict[str, object]) -> Named:
    """What an entry calls its session: the person's word before the client's."""
    if custom := string(entry, "customTitle"):
        return name_of(custom, 3)
    summary = string(entry, "summary")
    return NO_NAME if is_no_title(summary) else name_of(summary, 2)


def described_below(session: Path) -> Iterator[Path]:
    """Transcripts of a session's subagents that have a description."""
    try:
        entries = sorted(os.scandir(session.with_suffix("") / "subagents"), key=_name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(_SUBAGENT) and entry.name.endswith(_DESCRIPTION):
            yield Path(entry.path.removesuffix(_DESCRIPTION) + ".jsonl")


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def description_of(transcript: Path) -> Path | None:
    """The file that describes a subagent; None for what is no subagent."""
    is_subagent = transcript.name.startswith(_SUBAGENT)
    return transcript.with_suffix(_DESCRIPTION) if is_subagent else None


def described_by(path: Path) -> Path | None:
    """The transcript that such a file describes; None: it is no such file."""
    name = path.name
    if not (name.startswith(_SUBAGENT) and name.endswith(_DESCRIPTION)):
        return None
    return path.with_name(name.removesuffix(_DESCRIPTION) + ".jsonl")


def described(description: dict[str, object]) -> Named:
    """What a subagent is called: its type, and what it is to do or its name."""
    told = (string(description, "description") or string(description, "name"),)
    kind = string(description, "agentType")
    return name_of(": ".join(filter(str.strip, (kind, *told))), 2)
