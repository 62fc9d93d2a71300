"""What a look at all files and at the store shows is to be done.

Compares marks only: nothing is written, and only a database whose own marks
changed is opened. A run that finds nothing costs no more than this.
"""

import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from memtui import distil, paths
from memtui.ingest.databases import Inside, look_into
from memtui.ingest.found import UNREADABLE, Found, History, Index, Stale, Survey
from memtui.ingest.naming import plain_id
from memtui.model import Agent
from memtui.readers.base import (
    DatabaseReader,
    IndexingReader,
    Marks,
    Reader,
    RewritingReader,
    Sight,
)
from memtui.readers.claude_code.history import NAME
from memtui.readers.places import folders, indexes_in, seen_in
from memtui.settings import Settings
from memtui.store.ingest.batch import Tail
from memtui.store.ingest.seen import Known, Seen, what_is_known
from memtui.store.purge.tombs import hashed

LOOK_MS: Final = 6 * 3_600_000
"""So long a history is left alone that was looked into."""

TORN_SECONDS: Final = 24 * 3600
"""A last line that does not parse is torn until the file is this old."""


def survey(
    data: Path,
    settings: Settings,
    home: Path,
    readers: Sequence[Reader],
    *,
    full: bool = False,
    only: Collection[str] | None = None,
    before: Survey | None = None,
) -> Survey:
    """Compare every transcript under ``home`` with the store.

    Args:
        full: every transcript counts as parsed by an older reader.
        only: look at no more than these paths; those the store does not know
            are passed over.
        before: what a survey a moment ago found.
    """
    store = what_is_known(
        paths.store_path(data), distil.VERSION, only, rules_off=settings.disabled_rules
    )
    known = store.transcripts
    found = Survey(due=store.due, purged=store.purged)
    looked = {inside.path: inside for inside in before.databases} if before else {}
    met: set[str] = set()
    for reader in readers:
        places = _places(reader, settings, home, known, only)
        met |= _sweep(found, reader, places, store, looked)
        if only is None:
            is_due = full or _may_be_told_twice(found, reader, known)
            waits = {} if is_due else store.histories
            due = due_histories(reader, home, waits)
            told = _besides(reader, store, met) if due else frozenset()
            found.histories += [History(reader, path, told) for path in due]
    by_agent = {reader.agent.value: reader for reader in readers}
    missing = [
        seen
        for seen in known.values()
        if seen.path not in met
        and seen.agent in by_agent
        and not seen.gone
        and _is_gone(seen.path)
    ]
    found.todo = _followed(found.todo, known, missing)
    recalled = recalled_in(known)
    found.told_again = [
        recalled[name]
        for item in found.todo
        if item.path not in known and (name := Path(item.path).stem) in recalled
    ]
    moved = {item.moved_from for item in found.todo}
    found.gone = [seen.path for seen in missing if seen.path not in moved]
    found.todo.sort(key=lambda item: item.marks.mtime_ns, reverse=True)
    found.stale = [
        Stale(by_agent[seen.agent], seen.path)
        for seen in known.values()
        if seen.agent in by_agent
        and (full or 0 < seen.reader_version != by_agent[seen.agent].version)
    ]
    return found


def _is_gone(path: str) -> bool:
    """Whether nothing is there; what may not be looked at is not gone."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def due_histories(reader: Reader, home: Path, again: Mapping[str, int]) -> list[str]:
    """Paths of what a client remembers besides, where it is time to look into it.

    Args:
        again: when to look into each again, Unix milliseconds.
    """
    if reader.agent is not Agent.CLAUDE_CODE:
        return []
    now = time.time_ns() // 1_000_000
    beside = [str(folder.parent / NAME) for folder in reader.folders(home)]
    # what is further ahead was noted by a clock that was wrong
    waits = {path for path, at in again.items() if now < at <= now + LOOK_MS}
    return [path for path in beside if path not in waits and os.path.isfile(path)]


def _may_be_told_twice(found: Survey, reader: Reader, known: dict[str, Seen]) -> bool:
    """Whether what was recalled is stated anew, or may be in what turned up."""
    recalled = recalled_in(known).values()
    return bool(recalled) and (
        any(item.reader is reader and item.path not in known for item in found.todo)
        or any(known[path].reader_version != reader.version for path in recalled)
    )


def recalled_in(paths: Iterable[str]) -> dict[str, str]:
    """By session, the paths of those of which only the prompts are left."""
    mark = f"/{NAME}#"
    return {path.rpartition(mark)[2]: path for path in paths if mark in path}


def _besides(reader: Reader, store: Known, met: Collection[str]) -> frozenset[str]:
    """Native ids of sessions that have a transcript, by the names of those."""
    known = {p for p, seen in store.transcripts.items() if seen.agent == reader.agent}
    return frozenset(Path(p).stem for p in known | set(met) if p.endswith(".jsonl"))


def _sweep(
    found: Survey,
    reader: Reader,
    places: Iterable[Sight],
    store: Known,
    looked: Mapping[str, Inside],
) -> set[str]:
    """Look at all that a reader finds; the paths of its transcripts."""
    known = store.transcripts
    rewriting = reader if isinstance(reader, RewritingReader) else None
    holding = reader if isinstance(reader, DatabaseReader) else None
    indexing = reader if isinstance(reader, IndexingReader) else None
    met: set[str] = set()
    databases: set[str] = set()
    for path, stat in _to_look_at(places, known, met, whole=rewriting is None):
        if not paths.is_utf8(path):
            found.unnamed.append(paths.shown(path))
        elif holding is not None and holding.is_database(path):
            databases.add(path)
        else:
            met.add(path)
            if not stat or not (marks := _marks(rewriting, path, stat)):
                continue
            if indexing is not None and path.endswith(indexing.index):
                _look_at_index(found, indexing, path, known.get(path), marks)
            else:
                _look(found, reader, path, known.get(path), marks)
    for path in databases:
        assert holding is not None
        noted = store.databases.get(path)
        inside = look_into(holding, path, known.values(), noted, looked.get(path))
        if inside is None:
            continue
        met.update(inside.same)
        for inner, marks in inside.found:
            met.add(inner)
            _look(found, reader, inner, known.get(inner), marks, is_file=False)
        if inside.unreadable:
            _look(found, reader, path, known.get(path), inside.marks)
        elif inside.is_news:
            found.databases.append(inside)
    indexes = indexes_in(reader, met)
    found.files[reader.agent] = len(met) - len(indexes)
    if indexing is not None:
        as_they_were = set(indexes).difference(i.path for i in found.indexes)
        found.indexes += [_known_index(indexing, known[p]) for p in as_they_were]
    return met


def _known_index(reader: IndexingReader, seen: Seen) -> Index:
    marks = Marks(seen.inode, seen.size, seen.mtime_ns)
    return Index(reader, seen.path, marks, is_news=False)


def _look_at_index(
    found: Survey, reader: IndexingReader, path: str, seen: Seen | None, marks: Marks
) -> None:
    is_news = seen is None or not _is_as_it_was(seen, marks, reader.version)
    found.indexes.append(Index(reader, path, marks, is_news))
    if seen is not None and seen.gone and not is_news:
        found.back.append(path)


def _places(
    reader: Reader,
    settings: Settings,
    home: Path,
    known: dict[str, Seen],
    only: Collection[str] | None,
) -> Iterable[Sight]:
    if only is None:
        places = folders(reader, settings, home)
        return (sight for folder in places for sight in seen_in(reader, folder))
    own = (path for path in only if path in known and known[path].agent == reader.agent)
    return ((path, None) for path in own)


def _to_look_at(
    places: Iterable[Sight], known: dict[str, Seen], met: set[str], *, whole: bool
) -> list[Sight]:
    """Paths with what the system says of them; None where one is gone.

    Links may lead to one file by several paths: a known one counts, else the first.

    Args:
        met: gets those of files that stand as they were read, which are not in the
            answer: in nearly every sweep these are all.
        whole: the marks of a file say all there is to know of it.
    """
    settled: set[int] = set()
    chosen: dict[int | str, Sight] = {}
    for path, stat in places:
        try:
            stat = stat or os.stat(path)
        except OSError:
            chosen[path] = path, None
            continue
        key = stat.st_dev << 64 | stat.st_ino
        if key in settled:
            continue
        seen = known.get(path)
        if (
            whole
            and seen is not None
            and seen.mtime_ns == stat.st_mtime_ns
            and seen.size == stat.st_size
            and seen.inode == stat.st_ino
            and not (seen.gone or seen.quarantined or seen.tail == Tail.WAITS)
        ):
            met.add(path)
            settled.add(key)
            chosen.pop(key, None)
        elif key not in chosen or (seen is not None and chosen[key][0] not in known):
            chosen[key] = path, stat
    return list(chosen.values())


def _marks(
    rewriting: RewritingReader | None, path: str, stat: os.stat_result
) -> Marks | None:
    """Of a transcript on disk; None where it is gone since it was found."""
    try:
        if rewriting is not None and rewriting.has_items(path):
            return rewriting.marks(path)
    except OSError:
        return None  # the next run says so
    return Marks(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _look(
    found: Survey,
    reader: Reader,
    path: str,
    seen: Seen | None,
    marks: Marks,
    *,
    is_file: bool = True,
) -> None:
    if seen is not None and _is_as_it_was(seen, marks, reader.version):
        if seen.gone:
            found.back.append(path)
        return
    if seen is None and found.purged and hashed(path) in found.purged:
        return
    read = seen.offset if seen and seen.inode == marks.inode else 0
    new_bytes = marks.size - (read if read <= marks.size else 0)
    found.todo.append(Found(reader, path, marks, new_bytes if is_file else 0, is_file))


def _is_as_it_was(seen: Seen, marks: Marks, reader_version: int) -> bool:
    """Whether a transcript's marks say that there is nothing to read in it."""
    if (seen.inode, seen.size, seen.mtime_ns) != marks:
        return False
    if seen.quarantined:
        if seen.quarantined.startswith(UNREADABLE):
            return not os.access(seen.path, os.R_OK)
        return seen.reader_version == reader_version
    if seen.tail == Tail.WAITS:
        return time.time() - marks.mtime_ns / 1e9 < TORN_SECONDS
    return True


def _followed(
    todo: Sequence[Found], known: dict[str, Seen], missing: Sequence[Seen]
) -> list[Found]:
    """The same with where each was before, if it is a file that moved.

    A file that was packed, unpacked or copied is another one, with the same name
    for its session.
    """
    read = [seen for seen in missing if seen.offset]
    by_inode = {seen.inode: seen for seen in read}
    by_name: dict[tuple[str, str], Seen] = {}
    if read:
        readers = {item.reader.agent.value: item.reader for item in todo}
        for seen in read:
            if reader := readers.get(seen.agent):
                session = plain_id(reader.transcript(Path(seen.path)).session)
                by_name[seen.agent, session] = seen
    return [
        _was(item, by_inode, by_name)
        if item.is_file and item.path not in known
        else item
        for item in todo
    ]


def _was(
    item: Found, by_inode: dict[int, Seen], by_name: dict[tuple[str, str], Seen]
) -> Found:
    marks = item.marks
    seen = by_inode.get(marks.inode)
    if (seen is None or seen.size > marks.size) and by_name:
        session = plain_id(item.reader.transcript(Path(item.path)).session)
        seen = by_name.get((item.reader.agent.value, session))
    if seen is None:
        return item
    left = max(marks.size - seen.offset, 0)
    return replace(item, new_bytes=left, moved_from=seen.path)
