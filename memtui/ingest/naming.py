"""Names as the store can hold them: of records, sessions and folders.

A transcript may call things by anything: control characters, halves of surrogate
pairs, a megabyte. Each record and each session passes here once, on its way from
its reader, so that the same odd name always becomes the same plain one.
"""

import hashlib
import re
from dataclasses import replace
from typing import Final

from msgspec import structs

from memtui.records import Record, SessionFacts
from memtui.store.ingest.facts import storable

ID_CHARS: Final = 200
"""Agents' ids have up to 80; a longer one is no id."""

_START: Final = 40
_HASH_CHARS: Final = 32
_NOT_PLAIN: Final = re.compile(r"[^!-~]")


def plain_id(native_id: str) -> str:
    """An id that any table, JSON text or screen can hold.

    A plain one stays. Another becomes its beginning, ``~`` and its hash; a plain
    one that looks like that is hashed too, so that no two ids ever become one.
    """
    made = native_id[-_HASH_CHARS - 1 : -_HASH_CHARS] == "~"
    if native_id.isprintable() and len(native_id) <= ID_CHARS and not made:
        return native_id
    raw = native_id.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(raw, digest_size=_HASH_CHARS // 2).hexdigest()
    return f"{_NOT_PLAIN.sub('_', native_id[:_START])}~{digest}"


def plain_record(record: Record) -> Record:
    """The record with names that can be stored."""
    native_id = plain_id(record.native_id)
    cwd, branch = storable(record.cwd), storable(record.branch)
    if native_id is record.native_id and cwd is record.cwd and branch is record.branch:
        return record
    return structs.replace(record, native_id=native_id, cwd=cwd, branch=branch)


def plain_facts(facts: SessionFacts) -> SessionFacts:
    """What is known of a session, with names that can be stored."""
    return replace(
        facts,
        native_id=plain_id(facts.native_id),
        parent=plain_id(facts.parent),
        base=plain_id(facts.base),
        cwd=storable(facts.cwd),
        branch=storable(facts.branch),
    )
