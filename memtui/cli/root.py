"""One call in words: which verb it names, and what is wrong with the words."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from memtui import __version__
from memtui.cli import output
from memtui.cli.ending import INTERRUPTED
from memtui.cli.verbs import MODULES, SECTIONS, SUMMARIES
from memtui.errors import MemtuiError, UsageError, nearest
from memtui.paths import is_utf8, shown

if TYPE_CHECKING:  # only a completing shell needs it
    from click.shell_completion import CompletionItem

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

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> "list[CompletionItem]":
        """Verbs that begin so, without a module of theirs being loaded."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=SUMMARIES[name])
            for name in MODULES
            if name.startswith(incomplete)
        ]
        # click asks each verb whether it is hidden; options are the group's own
        return found or click.Command.shell_complete(self, ctx, incomplete)

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
    """Do what the words say; the exit code.

    Raises:
        MemtuiError: it could not be done.
    """
    try:
        # Not root.main: it would turn a broken pipe into a failure.
        with root.make_context("memtui", list(words)) as ctx:
            result = root.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        output.note(error.format_message())
        return UsageError.exit_code
    except click.UsageError as error:
        raise UsageError(error.format_message(), hint=_help_hint(error)) from error
    except click.ClickException as error:
        output.say_error(MemtuiError(error.format_message()))
        return error.exit_code
    except click.Abort:
        output.note("Interrupted.")
        return INTERRUPTED
    except UnicodeEncodeError as error:
        odd = [word for word in words if not is_utf8(word)]
        if not odd:
            raise
        raise UsageError(
            f"{shown(odd[0])} is no UTF-8: nothing is called so."
        ) from error
    return result if isinstance(result, int) else 0


def _help_hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "memtui"
    return f"See: {path} --help"
