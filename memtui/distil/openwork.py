"""What was left open when the session ended."""

from collections.abc import Iterator

from memtui.distil import rules, words
from memtui.distil.answers import details_of, head_of, stated_in
from memtui.distil.drafts import Draft
from memtui.distil.prompts import wish_of
from memtui.distil.strip import own_words
from memtui.distil.text import plain, sentences
from memtui.distil.turns import Turn
from memtui.model import RecordKind

_STARTED = 4
"""So many steps show that work on a wish had begun."""


def from_open_work(turns: list[Turn]) -> Iterator[Draft]:
    """What the last words name as unfinished, or the last wish itself."""
    if not turns:
        return
    last = turns[-1]
    if last.answer:
        left = [
            one
            for one in stated_in(last.answer.text, later=True)
            if "open" in one.signals or words.LATER_HEADINGS.match(one.unit.heading)
        ]
        if left:
            head = head_of(left)
            yield Draft(
                rule="open", record=last.answer, quote=head.unit.raw, title=head.text,
                details=details_of(left, head, 4), type="progress",
                signals=head.signals | {"last_turn"}, turn=last.number,
            )  # fmt: skip
    elif last.prompts and len(last.steps) >= _STARTED:
        yield from _interrupted(last)


def _interrupted(turn: Turn) -> Iterator[Draft]:
    prompt = turn.prompts[-1]
    typed, _ = own_words(prompt.text)
    wish = next((s for s in sentences(typed.replace("\n", " ")) if len(s) >= 16), "")
    said = [s for s in turn.steps if s.kind is RecordKind.RESPONSE]
    if wish and not words.EMPTY_PROMPTS.match(typed):
        yield Draft(
            rule="open", record=prompt, quote=wish,
            title=f"{rules.UNFINISHED}: {wish_of(plain(wish))}",
            details=tuple(plain(said[-1].text.split("\n")[0])[:300] for _ in said[-1:]),
            type="progress", signals=frozenset({"interrupted", "last_turn"}),
            turn=turn.number,
        )  # fmt: skip
