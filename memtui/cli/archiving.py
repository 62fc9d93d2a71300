"""``export --into``: sessions of a project as files that a person can read and keep."""

import filecmp
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from memtui.cli.injecting import HTML, MARKDOWN
from memtui.cli.lines import local_time
from memtui.cli.markdown import as_words, session_as_markdown
from memtui.cli.page import CLOSING, facts_of, opening, session_as_page
from memtui.errors import MemtuiError
from memtui.masking import safe_line
from memtui.model import Session, SessionKind, text_id
from memtui.search.grammar import EVERYTHING
from memtui.store.queries import Anchor, StoreView, View

PAGE: Final = 500
SLUG_CHARS: Final = 50
_ENDINGS: Final = {HTML: ".html", MARKDOWN: ".md"}
_ODD: Final = re.compile(r"[^\w]+")

Pieces = Callable[[StoreView, Session], Iterator[str]]


def sessions_of(
    view: StoreView, project: str | None, since: int | None, until: int | None
) -> Iterator[Session]:
    """Sessions that were held within a span, the last active first; subagents too.

    Args:
        project: UUID; None: of all.
        since, until: Unix ms, the one included, the other not.
    """
    looked = replace(View.everything(), project=project)
    before: Anchor | None = None
    while page := view.sessions(EVERYTHING, looked, before=before, limit=PAGE):
        before = Anchor.of(page[-1])
        for session in page:
            if until is not None and session.started_at >= until:
                continue
            if since is None or session.ended_at >= since:
                yield session


def write(
    view: StoreView, sessions: Iterable[Session], folder: Path, form: str
) -> list[Path]:
    """Write a file for each session, and an index of them; the files.

    Files of the same names are written anew, others in the folder left alone.

    Raises:
        MemtuiError: one cannot be written.
    """
    pieces: Pieces = session_as_page if form == HTML else session_as_markdown
    written: dict[Path, Session] = {}
    try:
        for session in sessions:
            path = folder / _name(session, _ENDINGS[form])
            if path in written:  # two ids that end alike
                told = text_id(f"{session.agent} {session.id}")
                path = path.with_stem(f"{path.stem}-{told}")
            _put(path, pieces(view, session))
            written[path] = session
        if not written:
            return []
        index = folder / f"index{_ENDINGS[form]}"
        listed = _page_index if form == HTML else _markdown_index
        _put(index, listed(folder, written.items()))
    except OSError as error:
        named = error.filename2 or error.filename or folder
        raise MemtuiError(f"{named} cannot be written: {error.strerror}.") from error
    return [*written, index]


def _put(path: Path, pieces: Iterable[str]) -> None:
    """Put a file in place once it is whole; one that says the same stays untouched.

    What was said is for the person alone: nobody else may read the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with open(
            handle, "w", encoding="utf-8", errors="replace", newline="\n"
        ) as file:
            file.writelines(pieces)
        if _is_plain(path) and filecmp.cmp(name, path, shallow=False):
            path.chmod(0o600)
        else:
            os.replace(name, path)
    finally:  # an interrupt, too, leaves nothing behind
        Path(name).unlink(missing_ok=True)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _name(session: Session, ending: str) -> str:
    """``PROJECT/DATE-TITLE-ID.html``: readable, and one file for each session."""
    project = session.project
    folder = _slug(project.name) if project else "no-project"
    day = local_time(session.started_at)[:10].strip() or "undated"
    own = _slug(session.id)[-8:]
    parts = (day, _slug(session.title), own)
    return f"{folder or 'project'}/{'-'.join(filter(None, parts))}{ending}"


def _slug(text: str) -> str:
    words = _ODD.sub("-", safe_line(text).lower()).strip("-_")
    return words.encode()[:SLUG_CHARS].decode("utf-8", "ignore").strip("-_")


def _page_index(folder: Path, written: Iterable[tuple[Path, Session]]) -> Iterator[str]:
    yield opening("Sessions")
    yield "<h1>Sessions</h1>\n<table>\n"
    for path, session in written:
        link = escape(quote(path.relative_to(folder).as_posix()))
        title, when = escape(_titled(session)), escape(local_time(session.started_at))
        told = f'<a href="{link}">{title}</a></td><td>{escape(facts_of(session))}'
        yield f"<tr><td>{when}</td><td>{told}</td></tr>\n"
    yield f"</table>\n{CLOSING}"


def _markdown_index(
    folder: Path, written: Iterable[tuple[Path, Session]]
) -> Iterator[str]:
    yield "# Sessions\n\n"
    for path, session in written:
        link = quote(path.relative_to(folder).as_posix())
        title = as_words(_titled(session))
        yield f"- {local_time(session.started_at)} [{title}]({link})\n"


def _titled(session: Session) -> str:
    title = safe_line(session.title) or "Session"
    return f"{title} (subagent)" if session.kind is SessionKind.SUBAGENT else title


def in_words(paths: Sequence[Path]) -> str:
    """How many sessions were written; the index is none."""
    count = max(len(paths) - 1, 0)
    return f"{count:,} {'session' if count == 1 else 'sessions'}"
