"""What several verbs share: options, the settings, the project."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from memtui import paths
from memtui.cli import output
from memtui.errors import MemtuiError, NotFound, UsageError
from memtui.model import Project
from memtui.settings import Settings, load

if TYPE_CHECKING:  # verbs that only write do without all the ways to ask
    from memtui.store.queries import StoreView
    from memtui.store.views.likeness import ListedProject

F = TypeVar("F", bound=Callable[..., Any])


def json_option(verb: F) -> F:
    """``--json``: the result as JSON Lines."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")(
        verb
    )


def limit_option(default: str) -> Callable[[F], F]:
    """``--limit N``; the default is only told, not set."""
    return click.option(
        "--limit",
        type=int,
        callback=_positive,
        metavar="N",
        help=f"Print at most N ({default}).",
    )


def _positive(
    _ctx: click.Context, _option: click.Parameter, value: int | None
) -> int | None:
    if value is not None and value < 1:
        raise click.BadParameter("it must be 1 or more")
    return value


def yes_option(verb: F) -> F:
    """``--yes``: do it without asking."""
    return click.option("--yes", is_flag=True, help="Do it without asking.")(verb)


def must_agree(question: str, yes: bool) -> None:
    """Ask, unless ``--yes`` was said.

    Raises:
        MemtuiError: the person said no, or there is nobody to ask.
    """
    if yes or output.confirmed(question):
        return
    # To somebody who has just said no, --yes is no help.
    hint = "" if output.can_ask() else "--yes does it."
    raise MemtuiError("Nothing was changed.", hint=hint)


def folder_option(verb: F) -> F:
    """``--project DIR``: the project of this folder or name, not the present one."""
    return click.option(
        "--project",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The project of this folder or name; otherwise the present one.",
    )(verb)


def settings() -> Settings:
    """The settings of this call."""
    return load()


@contextmanager
def store_view() -> Iterator["StoreView"]:
    """A view of the store, closed afterwards."""
    from memtui.store.queries import StoreView

    with StoreView(paths.store_path()) as view:
        yield view


def project_here(view: "StoreView", folder: Path | None = None) -> Project | None:
    """The project of a folder, or None where it is none we know."""
    return view.project_at((folder or paths.here()).resolve())


def called(every: Sequence["ListedProject"], word: str) -> "ListedProject":
    """The one project that is meant.

    Raises:
        NotFound: none is called so.
        UsageError: several are.
    """
    folders = {word, str(Path(word).expanduser().absolute())}
    name = word.casefold()
    ways: tuple[Callable[[ListedProject], bool], ...] = (
        lambda one: one.project.id == word,
        lambda one: not folders.isdisjoint(one.roots),
        lambda one: name in (alias.casefold() for alias in one.aliases),
        lambda one: name == one.project.name.casefold(),
        lambda one: len(word) >= 6 and one.project.id.startswith(word),
    )
    for is_meant in ways:
        found = [one for one in every if is_meant(one)]
        if len(found) == 1:
            return found[0]
        if found:
            places = ", ".join(one.project.path or one.project.id for one in found)
            raise UsageError(
                f"{len(found)} projects are called {word}.",
                hint=f"Name the folder: {places}",
            )
    raise NotFound(
        f"No project is called {word}.", hint="memtui project list shows them."
    )


def named_place(view: "StoreView", word: Path) -> Path:
    """The folder that a person named: itself, or that of the project of this name.

    Raises:
        NotFound: it is neither a folder nor a project.
        UsageError: several projects are called so.
    """
    if word.exists() or project_here(view, word):
        return word
    return Path(called(view.listed_projects(), str(word)).project.path or word)


def named_project(view: "StoreView", word: Path) -> Project:
    """The project that a person named, by its folder or its name.

    Raises:
        NotFound: no known project holds it.
        UsageError: several are called so.
    """
    project = project_here(view, named_place(view, word))
    if project is None:
        raise NotFound(
            f"No project is known at {word.resolve()}.",
            hint="memtui project list shows those that are.",
        )
    return project


MOST_BUDGET: Final = 10_000
"""Dollars: a run that may cost more is a slip."""


if TYPE_CHECKING:
    _Amount = click.ParamType[float]
else:
    _Amount = click.ParamType  # can be told of what only from click 8.4 on


class _Dollars(_Amount):
    """An amount of dollars that a run may cost."""

    name = "usd"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The amount."""
        try:
            amount = float(value)
        except ValueError:
            amount = -1
        if not 0 <= amount <= MOST_BUDGET:
            self.fail(f"{value} is no amount from 0 to {MOST_BUDGET:,}.", param, ctx)
        return amount


budget_option = click.option(
    "--budget", type=_Dollars(), metavar="USD", help="Cost no more than this."
)
