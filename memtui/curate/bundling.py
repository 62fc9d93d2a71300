"""Bundles written and read: what is cut on the way, and what a stranger's may do.

A person's own bundle is merged: what was decided on one machine is decided on the
other. Anybody else's is proposed: its memories land in the inbox with a trust of their
own, nothing here is changed by it.
"""

import json
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from memtui.bundle import file
from memtui.bundle.file import Bundle
from memtui.bundle.lines import FORMAT, Header, Line, Memory, Project
from memtui.clean import clean_line
from memtui.curate.acting import Acting
from memtui.masking import masked
from memtui.model import State, Trust
from memtui.paths import store_path
from memtui.redact import Redactor, scrubbed
from memtui.store.curate.frozen import BUNDLED, UNTOUCHED
from memtui.store.moving import archiving, portable, writing
from memtui.store.moving.importing import Arrival
from memtui.store.moving.merging import Merged, MergingCuration

_NAME_CHARS: Final = 60
_LINES: Final = b'{"line":"lines"'
_AS_THEY_ARE: Final = frozenset({"id", "roots", "version", "store", "digest"})
"""Names of values that nothing is masked in: what they name must be found again."""


@dataclass(slots=True, kw_only=True)
class ReadReport:
    """What came of a bundle that was read."""

    own: bool
    """Merged as the person's own; else proposed."""
    origin: str
    merged: Merged = field(default_factory=Merged)
    trouble: str = ""


def write(
    data: Path, target: Path, at: int, *, with_archive: bool = False
) -> file.Written:
    """Write all that a store remembers, without secrets.

    Args:
        with_archive: the sessions, too.

    Raises:
        StoreError: there is no store, or it cannot be read.
        OSError: it cannot be written.
    """
    store = store_path(data)
    name = writing.name_of(store)
    header = Header(format=FORMAT, store=name, origin=machine(), at=at)
    redactor = Redactor()

    def cut(raw: bytes) -> bytes:
        return _masked(redactor.line(raw).data)

    lines: Iterable[Line] = writing.lines_of(store)
    if with_archive:
        archived = archiving.lines_of(store, lambda some: [cut(one) for one in some])
        lines = chain(lines, archived)
    return file.write(target, header, lines, partial(_outside, cut))


def machine() -> str:
    """What this machine is called."""
    named = clean_line(platform.node()).replace("@", " ").strip()
    return named[:_NAME_CHARS] or "another machine"


class Bundling(Acting):
    """Reads bundles into the store, for one actor."""

    _curation: MergingCuration

    def _opened(self, store: Path) -> MergingCuration:
        return MergingCuration(store)

    def read(
        self, bundle: Bundle, *, own: bool, even_purged: bool = False
    ) -> ReadReport:
        """Take what a bundle holds: merged as one's own, or else proposed.

        Args:
            even_purged: what was purged here may come back.
        """
        origin = _plain_name(bundle.header.origin)
        report = ReadReport(own=own, origin=origin)
        redactor, values = Redactor(), self._curation.scrubbed()

        def cut(raw: bytes) -> bytes:
            return scrubbed(redactor.line(raw).data, values)

        batches = bundle.batches(partial(_outside, cut))
        if own:
            self._merge(batches, report, even_purged, cut)
        else:
            self._propose(batches, report, even_purged)
        return report

    def _merge(
        self,
        batches: Iterator[list[Line]],
        report: ReadReport,
        even_purged: bool,
        cut: file.Cut,
    ) -> None:
        merging = self._curation.start(
            report.origin, here=machine(), even_purged=even_purged,
            cut=lambda some: [cut(one) for one in some], at=self._clock(),
        )  # fmt: skip
        report.merged = merging.merged
        for lines in batches:
            done = merging.take(lines, actor=self._actor, at=self._clock())
            report.trouble = self._exported(done) or report.trouble
        merging.end()

    def _propose(
        self, batches: Iterator[list[Line]], report: ReadReport, even_purged: bool
    ) -> None:
        projects: dict[str, str] = {}
        merged = report.merged
        for lines in batches:
            projects |= {one.id: one.name for one in lines if isinstance(one, Project)}
            told = [one for one in lines if isinstance(one, Memory)]
            arrivals = {
                one.id: _proposed(one, projects) for one in told if _is_told(one)
            }
            standing = self._curation.standing(list(arrivals))
            back = standing.purged if even_purged else frozenset()
            done = self._curation.bring(
                arrivals, back=back, actor=self._actor, at=self._clock(),
                note=f"bundle of {report.origin}",
            )  # fmt: skip
            merged.memories += len(arrivals)
            merged.new += len(done.changes)
            merged.purged += len(standing.purged - back)
            merged.entries += [done.entry] if done.entry is not None else []
            report.trouble = self._exported(done) or report.trouble


def _is_told(one: Memory) -> bool:
    said = one.said
    return said is not None and said.state != State.PRUNED and not said.superseded_by


def _proposed(one: Memory, projects: dict[str, str]) -> Arrival:
    assert one.said is not None
    row = portable.row_of(one.said) | UNTOUCHED
    row |= {"trust": Trust.SHARED.value, "rule": BUNDLED}
    row["confidence"] = min(one.said.confidence, 0.5)
    name = clean_line(projects.get(one.said.project, ""))
    return Arrival(row=row, tool=BUNDLED, project=name, uuid=one.said.project)


def _plain_name(origin: str) -> str:
    return clean_line(origin).replace("@", " ").strip()[:_NAME_CHARS] or "elsewhere"


def _outside(cut: file.Cut, raw: bytes) -> bytes:
    """A line of a bundle, cut; of one that holds lines those are cut one by one."""
    return raw if raw.startswith(_LINES) else cut(raw)


def _masked(raw: bytes) -> bytes:
    """A line in which what looks drawn is masked, as on every way out."""
    text = raw.decode("utf-8", "replace")
    if (plain := masked(text)) == text:
        return raw
    try:
        found = msgspec.json.encode(_without(json.loads(raw)))
    except (ValueError, RecursionError):  # a line of a transcript may be anything
        return plain.encode("utf-8", "replace")
    return found + raw[len(raw.rstrip(b"\r\n")) :]


def _without(value: object, name: str = "") -> object:
    if isinstance(value, str):
        return value if name in _AS_THEY_ARE else _of_text(value)
    if isinstance(value, list):
        return [_without(one, name) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, key) for key, one in value.items()}
    return value


def _of_text(text: str) -> str:
    """Of a column that holds JSON, as journal entries have them, each text."""
    if text[:1] == "[":
        try:
            inner = json.loads(text)
        except ValueError:
            return masked(text)
        return json.dumps(_without(inner), ensure_ascii=False)
    return masked(text)
