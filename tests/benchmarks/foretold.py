"""What sessions used, the floors that guess it, and how a guess is scored."""

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from memtui.model import Project, RecordKind, SessionKind
from memtui.paths import store_path
from memtui.records import Record, SessionFacts
from memtui.store.ingest.writes import Store
from memtui.store.queries import StoreView, View

PROMPTS = 3
CALLS = 40
RARE = 0.10
"""Share of all sessions below which a word is rare."""
NAIVE_FILES = 10
PROMPT_CHARS = 200

_WORD = re.compile(r"[^\W\d_][\w-]{3,39}")


@dataclass(frozen=True, slots=True)
class Told:
    """A text and those of its lines that are items."""

    text: str
    items: tuple[str, ...]

    def cut(self, room: int) -> "Told":
        """The same in at most so many characters, whole lines alone."""
        lines: list[str] = []
        for line in self.text.splitlines():
            if sum(map(len, lines)) + len(lines) + len(line) > room:
                break
            lines.append(line)
        kept = set(lines)
        return Told("\n".join(lines), tuple(i for i in self.items if i in kept))


@dataclass(frozen=True)
class Worked:
    """A session as far as it can be foretold: what it asked, ran and touched."""

    row: int
    started_at: int
    ended_at: int
    branch: str
    prompts: tuple[str, ...]
    """The first three."""
    calls: tuple[str, ...]
    """What the first forty tool calls say."""
    used: frozenset[str]
    """Files of those, project-relative where they lie in it."""
    touched: Counter[str] = field(default_factory=Counter)
    """Files of all its calls, with how often."""
    words: frozenset[str] = frozenset()
    """Words of everything that was said and run in it."""

    @cached_property
    def asked(self) -> frozenset[str]:
        """Words of the first prompts."""
        return words_of(" ".join(self.prompts))

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Words of the first prompts and tool calls."""
        return self.asked | words_of(" ".join((*self.calls, *self.used)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Last parts of the files used."""
        return frozenset(map(name_of, self.used)) - {""}


@dataclass
class Corpus:
    """All sessions of a store by their projects."""

    data: Path
    projects: list[Project]
    sessions: dict[str, list[Worked]]

    def of(self, project: Project) -> list[Worked]:
        """A project's sessions in the order in which they began."""
        return self.sessions.get(project.id, [])

    def said(self, session: Worked) -> tuple[SessionFacts, list[Record]]:
        """What a reader said of a session."""
        with Store(store_path(self.data)) as store:
            return store.session_facts(session.row), store.session_records(session.row)

    def is_rare(self, word: str) -> bool:
        """In under a tenth of all sessions."""
        return 0 < self._counts[word] < RARE * self._total

    def weight(self, word: str) -> float:
        """Inverse session frequency."""
        return math.log(self._total / max(1, self._counts[word]))

    @cached_property
    def _counts(self) -> Counter[str]:
        every = (s for sessions in self.sessions.values() for s in sessions)
        return Counter(word for session in every for word in session.words)

    @cached_property
    def _total(self) -> int:
        return sum(map(len, self.sessions.values()))


@dataclass(frozen=True, slots=True)
class Score:
    """How well one text foretold one session."""

    items: int
    good: int
    words: float | None
    """Share of the rare words asked with, by weight; None: there are none."""
    files: float | None
    """Share of the files used that earlier sessions touched; None: none is."""
    units: int


def score(
    told: Told, session: Worked, before: Sequence[Worked], corpus: Corpus
) -> Score:
    """Hold a text against what the session used."""
    good = sum(_helps(item, session, corpus) for item in told.items)
    asked = {w: corpus.weight(w) for w in session.asked if corpus.is_rare(w)}
    heard = sum(asked[word] for word in words_of(told.text) if word in asked)
    known = {name_of(path) for one in before for path in one.touched}
    within = session.names & known
    found = {name for name in within if _holds(told.text, name)}
    return Score(
        items=len(told.items),
        good=good,
        words=heard / sum(asked.values()) if asked else None,
        files=len(found) / len(within) if within else None,
        units=len(told.text),
    )


def _helps(item: str, session: Worked, corpus: Corpus) -> bool:
    if any(_holds(item, name) for name in session.names):
        return True
    return any(corpus.is_rare(w) for w in words_of(item) & session.wanted)


def _holds(text: str, name: str) -> bool:
    at = text.find(name)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(name) :][:1]
        if not (before.isalnum() or after.isalnum() or before == "_" or after == "_"):
            return True
        at = text.find(name, at + 1)
    return False


def naive_list(before: Sequence[Worked], room: int) -> Told:
    """Newest sessions first: the first prompt and the ten files used most."""
    lines: list[str] = []
    items: list[str] = []
    for session in sorted(before, key=lambda s: (-s.ended_at, s.row)):
        prompt = " ".join(" ".join(session.prompts[:1]).split())[:PROMPT_CHARS]
        item = f"- {prompt}"
        files = ", ".join(name for name, _ in session.touched.most_common(NAIVE_FILES))
        if sum(map(len, lines)) + len(lines) + len(item) > room:
            break
        lines.append(item)
        items.append(item)
        left = room - sum(map(len, lines)) - len(lines)
        if files and left > 8:
            lines.append(f"  {files}"[:left])
    return Told("\n".join(lines), tuple(items))


def file_tails(before: Sequence[Worked], room: int) -> Told:
    """The ends of the paths used most, and nothing else."""
    used: Counter[str] = Counter()
    for session in before:
        used.update(session.touched)
    return Told(_filled((name_of(p) for p, _ in used.most_common()), room), ())


def bag_of_words(before: Sequence[Worked], corpus: Corpus, room: int) -> Told:
    """Rare words of earlier sessions, the newest session's rarest first."""
    ordered = (
        word
        for session in sorted(before, key=lambda s: (-s.ended_at, s.row))
        for word in sorted(session.words, key=lambda w: (-corpus.weight(w), w))
        if corpus.is_rare(word)
    )
    return Told(_filled(ordered, room), ())


def _filled(words: Iterator[str], room: int) -> str:
    taken: dict[str, None] = {}
    for word in words:
        if word in taken:
            continue
        room -= len(word) + 1
        if room < 0:
            break
        taken[word] = None
    return " ".join(taken)


def words_of(text: str) -> frozenset[str]:
    """Words of four letters and more, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text))


def name_of(path: str) -> str:
    """The last part of a path; '' where it is too short to be told from a word."""
    name = PurePosixPath(path.replace("\\", "/")).name
    return name if len(name) >= 4 else ""


def read_corpus(data: Path) -> Corpus:
    """Every interactive session with a prompt, by the project it was held in."""
    sessions: dict[str, list[Worked]] = {}
    with StoreView(store_path(data)) as view, Store(store_path(data)) as store:
        projects = view.projects()
        rows = view.sessions(view=View.everything(), limit=100_000)
        numbers = _numbers(data)
        for session in rows:
            if session.kind is not SessionKind.INTERACTIVE or session.project is None:
                continue
            row = numbers[session.agent.value, session.id]
            worked = _worked(row, session.project.path, store.session_records(row))
            if worked is not None:
                sessions.setdefault(session.project.id, []).append(worked)
    for found in sessions.values():
        found.sort(key=lambda s: (s.started_at, s.row))
    return Corpus(data, projects, sessions)


def _numbers(data: Path) -> dict[tuple[str, str], int]:
    with closing(sqlite3.connect(store_path(data))) as conn:
        rows = conn.execute("select agent, native_id, id from session")
        return {(agent, native): row for agent, native, row in rows}


def _worked(row: int, root: str, records: Sequence[Record]) -> Worked | None:
    prompts = [r.text for r in records if r.kind is RecordKind.PROMPT]
    times = [r.at for r in records if r.at is not None]
    if not prompts or not times:
        return None
    calls = [r for r in records if r.kind is RecordKind.TOOL_USE]
    touched = Counter(p for r in calls for p in _files(r, root))
    first = calls[:CALLS]
    said = " ".join(
        r.text for r in records
        if r.kind in (RecordKind.PROMPT, RecordKind.RESPONSE, RecordKind.TOOL_USE)
    )  # fmt: skip
    return Worked(
        row=row, started_at=min(times), ended_at=max(times),
        branch=next((r.branch for r in records if r.branch), ""),
        prompts=tuple(prompts[:PROMPTS]),
        calls=tuple(f"{r.command or r.text}" for r in first),
        used=frozenset(p for r in first for p in _files(r, root)),
        touched=touched, words=words_of(said) | words_of(" ".join(touched)),
    )  # fmt: skip


def _files(record: Record, root: str) -> Iterator[str]:
    for path in (*record.reads, *record.writes):
        yield path.removeprefix(f"{root.rstrip('/')}/") if root else path
