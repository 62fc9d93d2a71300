"""After a sync: what came of the memories that sessions were told.

A memory counts as used in a session where, after it was told, the agent asked
for it by its id, read or changed a file that it is about, or spoke its words.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from memtui.search.near import bag_of
from memtui.store.views.feedback import Came, FeedbackNotes, Said, ToldMemory

SESSIONS: Final = 200
"""Looked through by one sync; the next goes on."""
_LEAST: Final = 3
_SHARE: Final = 0.6
"""So many of a title's words in one answer, and so great a share of them."""


def note_feedback(store: Path) -> None:
    """Look through what told sessions have said since the last time.

    Raises:
        StoreBusy: another process wrote for too long; the next sync looks again.
    """
    with FeedbackNotes(store) as notes:
        for due in notes.due(SESSIONS):
            told = notes.told(due.session)
            # Stated anew and shorter than before: all of it is looked at again.
            after = due.seq if due.seq < due.last else -1
            notes.note(due, told, came_of(told, notes.said(due.session, after)))


def came_of(told: Sequence[ToldMemory], said: Iterable[Said]) -> dict[str, Came]:
    """What came of each memory, by its id; of most, nothing."""
    words = {one.id: bag_of(one.title) for one in told}
    files: dict[str, list[tuple[ToldMemory, str]]] = defaultdict(list)
    for one in told:
        for name in one.files:
            files[_base(name)].append((one, name))
    came: dict[str, Came] = {}
    for record in said:
        spoken = bag_of(f"{record.text} {record.detail.get('command', '')}")
        touched = {
            one.id
            for name in (*_names(record, "reads"), *_names(record, "writes"))
            for one, file in files.get(_base(name), ())
            if _same(name, file)
        }
        for one in told:
            if record.seq <= one.seq:
                continue
            before = came.get(one.id, Came())
            now = Came(
                before.looked_up or _looks_up(record, one.id),
                before.touched or one.id in touched,
                before.reused or _says(spoken, words[one.id]),
            )
            if any(now):
                came[one.id] = now
    return came


def _looks_up(record: Said, memory: str) -> bool:
    ran = str(record.detail.get("command", ""))
    tool = str(record.detail.get("tool_name", "")).lower()
    return ("memtui" in tool or "memtui" in ran) and (
        memory in record.text or memory in ran
    )


def _says(spoken: frozenset[str], words: frozenset[str]) -> bool:
    shared = len(spoken & words)
    return shared >= _LEAST and shared >= _SHARE * len(words)


def _names(record: Said, key: str) -> list[str]:
    return [name for name in record.detail.get(key, ()) if isinstance(name, str)]


def _base(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _same(name: str, file: str) -> bool:
    """Whether two spellings may be one file: the longer ends as the shorter."""
    longer, shorter = sorted((name, file), key=len, reverse=True)
    return longer == shorter or longer.endswith(f"/{shorter.lstrip('./')}")
