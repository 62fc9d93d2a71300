"""``memtui show``: one memory, session or turn, with what it stands on."""

from collections.abc import Iterator

import click

from memtui.cli import lines, objects, output
from memtui.cli.completing import memory_ids
from memtui.cli.markdown import each_turn
from memtui.cli.options import json_option, store_view
from memtui.errors import NotFound
from memtui.masking import safe_line
from memtui.model import Evidence, Memory, Session
from memtui.records import Turn
from memtui.redact import masked
from memtui.store.queries import StoreView


@click.command("show")
@click.argument("id_", metavar="ID", shell_complete=memory_ids)
@click.option("--raw", is_flag=True, help="Print the source lines instead.")
@json_option
def show_verb(id_: str, raw: bool, as_json: bool) -> None:
    """Print one memory, session or turn.

    ID is a memory's or session's id or its beginning, or SESSION#TURN.
    """
    with store_view() as view:
        found = thing_named(view, id_)
        if raw:
            for line in raw_lines_of(view, found):
                output.put_bytes(masked(line))
        elif isinstance(found, Memory):
            _show_memory(view, found, as_json)
        elif isinstance(found, Session):
            _show_session(view, found, as_json)
        else:
            _show_turn(view, found, as_json)


def thing_named(view: StoreView, id_: str) -> Memory | Session | Turn:
    """What an id, or the only beginning of one, names.

    Raises:
        NotFound: nothing has that id, or several things begin with it.
    """
    session, mark, number = id_.rpartition("#")
    if mark and number.isdecimal():
        return _turn_named(view, session, int(number))
    try:
        return view.memory(id_)
    except NotFound as no_memory:
        try:
            return view.session(id_)
        except NotFound as no_session:
            several = "begins with" in no_session.message
            raise (no_session if several else no_memory) from None


def raw_lines_of(view: StoreView, found: Memory | Session | Turn) -> Iterator[bytes]:
    """The source lines that a thing stands on, newlines included."""
    if isinstance(found, Session):
        yield from view.raw_lines(found.id)
        return
    if isinstance(found, Memory):
        evidence = list(found.evidence)
    else:
        evidence = [
            Evidence(session=found.session, record=record.native_id, part=record.part)
            for record in found.records
        ]
    # Several parts of one record stand on one line.
    for item in {(e.session, e.record): e for e in evidence}.values():
        if line := view.raw_line_of(item):
            yield line + b"\n"
    if isinstance(found, Turn):
        for path in dict.fromkeys(r.output for r in found.records if r.output):
            yield from view.output_of(path)


def _turn_named(view: StoreView, session: str, number: int) -> Turn:
    id_ = view.session(session).id
    for turn in view.turns(id_, around=number, limit=1):
        if turn.number == number:
            return turn
    raise NotFound(f"Session {id_} has no turn {number}.")


def _show_memory(view: StoreView, memory: Memory, as_json: bool) -> None:
    if as_json:
        known = {
            "feedback": objects.feedback_object(view.feedback(memory)),
            "gone": view.gone(memory),
            "caution": lines.cautions(memory, _turn_of(view, memory)),
        }
        output.emit([objects.memory_object(memory) | known])
        return
    for line in lines.memory_text(memory, _turn_of(view, memory)):
        output.say_styled(*line)
    if gone := view.gone(memory):
        names = ", ".join(map(safe_line, gone))
        output.say_styled((f"{'gone':<10} ", output.QUIET), names)
    if why := view.proposed_because(memory):
        output.say_styled((f"{'proposed':<10} ", output.QUIET), why)
    if told := view.feedback(memory).told:
        output.say_styled((f"{'told':<10} ", output.QUIET), told)


def _turn_of(view: StoreView, memory: Memory) -> Turn | None:
    for item in memory.evidence:
        try:
            return view.turn_of(item)
        except NotFound:
            continue
    return None


def _show_session(view: StoreView, session: Session, as_json: bool) -> None:
    if as_json:
        output.emit([objects.session_object(session)])
        output.emit(objects.turn_object(t, session) for t in each_turn(view, session))
        return
    for line in lines.session_text(session):
        output.say_styled(*line)
    for turn in each_turn(view, session):
        output.say()
        for line in lines.turn_text(turn):
            output.say_styled(*line)


def _show_turn(view: StoreView, turn: Turn, as_json: bool) -> None:
    session = view.session(turn.session)
    if as_json:
        output.emit([objects.turn_object(turn, session)])
        return
    for line in lines.turn_text(turn):
        output.say_styled(*line)
