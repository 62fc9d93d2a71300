"""Where words still stand in a data folder: every byte of it, packed or not."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import zstandard

from memtui.paths import store_path

_MAGIC = b"\x28\xb5\x2f\xfd"


def remains(data: Path, *words: str) -> list[str]:
    """The files, tables and columns in which one of these words stands, any case.

    Spelled as it is, or as JSON writers escape it.
    """
    needles = {spelled.lower() for word in words for spelled in _spellings(word)}
    found = {
        place
        for place, held in _everything(data)
        if any(needle in held.lower() for needle in needles)
    }
    return sorted(found)


def _spellings(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield json.dumps(word)[1:-1].encode()


def _everything(data: Path) -> Iterator[tuple[str, bytes]]:
    for path in data.rglob("*"):
        name = str(path.relative_to(data))
        yield f"name of {name}", name.encode()
        if path.is_file():
            yield name, path.read_bytes()
            yield name, _unpacked(path.read_bytes())
    with closing(sqlite3.connect(store_path(data))) as conn:
        tables = conn.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            cursor = conn.execute(f'select * from "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", _unpacked(value)


def _unpacked(value: object) -> bytes:
    if isinstance(value, bytes) and value.startswith(_MAGIC):
        reader = zstandard.ZstdDecompressor().stream_reader(value)
        whole: bytes = reader.read()
        return whole
    if not isinstance(value, bytes):
        return str(value).encode("utf-8", "surrogateescape")
    try:  # what a parser remembers is packed in what an ingester does
        return value + json.dumps(msgspec.msgpack.decode(value), default=str).encode()
    except (msgspec.DecodeError, TypeError, ValueError):
        return value
