"""Memories of another tool, made fit to be stored and brought into the store.

What another database says is no more believed than a transcript: secrets are cut,
control characters go, and it lands in the inbox unless the person says otherwise.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from memtui.curate import by_hand
from memtui.curate.acting import Acting
from memtui.importers.base import Remembered
from memtui.model import Evidence, State, Trust
from memtui.redact import IgnoreRules
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.moving.importing import Arrival, MovingCuration
from memtui.store.rows import evidence_column, strings_column

CONFIDENCE: Final = 0.5
"""Of what another tool's model noted: nobody has said that it is so."""
TOGETHER: Final = 10_000
"""Memories in one transaction, and one entry of the journal."""
TOGETHER_CHARS: Final = 16 << 20
"""Characters of them; one alone may have more."""

FindRoot = Callable[[str], ProjectRoot | None]
"""From a folder to the root that it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a person wants an import to be done."""

    keep: bool = False
    """Kept at once, instead of into the inbox."""
    even_purged: bool = False
    """What was purged may come back."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """By what the tool calls a project, the folder that it is."""


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What an import brought, or would bring."""

    found: int = 0
    new: int = 0
    there: int = 0
    """Here already, or the same row twice."""
    purged: int = 0
    hidden: int = 0
    """Of folders that ``.memtui-ignore`` or the config keep out."""
    by_type: Counter[str] = field(default_factory=Counter)
    by_project: Counter[str] = field(default_factory=Counter)
    unplaced: set[str] = field(default_factory=set)
    """Projects that are known by the tool's name alone."""
    entries: list[int] = field(default_factory=list)
    """In the journal: undo takes each away."""
    trouble: str = ""
    """What could not be exported afterwards."""


class Importing(Acting):
    """Brings memories of another tool into the store, for one actor."""

    _curation: MovingCuration

    def _opened(self, store: Path) -> MovingCuration:
        return MovingCuration(store)

    def bring(
        self,
        tool: str,
        found: Iterable[Remembered],
        wishes: Wishes,
        *,
        root_of: FindRoot,
        dry: bool = False,
        progress: Callable[[ImportReport], object] = lambda _: None,
    ) -> ImportReport:
        """Write what is not here yet; with ``dry``, only count it."""
        report = ImportReport()
        work = _Work(tool, wishes, root_of, IgnoreRules(self._settings.ignore), report)
        for some in _batched(found):
            wanted, back = work.wanted(some, self._curation)
            if not dry and wanted:
                at = self._clock()
                done = self._curation.bring(
                    {one.id: work.arrival(one, at) for one in wanted},
                    back=back, actor=self._actor, at=at, note=tool,
                )  # fmt: skip
                report.entries += [done.entry] if done.entry is not None else []
                report.trouble = self._exported(done) or report.trouble
            progress(report)
        return report


class _Work:
    """One import: what is wanted, and how it is to stand in the store."""

    def __init__(
        self,
        tool: str,
        wishes: Wishes,
        root_of: FindRoot,
        rules: IgnoreRules,
        report: ImportReport,
    ) -> None:
        self._tool = tool
        self._wishes = wishes
        self._root_of = root_of
        self._rules = rules
        self._report = report
        self._roots: dict[str, ProjectRoot | None] = {}
        self._met: set[str] = set()
        self._last_at = 0

    def wanted(
        self, some: list[Remembered], curation: MovingCuration
    ) -> tuple[list[Remembered], frozenset[str]]:
        """Those that are to be written, counted; which of them were purged."""
        standing, report = curation.standing([one.id for one in some]), self._report
        back = standing.purged if self._wishes.even_purged else frozenset()
        report.found += len(some)
        left = []
        for one in some:
            if one.id in standing.there or one.id in self._met:
                report.there += 1
            elif one.id in standing.purged - back:
                report.purged += 1
            elif self._rules.hides(self._folder(one), one.files):
                report.hidden += 1
            else:
                left.append(one)
                self._count(one, curation)
            self._met.add(one.id)
        return left, back & {one.id for one in left}

    def arrival(self, one: Remembered, now: int) -> Arrival:
        """A memory's columns, and where it belongs."""
        root = self._root(one)
        words = by_hand.split(one.title, one.body)
        self._last_at = one.at or self._last_at or now
        told = f"{one.source}, {one.told}" if one.told else one.source
        shown = Evidence(
            session=by_hand.line(one.session), record=by_hand.line(one.source),
            quote=by_hand.line(told),
        )  # fmt: skip
        row = {
            "type": one.type, "title": words.title, "body": words.body,
            "at": self._last_at, "trust": Trust.ASSISTANT.value, "rule": self._tool,
            "confidence": CONFIDENCE,
            "facts": strings_column(by_hand.lines(one.facts)),
            "tags": strings_column(list(dict.fromkeys(by_hand.tags(one.tags)))),
            "files": strings_column(by_hand.lines(_relative(one.files, root))),
            "evidence": evidence_column([shown]),
            "agent": str(one.agent or ""), "session": shown.session,
        }  # fmt: skip
        if self._wishes.keep:
            row |= {"state": State.KEPT.value, "excluded": int(one.is_private)}
        project = by_hand.line(one.project)
        return Arrival(row=row, tool=self._tool, project=project, root=root)

    def _count(self, one: Remembered, curation: MovingCuration) -> None:
        self._report.new += 1
        self._report.by_type[one.type] += 1
        name = by_hand.line(one.project)
        self._report.by_project[name] += 1
        if self._root(one) is None and not (
            one.agent and curation.session_is_known(one.agent, one.session)
        ):
            self._report.unplaced.add(name)

    def _folder(self, one: Remembered) -> str:
        return one.cwd or self._wishes.folders.get(one.project, "")

    def _root(self, one: Remembered) -> ProjectRoot | None:
        folder = self._folder(one)
        if folder not in self._roots:
            self._roots[folder] = self._root_of(folder) if folder else None
        return self._roots[folder]


def _relative(files: Iterable[str], root: ProjectRoot | None) -> list[str]:
    """Paths below the root as they lie in it."""
    inside = f"{root.path}/" if root is not None else "\0"
    return list(dict.fromkeys(file.removeprefix(inside) for file in files))


def _batched(found: Iterable[Remembered]) -> Iterator[list[Remembered]]:
    some: list[Remembered] = []
    chars = 0
    for one in found:
        some.append(one)
        chars += len(one.title) + len(one.body) + sum(map(len, one.facts))
        if len(some) >= TOGETHER or chars >= TOGETHER_CHARS:
            yield some
            some, chars = [], 0
    if some:
        yield some
