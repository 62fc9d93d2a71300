"""Whether a session is told what it is about to need, against four floors.

For each project with three sessions or more and each session but its first,
only what ended before that session began goes into a store; the text that
``memtui inject --source startup --auto`` prints from it is then held against
what the session did use. The floors are as long as that text and made of the
same past: a naive list, file names alone, rare words alone, and our own text of
other projects. Real transcripts are needed and never shipped: see ``--shared``.
"""

import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from memtui import distil
from memtui.ingest.sync import sync
from memtui.inject.gather import inject
from memtui.inject.values import Source
from memtui.model import Project
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.ingest.batch import Batch
from memtui.store.ingest.projects import ProjectRoot
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView
from tests.benchmarks.foretold import (
    Corpus,
    Score,
    Told,
    Worked,
    bag_of_words,
    file_tails,
    naive_list,
    read_corpus,
    score,
)
from tests.benchmarks.measure import Result

BUDGETS = (2_500, 5_000)
LEAST_SESSIONS = 3
OURS, NAIVE, FILES, BAG, OTHER = "ours", "naive", "files", "bag", "other"
NAMES = {
    OURS: "inject --auto", NAIVE: "naive list", FILES: "file tails",
    BAG: "rare words", OTHER: "other project",
}  # fmt: skip


@dataclass
class Table:
    """Every score of one budget, by whose text it is."""

    budget: int
    scores: dict[str, list[Score]] = field(
        default_factory=lambda: {name: [] for name in NAMES}
    )

    def precision(self, name: str) -> float:
        """Share of items that hold something the session used; 0 without items."""
        items = sum(one.items for one in self.scores[name])
        return sum(one.good for one in self.scores[name]) / items if items else 0.0

    def words(self, name: str) -> float:
        """Mean word recall."""
        return _mean(one.words for one in self.scores[name])

    def files(self, name: str) -> float:
        """Mean file recall over the sessions that used a known file."""
        return _mean(one.files for one in self.scores[name])

    def told(self) -> int:
        """How many sessions were told anything."""
        return len(self.scores[OURS])

    def text(self) -> str:
        """The table as text."""
        head = f"budget {self.budget:,}: {self.told()} sessions were told something"
        columns = ("items", "item precision", "words", "files", "units")
        lines = [head, f"{'':14} " + " ".join(f"{name:>14}" for name in columns)]
        for name, said in NAMES.items():
            scores = self.scores[name]
            items = sum(one.items for one in scores)
            precision = f"{self.precision(name):.2f}" if items else "-"
            cells = (
                str(items),
                precision,
                f"{self.words(name):.3f}",
                f"{self.files(name):.2f}",
                f"{_mean(one.units for one in scores):.0f}",
            )
            lines.append(f"{said:14} " + " ".join(f"{cell:>14}" for cell in cells))
        return "\n".join(lines)


class Past:
    """A store of one project that is told its sessions as they end."""

    def __init__(self, folder: Path, corpus: Corpus, project: Project) -> None:
        self.project = project
        self._data = folder / project.id
        self._corpus = corpus
        self._settings = Settings()
        self._told: set[int] = set()

    def tell(self, sessions: Sequence[Worked]) -> None:
        """Store those that it does not hold yet, and distil them."""
        new = [one for one in sessions if one.row not in self._told]
        if not new:
            return
        root = ProjectRoot(path=self.project.path, name=self.project.name)
        with Store(store_path(self._data)) as store, store.transaction():
            for one in new:
                self._told.add(one.row)
                facts, records = self._corpus.said(one)
                applied = store.apply(
                    Batch(
                        agent=facts.agent, path=f"/past/{facts.agent}/{one.row}",
                        facts=facts, records=records, root=root,
                    )
                )  # fmt: skip
                found = distil.distil(facts, records, settings=self._settings)
                assert applied.session is not None
                store.replace_observations(applied.session, found, distil.VERSION)

    def text(self, budget: int, branch: str = "") -> Told:
        """What a session that begins now would be told."""
        if not self._told:
            return Told("", ())
        with StoreView(store_path(self._data)) as view:
            here = view.project_of_root(self.project.path)
            made = inject(
                view, self._settings, here, Source.STARTUP, branch, budget=budget,
                auto=True,
            )  # fmt: skip
        return Told(made.text, tuple(item.text for item in made.items))


def results(folder: Path, *, shared: Path) -> Iterator[Result]:
    """Item precision and words against their floors, a table on stderr."""
    for table in tables(folder, shared):
        sys.stderr.write(f"{table.text()}\n\n")
        size = f"{table.budget:,} units"
        for rival, least in ((NAIVE, 1.0), (OTHER, 2.0)):
            yield Result(
                what=f"foresight, {size}, item precision", ours=table.precision(OURS),
                floor=table.precision(rival), unit="", goal=0, least=least,
                floor_is=NAMES[rival],
            )  # fmt: skip
        yield Result(
            what=f"foresight, {size}, words", ours=table.words(OURS),
            floor=table.words(NAIVE), unit="", goal=0, least=1.0,
            floor_is=NAMES[NAIVE],
        )  # fmt: skip


def tables(folder: Path, shared: Path) -> list[Table]:
    """The scores of every session that could be told something, by budget.

    Args:
        shared: holds ``data/home.tar.xz``, or is itself a home with transcripts.

    Raises:
        RuntimeError: there is neither.
    """
    corpus = read_corpus(synced(folder, home_of(folder, shared)))
    pasts = [Past(folder / "past", corpus, p) for p in corpus.projects]
    made = {budget: Table(budget) for budget in BUDGETS}
    final = _final_texts(folder, corpus)
    for past in pasts:
        sessions = corpus.of(past.project)
        if len(sessions) < LEAST_SESSIONS:
            continue
        for session in sessions[1:]:
            before = [s for s in sessions if s.ended_at <= session.started_at]
            past.tell(before)
            if before:
                _score(made, past, before, session, corpus, final)
    return list(made.values())


def _score(
    made: dict[int, Table],
    past: Past,
    before: Sequence[Worked],
    session: Worked,
    corpus: Corpus,
    final: dict[str, dict[int, Told]],
) -> None:
    """One session's scores, for each budget, into its table."""
    for budget, table in made.items():
        ours = past.text(budget, session.branch)
        if not ours.items:
            continue
        room = len(ours.text)
        rivals = {
            OURS: [ours],
            NAIVE: [naive_list(before, room)],
            FILES: [file_tails(before, room)],
            BAG: [bag_of_words(before, corpus, room)],
            OTHER: [
                texts[budget].cut(room)
                for project, texts in final.items()
                if project != past.project.id
            ],
        }
        for name, texts in rivals.items():
            table.scores[name] += [
                score(text, session, before, corpus) for text in texts if text.text
            ]


def _final_texts(folder: Path, corpus: Corpus) -> dict[str, dict[int, Told]]:
    """What each project would be told after all of its sessions."""
    found = {}
    for project in corpus.projects:
        past = Past(folder / "whole", corpus, project)
        past.tell(corpus.of(project))
        texts = {budget: past.text(budget) for budget in BUDGETS}
        if all(text.items for text in texts.values()):
            found[project.id] = texts
    return found


def home_of(folder: Path, shared: Path) -> Path:
    """A home with real transcripts: the archive's, or ``shared`` itself."""
    archive = shared / "data" / "home.tar.xz"
    if archive.is_file():
        with tarfile.open(archive) as tar:
            tar.extractall(folder / "home", filter="data")
        return folder / "home"
    if any((shared / name).is_dir() for name in (".claude", ".codex", ".gemini")):
        return shared
    raise RuntimeError(f"there are no transcripts in {shared}: see --shared")


def synced(folder: Path, home: Path) -> Path:
    """A data folder with everything that this home holds."""
    data = folder / "data"
    sync(data, Settings(), home=home)
    return data


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if known else 0.0
