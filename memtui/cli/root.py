"""One call: which verb it names, and how it ends."""

import importlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final

import click

from memtui import __version__
from memtui.cli.verbs import MODULES, SECTIONS
from memtui.errors import MemtuiError, UsageError, nearest
from memtui.paths import make_private_dir

INTERRUPTED: Final = 130

SCREENS: Final = ("timeline", "search", "curate", "injection", "sessions", "stats")
"""Those of the app, which is not loaded to print its name (a test compares)."""


class Verbs(click.Group):
    """Loads the module of a verb when the verb is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order in which a person meets them."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of this name, or None."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"memtui.cli.{MODULES[cmd_name]}")
        command = getattr(module, f"{cmd_name}_verb")
        assert isinstance(command, click.Command)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """The verbs by section, each in a line."""
        for section in SECTIONS:
            with formatter.section(section.title):
                formatter.write_dl(
                    [(name, summary) for name, (_, summary) in section.verbs.items()],
                    col_max=12,
                )

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown verb is told its nearest."""
        name = args[0] if args else ""
        if name and name not in MODULES and not name.startswith("-"):
            near = nearest(name, MODULES)
            hint = f" Did you mean {near}?" if near else ""
            raise click.UsageError(f"There is no verb {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, message="memtui %(version)s")
@click.option("--demo", is_flag=True, help="Open a made-up store, kept nowhere.")
@click.option("--screen", type=click.Choice(SCREENS), help="Open on this screen.")
@click.option("--filter", "query", metavar="QUERY", help="Open with this filter.")
@click.option("--all", "everything", is_flag=True, help="Show all projects and ages.")
@click.pass_context
def root(
    ctx: click.Context, demo: bool, screen: str | None, query: str, everything: bool
) -> int:
    """See, search and curate what coding agents remember.

    Without a verb, the app opens.
    """
    if ctx.invoked_subcommand is not None:
        if demo or screen or query or everything:
            raise click.UsageError("These options open the app; a verb takes its own.")
        return 0
    from memtui.cli.app import open_app

    return open_app(
        demo=demo, screen=screen, query=query or "", all_projects=everything
    )


def run(words: Sequence[str]) -> int:
    """Run one call; every way it can end becomes an exit code."""
    from memtui.cli import output

    with _unwound_by_signals():
        try:
            code = _run(words)
        except BrokenPipeError:
            # Whoever read us (head, a pager) has all it wanted.
            code = 0
    with suppress(OSError):  # what a failed write left behind was told above
        output.flush()
    return code


@contextmanager
def _unwound_by_signals() -> Iterator[None]:
    """A kill and a closed window put away what is open, as Ctrl-C does.

    Otherwise they would leave a demo's folder or a text in the editor behind.
    The first of them counts: later ones would stop the putting away.
    """
    ends = (signal.SIGTERM, signal.SIGHUP)

    def leave(number: int, _frame: FrameType | None) -> None:
        for end in ends:
            signal.signal(end, signal.SIG_IGN)
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield  # there it cannot be said what a signal does
        return
    ours = [end for end in ends if signal.getsignal(end) is signal.SIG_DFL]
    for end in ours:
        signal.signal(end, leave)
    try:
        yield
    finally:
        for end in ours:
            signal.signal(end, signal.SIG_DFL)


def _run(words: Sequence[str]) -> int:
    from memtui.cli import output

    try:
        # Not root.main: it would turn a broken pipe into a failure.
        with root.make_context("memtui", list(words)) as ctx:
            result = root.invoke(ctx)
        output.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        output.note(error.format_message())
        return UsageError.exit_code
    except click.UsageError as error:
        output.say_error(UsageError(error.format_message(), hint=_help_hint(error)))
        return UsageError.exit_code
    except click.ClickException as error:
        output.say_error(MemtuiError(error.format_message()))
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        output.note("Interrupted.")
        return INTERRUPTED
    except MemtuiError as error:
        output.say_error(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        # Full disk, missing rights: a person can act on these.
        name = f" ({error.filename})" if error.filename else ""
        output.say_error(MemtuiError(f"{error.strerror or error}{name}."))
        return 1
    # The last resort: a person is told in a line, the log has the traceback.
    except Exception as error:  # noqa: BLE001
        output.say_error(_told(error))
        return 1
    return result if isinstance(result, int) else 0


def _help_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "memtui"
    return f"See: {path} --help"


def _told(error: Exception) -> MemtuiError:
    """In our words what nobody foresaw."""
    from memtui import paths
    from memtui.store.trouble import explained

    try:
        with explained(paths.store_path()):
            raise error
    except MemtuiError as known:  # the store is damaged
        return known
    except Exception:  # noqa: BLE001 - the one that was just raised
        _write_down(paths.log_path())
        return MemtuiError(
            f"A fault of memtui itself: {type(error).__name__}: {error}.",
            hint=f"Where it happened stands in {paths.log_path()}.",
        )


def _write_down(log: Path) -> None:
    """Add the traceback at hand to the log, where that can be done."""
    import traceback

    with suppress(OSError):
        make_private_dir(log.parent)
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(handle, "a", encoding="utf-8", errors="replace") as file:
            os.fchmod(handle, 0o600)  # an older memtui let others read it
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {__version__}\n")
            file.write(traceback.format_exc())
