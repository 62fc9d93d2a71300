"""A memory's columns as any store may hold them, and back: no numbers of rows."""

import json
from typing import Any, Final

import msgspec

from memtui.bundle.lines import Said, Version
from memtui.model import State
from memtui.store.curate.journal import Row
from memtui.store.rows import strings_column, strings_from

LOCAL: Final = frozenset({"session_id", "project_id"})
"""Columns that hold numbers of this store's rows."""
_LISTS: Final = ("facts", "tags", "files", "unlike")
_PLAIN: Final = tuple(
    name
    for name in Said.__struct_fields__
    if name not in (*_LISTS, "evidence", "project")
)
_STATES: Final = frozenset({"", *State})
_to_said: Final = msgspec.json.Decoder(Said | None).decode
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


def said_of(row: Row, project: str) -> Said:
    """What a row of ``curation`` (or of ``observation``, with defaults) says.

    Args:
        project: UUID; empty: none.
    """
    told: dict[str, Any] = {name: row[name] for name in _PLAIN}
    if told["was"] not in _STATES:  # a purge of an older memtui wrote an id there
        told["was"] = ""
    told |= {name: list(strings_from(row[name])) for name in _LISTS}
    evidence = [tuple(one) for one in json.loads(row["evidence"])]
    return Said(**told, evidence=evidence, project=project)


def row_of(said: Said) -> Row:
    """The columns of ``curation``, but ``LOCAL`` ones."""
    row: Row = {name: getattr(said, name) for name in _PLAIN}
    row |= {name: strings_column(getattr(said, name)) for name in _LISTS}
    row["evidence"] = json.dumps(
        said.evidence, ensure_ascii=False, separators=(",", ":")
    )
    return row


def same(one: Said | None, other: Said | None) -> bool:
    """Whether two say the same: when, and in which project, aside."""
    if one is None or other is None:
        return one is other
    plain = {"acted_at": 0, "project": "", "pin_order": None}
    return msgspec.structs.replace(one, **plain) == msgspec.structs.replace(
        other, **plain
    )


def said_column(said: Said | None) -> str:
    """As one column; ``said_from`` reads it back."""
    return msgspec.json.encode(said).decode()


def said_from(column: str) -> Said | None:
    """What ``said_column`` wrote."""
    found: Said | None = _to_said(column)
    return found


def version_of(
    memory: str, act: str, at: int, after: Row | None, before: Version | None
) -> Version:
    """The version that an act made of a memory.

    Args:
        after: the columns that it changed, or all; None: it left nothing.
        before: the version that it acted on.
    """
    import hashlib

    left = None if after is None else {k: v for k, v in after.items() if k not in LOCAL}
    raw = _encode([memory, act, at, left])
    past = [*before.past, before.id] if before else []
    return Version(
        id=hashlib.blake2b(raw, digest_size=8).hexdigest(),
        at=max(at, before.at + 1 if before else 0),
        past=past,
    )
