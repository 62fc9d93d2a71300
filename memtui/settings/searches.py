"""Searches that a person saved: a small file beside the app's own state.

Command line and app share it, so that it is read anew each time. What came of it is
no act on a memory: the journal does not know it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from memtui.clean import clean_line
from memtui.errors import NotFound, SettingsError, UsageError
from memtui.files import locked, replace_file
from memtui.paths import make_private_dir

MOST: Final = 100
"""So many are kept; of one more it is said that there is no room."""
_NAME: Final = 200


class SavedSearches:
    """Names and queries, the last saved first."""

    def __init__(
        self,
        path: Path | None,
        *,
        before: Path | None = None,
        said: Callable[[str], str] = str.strip,
    ) -> None:
        """
        Args:
            path: None: they are kept as long as this object is.
            before: where an older memtui kept them, as a list of queries.
            said: gives what a person typed as it may be stored.
        """
        self._path, self._before, self._said = path, before, said
        self._kept: dict[str, str] = {}

    def all(self) -> dict[str, str]:
        """Queries by name; a file that is missing or foreign counts as empty."""
        if self._path is None:
            return dict(self._kept)
        found = _read(self._path)
        if found is None and self._before is not None:
            state = _read(self._before)
            listed = state.get("searches") if isinstance(state, dict) else None
            listed = listed if isinstance(listed, list) else []
            return {query: query for query in listed if isinstance(query, str)}
        if not isinstance(found, dict):
            return {}
        return {n: q for n, q in found.items() if isinstance(q, str)}

    def query(self, name: str) -> str:
        """The query saved under a name; else NotFound."""
        known = self.all()
        name = name if name in known else _line(name)
        if name not in known:
            raise NotFound(
                f"No search is saved as {name}.", hint="memtui searches lists them."
            )
        return known[name]

    def save(self, name: str, query: str) -> str:
        """Keep a query under a name, as the first one; gives back the name.

        A name is what a list can show of it: one line, no control characters.

        Raises:
            UsageError: the name or the query says nothing or is too long, or there
                is no room for one more.
            SettingsError: the file cannot be written, or what it holds not be read.
            StoreBusy: another process has been writing it for over ten seconds.
        """
        name, query = _line(self._said(name)), self._said(query)
        if not name or not query:
            raise UsageError("A saved search needs a name and a query.")
        if len(name) > _NAME:
            raise UsageError(f"A name has at most {_NAME} characters.")
        if self._path is not None and self._path.exists() and _read(self._path) is None:
            raise SettingsError(
                f"{self._path} is no JSON that can be read.",
                hint="Mend or move it; saving would write over it.",
            )
        with self._alone():
            rest = {n: q for n, q in self.all().items() if n != name}
            if len(rest) >= MOST:
                raise UsageError(
                    f"{MOST} searches are saved, and there is no room for more.",
                    hint="memtui searches delete NAME makes some.",
                )
            self._write({name: query, **rest})
        return name

    def save_unnamed(self, query: str) -> str:
        """Keep a query under its own text, or as much of it as a name may have."""
        name = _line(query)
        if len(name) > _NAME:
            known = self.all()
            begins = name[: _NAME - 5].rstrip()
            names = (f"{begins}… {n}" for n in range(1, MOST + 2))
            name = next(
                n for n in names if known.get(n, query.strip()) == query.strip()
            )
        return self.save(name, query)

    def delete(self, name: str) -> str:
        """Keep it no longer; gives back its query.

        Raises:
            NotFound: there is none of this name.
            SettingsError: the file cannot be written.
        """
        with self._alone():
            query = self.query(name)
            known = self.all()
            gone = name if name in known else _line(name)
            self._write({n: q for n, q in known.items() if n != gone})
        return query

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes the file from its reading to its writing."""
        if self._path is None:
            yield
            return
        with ExitStack() as held:
            try:
                make_private_dir(self._path.parent)
                held.enter_context(locked(self._path.with_suffix(".lock")))
            except OSError as error:
                raise self._trouble(error) from error
            yield

    def _trouble(self, error: OSError) -> SettingsError:
        return SettingsError(
            f"{self._path}: cannot be written: {error.strerror or error}."
        )

    def _write(self, kept: dict[str, str]) -> None:
        if self._path is None:
            self._kept = kept
            return
        try:
            text = json.dumps(kept, ensure_ascii=False, indent=1)
            replace_file(self._path, text.encode("utf-8", "replace"))
        except OSError as error:
            raise self._trouble(error) from error


def _line(name: str) -> str:
    return " ".join(clean_line(name).split())


def _read(path: Path) -> object:
    """What the file holds; None where it is missing or no JSON."""
    try:
        found: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found
