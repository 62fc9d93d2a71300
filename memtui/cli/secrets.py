"""``memtui secrets``: where secrets still stand, and what to do about them."""

from collections import Counter
from collections.abc import Iterable, Iterator

import click

from memtui import paths
from memtui.cli import output
from memtui.cli.amounts import counted
from memtui.cli.options import json_option, settings
from memtui.cli.purging import confirm_option, must_type, say_done
from memtui.curate import guard
from memtui.errors import UsageError
from memtui.ingest.erase import redact
from memtui.ingest.secrets import (
    DRAWN,
    SOURCE,
    Secret,
    find_values,
    in_sources,
    in_store,
)
from memtui.store.purge.secrets import clear

_KIND_WIDTH = 18
_ID_CHARS = 10


@click.command("secrets")
@click.option("--scrub", metavar="ID", multiple=True, help="Cut this value out.")
@click.option("--clear", "cleared", metavar="ID", multiple=True,
              help="This is no secret: show it everywhere.")  # fmt: skip
@click.option("--unclear", metavar="ID", multiple=True, help="It is one after all.")
@click.option("--store-only", is_flag=True, help="Leave the agents' files alone.")
@confirm_option
@json_option
def secrets_verb(
    scrub: tuple[str, ...], cleared: tuple[str, ...], unclear: tuple[str, ...],
    store_only: bool, confirm: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Print where secrets still stand, by file, line and kind: never the value.

    Known kinds are cut as they are read, so that only the agents' own files hold
    them. What looks drawn by a machine has an ID, to be scrubbed or cleared.
    """
    if sum(map(bool, (scrub, cleared, unclear))) > 1:
        raise UsageError("Scrub, clear or unclear: one at a time.")
    if scrub:
        _scrub(scrub, confirm, as_json)
    elif cleared or unclear:
        guard(settings(), "clear secrets")
        values = sorted(find_values(paths.data_dir(), cleared or unclear))
        clear(paths.store_path(), values, take_back=bool(unclear))
        done = "shown" if cleared else "masked again"
        output.say(f"{counted(len(values), 'value')} {done} from now on.")
    else:
        _report(_all(store_only), as_json)


def _scrub(ids: tuple[str, ...], confirm: str | None, as_json: bool) -> None:
    known = settings()
    guard(known, "scrub")
    values = find_values(paths.data_dir(), ids)
    many = counted(len(values), "value")
    output.note(
        f"{many} will be cut out of every stored line, memory, "
        "act and backup, and of what is read from now on. It cannot be undone."
    )
    must_type("scrub", confirm)
    say_done(redact(paths.data_dir(), known, values=values), as_json)


def _all(store_only: bool) -> Iterator[Secret]:
    if paths.store_path().exists():
        yield from in_store(paths.data_dir())
    if store_only:
        return
    with output.progress() as line:
        yield from in_sources(
            paths.data_dir(), settings(), home=paths.home(),
            told=lambda path: line.update(f"Looking through {path}"),
        )  # fmt: skip


def _report(found: Iterable[Secret], as_json: bool) -> None:
    if as_json:
        output.emit(_as_object(one) for one in found)
        return
    kinds: Counter[tuple[str, bool]] = Counter()
    for one in found:
        kinds[one.held_by, one.kind == DRAWN] += 1
        place = one.place if one.line is None else f"{one.place}:{one.line}"
        output.say_styled(
            (f"{one.id[:_ID_CHARS]:<{_ID_CHARS}}", output.QUIET),
            f"  {one.kind:<{_KIND_WIDTH}}  {one.held_by:<6}  {place}",
        )
    if not kinds:
        output.say("No secret was found.")
        return
    for (held_by, is_drawn), count in sorted(kinds.items()):
        output.note(f"{counted(count, 'place')}: {_MEANS[held_by == SOURCE, is_drawn]}")


_MEANS = {
    (
        True,
        False,
    ): "in the agents' own files, cut on the way here. Revoke what is real.",
    (True, True): "in the agents' own files, without a known form.",
    (False, False): "in the store, by an older version: memtui redact --retro",
    (False, True): "in the store, masked where it is shown: "
    "memtui secrets --scrub ID or --clear ID",
}


def _as_object(one: Secret) -> dict[str, object]:
    return {
        "id": one.id or None,
        "kind": one.kind,
        "held_by": one.held_by,
        "place": one.place,
        "line": one.line,
    }
