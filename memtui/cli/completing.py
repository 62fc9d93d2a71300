"""What a shell is offered where an id is to follow."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from memtui.errors import MemtuiError

if TYPE_CHECKING:  # no call but that of a completing shell needs it
    from click.shell_completion import CompletionItem

MOST: Final = 50


def memory_ids(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """Ids of the newest memories here that begin so, each with its title."""
    try:
        return list(_ids(incomplete))
    except MemtuiError:  # no store, or none that can be read: nothing to offer
        return []


def _ids(incomplete: str) -> "Iterator[CompletionItem]":
    from click.shell_completion import CompletionItem

    from memtui.cli.options import store_view
    from memtui.cli.reading import looked_at
    from memtui.masking import safe_line
    from memtui.search.grammar import EVERYTHING

    with store_view() as view:
        looked = looked_at(view, EVERYTHING, everything=False)
        for memory in view.memories(EVERYTHING, looked, limit=MOST):
            if memory.id.startswith(incomplete):
                yield CompletionItem(memory.id, help=safe_line(memory.title))
