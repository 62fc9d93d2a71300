"""``search``, ``list``, ``sessions``, ``show``: looking, never changing."""

import functools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import zip_longest
from typing import Any, Final, TypeVar

import click

from memtui.cli import forms, lines, objects, output
from memtui.cli.options import (
    json_option,
    limit_option,
    project_here,
    settings,
    store_view,
)
from memtui.errors import UsageError
from memtui.model import Memory, Session
from memtui.search.grammar import LONGEST, Query, parse, why_words
from memtui.search.marks import Snippet
from memtui.search.match import left_out
from memtui.search.meaning import Embedder
from memtui.search.reasons import Explanation
from memtui.store.queries import Anchor, Hit, HitKind, StoreView, View

F = TypeVar("F", bound=Callable[..., Any])
Row = TypeVar("Row", Memory, Session)

DAY_MS = 86_400_000
LIMIT = 50
"""Rows that are printed unless told otherwise."""
PAGE = 500
"""Rows that are asked of the store at once."""
WHOLE_SEARCH = 10_000
"""Hits that ``search --all`` prints at most."""


def reading_options(verb: F) -> F:
    """What the verbs that print rows have in common."""
    for option in (
        click.option("--all", "everything", is_flag=True, help=_ALL_HELP),
        limit_option(f"{LIMIT} rows"),
        json_option,
        click.argument("words", nargs=-1, metavar="[QUERY]"),
    ):
        verb = option(verb)
    return verb


_ALL_HELP = "Every project, state and age, without a limit."

_TAKES_MINUS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
"""``-word`` is part of a query, not an option; nor is ``-harbor`` a ``-h``."""


BEHIND: Final = "memtui.cli.behind"
"""Where a call keeps how many of its words stand behind ``--``."""
_TOLD: Final = 200
"""Characters of a query that are told again."""


class QueryCommand(click.Command):
    """A verb that takes a query: behind ``--`` every word is one, ``--force`` too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note how many words stand behind, before click drops the sign."""
        if "--" in args:
            ctx.meta[BEHIND] = len(args) - args.index("--") - 1
        return super().parse_args(ctx, args)


form_option = click.option(
    "--format", "form", metavar="FORM", help="A line each, such as '{id} {title}'."
)


@click.command("list", cls=QueryCommand, context_settings=_TAKES_MINUS)
@form_option
@reading_options
def list_verb(
    words: tuple[str, ...],
    as_json: bool,
    limit: int | None,
    everything: bool,
    form: str | None,
) -> None:
    """Print memories that match QUERY, newest first; without QUERY, all."""
    query = query_of(words)
    if form is not None:
        line = forms.line_maker(form, forms.MEMORY, as_json=as_json)
        with store_view() as view:
            looked = looked_at(view, query, everything=everything)
            for row in each_memory(view, query, looked, _most(limit, everything)):
                output.say(line(row))
        return
    with store_view() as view:
        looked = looked_at(view, query, everything=everything)
        rows = each_memory(view, query, looked, _most(limit, everything))
        if as_json:
            output.emit(map(objects.memory_object, rows))
            output.emit(objects.near_objects(view.did_you_mean(query)))
            return
        found = _say_each(
            lines.memory_line(row, with_project=looked.project is None) for row in rows
        )
        near = view.did_you_mean(query)
    _say_near(near)
    _say_if_nothing(found, query)


@click.command("sessions", cls=QueryCommand, context_settings=_TAKES_MINUS)
@form_option
@reading_options
def sessions_verb(
    words: tuple[str, ...],
    as_json: bool,
    limit: int | None,
    everything: bool,
    form: str | None,
) -> None:
    """Print sessions that match QUERY, best first; without words, newest first."""
    query = query_of(words)
    if form is not None:
        line = forms.line_maker(form, forms.SESSION, as_json=as_json)
        with store_view() as view:
            looked = looked_at(view, query, everything=everything)
            for row in _sessions(view, query, looked, _most(limit, everything)):
                output.say(line(row))
        return
    with store_view() as view:
        looked = looked_at(view, query, everything=everything)
        rows = _sessions(view, query, looked, _most(limit, everything))
        if as_json:
            output.emit(map(objects.session_object, rows))
            _say_how_far(view, query, looked)
            output.emit(objects.near_objects(view.did_you_mean(query)))
            return
        found = _say_each(
            lines.session_line(row, with_project=looked.project is None) for row in rows
        )
        _say_how_far(view, query, looked)
        near = view.did_you_mean(query)
    _say_near(near)
    _say_if_nothing(found, query)


@click.command("search", cls=QueryCommand, context_settings=_TAKES_MINUS)
@click.option(
    "--meaning", is_flag=True, help="By meaning too; needs the extra semantic."
)
@click.option("--explain", is_flag=True, help="Say why each is found and stands there.")
@reading_options
def search_verb(
    words: tuple[str, ...],
    as_json: bool,
    limit: int | None,
    everything: bool,
    explain: bool,
    meaning: bool,
) -> None:
    """Find memories and turns, best first.

    QUERY is words in any order, "phrases", -word, fields such as type:gotcha
    or since:tuesday, and /regular expressions/. A turn's id can be handed to
    show.
    """
    query = query_of(words)
    most = limit or (WHOLE_SEARCH if everything else LIMIT)
    with store_view() as view:
        looked = looked_at(view, query, everything=everything)
        embedder = view.embedder() if meaning else None
        hits, told = _found(view, query, looked, most, embedder, explain=explain)
        near = view.did_you_mean(query)
        _say_how_far(view, query, looked)
        if as_json:
            output.emit(_hit_objects(view, hits, told))
            output.emit(objects.near_objects(near))
            return
        whys = told.whys if told else ()
        for hit, why in zip_longest(hits, whys):
            for line in lines.hit_lines(hit, with_project=looked.project is None):
                output.say_styled(*line)
            if why is not None:
                output.say_styled((f"    = {why.line()}", output.QUIET))
        for line in told.lines() if told else ():
            output.say_styled((line, output.QUIET))
    _say_near(near)
    _say_if_nothing(len(hits), query)


def _found(
    view: StoreView,
    query: Query,
    looked: View,
    most: int,
    embedder: Embedder | None,
    *,
    explain: bool,
) -> tuple[list[Hit], Explanation | None]:
    if explain:
        return view.explained(query, looked, most, embedder=embedder)
    if query.has_text or query.patterns:
        return view.search(query, looked, most, embedder=embedder), None
    # Nothing to rank by: what the filters leave, newest first.
    return [_as_hit(m) for m in each_memory(view, query, looked, most)], None


def query_of(words: tuple[str, ...]) -> Query:
    """The query that the words of a call spell.

    Raises:
        UsageError: one looks like an option that does not exist, or like a regular
            expression and is none.
    """
    behind = click.get_current_context().meta.get(BEHIND, 0)
    for word in words[: len(words) - behind]:
        if word.startswith("--"):
            raise UsageError(
                f"There is no option {word[:_TOLD]}.",
                hint="See --help. To look for it, put -- before the query.",
            )
    query = parse(" ".join(words), now_ms=now_ms())
    if query.wrong:
        raise UsageError(query.wrong[0])
    for unknown in query.unknown:
        output.note(why_words(unknown))
    if query.is_cut:
        output.note(f"Only its first {LONGEST:,} characters are looked for.")
    return query


def looked_at(view: StoreView, query: Query, *, everything: bool) -> View:
    """What a call looks at: the project it is made in, unless told otherwise."""
    if everything:
        return replace(View.everything(), types=settings().types)
    known = settings()
    looked = View(types=known.types)
    if days := known.history_days:
        looked = replace(looked, since=now_ms() - days * DAY_MS)
    if query.values("project"):
        return looked
    project = project_here(view)
    return looked.within(project.id) if project else looked


def each_memory(
    view: StoreView, query: Query, looked: View, most: int | None
) -> Iterator[Memory]:
    """Memories newest first, asked of the store a page at a time."""
    return _paged(lambda **page: view.memories(query, looked, **page), most)


def now_ms() -> int:
    """The present, in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def _sessions(
    view: StoreView, query: Query, looked: View, most: int | None
) -> Iterator[Session]:
    if query.has_text or query.patterns:
        return iter(view.best_sessions(query, looked, most or WHOLE_SEARCH))
    return _paged(lambda **page: view.sessions(query, looked, **page), most)


def _paged(page: Callable[..., list[Row]], most: int | None) -> Iterator[Row]:
    """Rows of one page after the other, ``most`` at the most; None: all."""
    anchor: Anchor | None = None
    left = most
    while left is None or left > 0:
        wanted = PAGE if left is None else min(PAGE, left)
        rows = page(before=anchor, limit=wanted)
        yield from rows
        if len(rows) < wanted:
            return
        anchor = Anchor.of(rows[-1])
        left = None if left is None else left - len(rows)


def _as_hit(memory: Memory) -> Hit:
    return Hit(
        kind=HitKind.MEMORY,
        at=memory.at,
        score=0.0,
        title=Snippet(memory.title, ()),
        snippet=Snippet("", ()),
        session=memory.session,
        project=memory.project.name if memory.project else "",
        memory=memory,
    )


def _hit_objects(
    view: StoreView, hits: list[Hit], told: Explanation | None
) -> Iterator[dict[str, Any]]:
    session_of = functools.cache(view.session)
    for number, hit in enumerate(hits):
        if hit.memory is not None:
            found = objects.memory_object(hit.memory)
        else:
            found = objects.hit_object(hit, session_of(hit.session))
        found |= {"snippet": hit.snippet.text, "score": round(hit.score, 4)}
        yield found | ({"why": asdict(told.whys[number])} if told else {})
    if told:
        yield objects.explanation_object(told)


def _most(limit: int | None, everything: bool) -> int | None:
    return limit if limit is not None else (None if everything else LIMIT)


def _say_each(rows: Iterator[lines.Parts]) -> int:
    count = 0
    for row in rows:
        output.say_styled(*row)
        count += 1
    return count


def _say_near(near: Mapping[str, Sequence[str]]) -> None:
    for word, meant in near.items():
        output.note(f"{word} stands nowhere. Did you mean {' or '.join(meant)}?")


def _say_how_far(view: StoreView, query: Query, looked: View) -> None:
    if newest := view.newest_alone(query, looked):
        output.note(
            f"An expression alone is held against the newest {newest:,} records; "
            "words, dates or --all look further."
        )


def _say_if_nothing(found: int, query: Query) -> None:
    if found:
        return
    asked = query.text if len(query.text) <= _TOLD else f"{query.text[:_TOLD]}…"
    looked_for = f"Nothing matches {asked}." if asked else "Nothing is here."
    output.note(f"{looked_for} --all looks everywhere.")
    signs = [word for word in left_out(query) if not any(map(str.isalnum, word))]
    if signs:
        pattern = re.escape(signs[0][:_TOLD]).replace("/", "\\/")
        output.note(f"No word has signs alone; '/{pattern}/' looks for them.")
