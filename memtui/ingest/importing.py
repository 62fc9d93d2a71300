"""Sessions of another tool, read as the transcripts that they were.

Those that the store holds are left alone. The others are written as transcripts,
without secrets, into a folder of their own, read by the reader of their agent like any,
and taken away again: the archive keeps their lines.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from memtui import paths
from memtui.errors import NotFound
from memtui.importers.sessions import Sessions, Spoken, file_name, line_of
from memtui.ingest.sync import sync
from memtui.model import Agent
from memtui.readers.claude_code import history
from memtui.redact import Redactor
from memtui.settings import Settings
from memtui.store.queries import StoreView


@dataclass(slots=True, kw_only=True)
class SessionsReport:
    """What became of another tool's sessions."""

    found: int = 0
    held: int = 0
    """Their transcripts, or a copy, are in the store already."""
    brought: int = 0
    rows: int = 0
    """Of those that were brought."""
    new: int = 0
    """That were in no archive before; the others may have grown."""
    records: int = 0
    """New in the archive."""
    memories: int = 0
    """Distilled from them."""


def read_sessions(
    data: Path,
    settings: Settings,
    tool: str,
    sessions: Sessions,
    *,
    dry: bool = False,
    progress: Callable[[SessionsReport], object] = lambda _: None,
) -> SessionsReport:
    """Bring in the sessions whose transcripts are gone; with ``dry``, count them.

    Raises:
        StoreBusy, StoreError: as ``sync``.
    """
    report, redactor = SessionsReport(), Redactor()
    home = paths.imported_dir(data) / tool
    with _known(paths.store_path(data), home) as is_held, _folder(home, dry) as folder:
        for session, spoken in sessions:
            report.found += 1
            if is_held(session):
                report.held += 1
                continue
            report.brought += 1
            if dry:
                report.rows += sum(1 for _ in spoken)
            else:
                report.rows += _write(folder, session, spoken, redactor)
            progress(report)
        if report.brought and not dry:
            made = sync(data, settings, home=home, agents=[Agent.CLAUDE_CODE])
            counts = made.agents[Agent.CLAUDE_CODE.value]
            report.new, report.records = counts.sessions, counts.records
            report.memories = counts.observations
    return report


@contextmanager
def _known(store: Path, home: Path) -> Iterator[Callable[[str], bool]]:
    """Whether the store holds a session otherwise than from here."""
    if not store.exists():
        yield lambda _: False
        return
    with StoreView(store) as view:

        def is_held(session: str) -> bool:
            try:
                path = view.session(Path(file_name(session)).stem).path
            except NotFound:
                return False
            is_ours = path.startswith(f"{home}/")
            return not is_ours and not history.session_in(Path(path))

        yield is_held


@contextmanager
def _folder(home: Path, dry: bool) -> Iterator[Path]:
    """Where transcripts are written, and gone afterwards."""
    folder = home / ".claude" / "projects" / "imported"
    if dry:
        yield folder
        return
    shutil.rmtree(home.parent, ignore_errors=True)  # of an import that was killed
    paths.make_private_dir(home.parent)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(home.parent, ignore_errors=True)


def _write(
    folder: Path, session: str, spoken: Iterator[Spoken], redactor: Redactor
) -> int:
    count, before = 0, ""
    path = folder / file_name(session)
    path.touch(0o600)
    with path.open("wb") as file:
        for one in spoken:
            raw, before = line_of(session, one, before)
            file.write(redactor.line(raw).data)
            count += 1
    return count
