"""What several verbs share: options, the settings, the project."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from memtui import paths
from memtui.cli import output
from memtui.errors import MemtuiError, NotFound
from memtui.model import Project
from memtui.settings import Settings, load

if TYPE_CHECKING:  # verbs that only write do without all the ways to ask
    from memtui.store.queries import StoreView

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
    """``--project DIR``: the project of this folder instead of the present one."""
    return click.option(
        "--project",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The project of this folder; otherwise of the present one.",
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


def named_project(view: "StoreView", folder: Path) -> Project:
    """The project of a folder that the person named.

    Raises:
        NotFound: no known project holds it.
    """
    project = project_here(view, folder)
    if project is None:
        raise NotFound(
            f"No project is known at {folder.resolve()}.",
            hint="memtui project list shows those that are.",
        )
    return project
