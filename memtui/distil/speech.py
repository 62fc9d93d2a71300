"""What a person typed in a prompt, apart from what they pasted into it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from memtui.distil import rules, wishes
from memtui.distil.signals import (
    after,
    after_low,
    capital,
    effective_length,
    signals_of,
    weigh,
)
from memtui.distil.strip import without_wrappers
from memtui.distil.text import plain, sentences

_LEAST = 24
"""A prompt of fewer letters means nothing without what stood before."""
_LEAST_SENTENCE = 12
_LEAST_ALONE = 20
"""A sentence of fewer letters adds to the one before it: ``Never npm.``"""
_MOST_SENTENCES = 5
_WALL = 1_500
"""More was written elsewhere and pasted, or is a specification."""
_MOST_READ = 6_000
"""So much at either end of a prompt is read: between lies what was pasted."""
_PASTED_LINE = 600
_PASTED_SHARE = 0.25
"""A prompt with less of it typed is a log with a word about it."""
_KEPT_PROMPTS = 32
"""Prompts whose words are remembered: several rules ask for them."""
_AMID = 3
"""So many lines between two that were pasted were pasted with them."""
_CODE_SHARE = 0.12
_WRAPPED = 45
"""Lines from so many letters on were wrapped, if the next goes on in lower case."""

_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.S | re.M)
_PASTED = re.compile(
    r"^\s*(?:[\d:.TZ/-]{8,}(?:\s|$)|\d+\.\d+ \S|\d+ \[\w+\] "  # times
    r"|\s*\d+\s*[→|:]\s"  # lines
    r"|at .+\(.*:\d+|File \"|Traceback|E   |[\w./-]+:\d+:\d+"  # stacks
    r"|// |/\*|[$#%❯>] \S|\S+@\S+ \S* ?[%$#]|>>> |npm |=> "  # shells
    r"|@@ |diff --git|index [0-9a-f]{6,}|[+-]{3} [ab]/|[+-]\s{2,}"  # diffs
    r"|[A-Z]+: |PASS|FAIL|INFO|WARN|ERROR|DEBUG|error\[|\[[+*\d/ .]+\]"  # logs
    r"|(?:fatal|error|warning|remote|hint|npm (?:err!|warn)): "
    r"|[│|├└╭╰┌─=*_-]{2,}|</?[a-z]+(?:-[a-z]+)+>)"  # drawings, tags
)
_COLUMNS = re.compile(r"\S {3,}\S.* {3,}\S|\S {6,}\S")
_CODE = re.compile(r"[{}();=<>\[\]\\|&$#@*~^]")
_NOTE = re.compile(r"\A\s*+#[^\S\n]*+(?=[^\s#!\d][^\n]*+\s*+\Z)")
"""What opens a prompt of one line that is a note: no heading, nothing is below it."""
_LINK = re.compile(r"https?://\S{60,}")
_COUNTED = re.compile(r"^\s*(?:step )?\d{1,2}[.):]\s+\S", re.M | re.I)
_LEAST_STEPS = 2
_HEADING = re.compile(r"^#{1,6} \S", re.M)
_TABLE = re.compile(r"^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$", re.M)
_LEAST_HEADINGS = 3
"""A text with so many was laid out for readers."""
_ITEM = re.compile(r"^\s*(?:[-*•+]|\(?\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Speech:
    """The sentences of one prompt."""

    best: str
    """The one that says most, as spelt."""
    others: tuple[str, ...]
    """The rest in order, plain, at most five."""
    manner: frozenset[str]
    """How: ``pasted``, ``mostly_pasted``, ``wall``, ``listed``, ``terse``; ``order``
    is one of a few words."""
    wish: str
    """The best sentence as a statement."""


@lru_cache(maxsize=_KEPT_PROMPTS)
def speech_of(text: str) -> Speech | None:
    """What the person said in a prompt; None where it means nothing alone."""
    typed, pasted = own_words(text)
    if wishes.SHORT_ORDERS.match(typed):
        order = typed.strip()
        return Speech(order, (), frozenset({"order"}), _wish_in(order))
    if wishes.EMPTY_PROMPTS.match(typed) or effective_length(typed) < _LEAST:
        return None
    if _is_a_guide(typed) or _is_a_document(text, typed):
        return None
    wall = len(typed) > _WALL
    looked_at = f"{typed[:_WALL]}\n{typed[-_WALL:]}" if wall else typed
    said = [s for part in looked_at.split("\n") for s in _whole(sentences(part))]
    said = [s for s in said if effective_length(plain(s)) >= _LEAST_SENTENCE]
    if wall:
        said = [*said[:3], *said[3:][-2:]]
    if not said:
        return None
    best = max(said, key=lambda s: (_gain(s), -said.index(s)))
    manner: dict[str, bool] = {
        "pasted": pasted,
        "wall": wall,
        "listed": sum(bool(_ITEM.match(s)) for s in said) >= 3,
        "terse": effective_length(typed) < 200,
    }
    if pasted and len(typed) < _PASTED_SHARE * len(text):
        manner["mostly_pasted"] = True
    wish = _wish_in(best)
    if effective_length(wish) < _LEAST_SENTENCE:
        return None
    others = islice((s for s in said if s is not best), _MOST_SENTENCES)
    return Speech(
        best,
        tuple(plain(after(_ITEM, s)) for s in others),
        frozenset(name for name, holds in manner.items() if holds),
        wish,
    )


def _whole(each: Iterable[str]) -> list[str]:
    """The sentences, those of a word or two with the one that they add to."""
    joined: list[str] = []
    for sentence in each:
        adds = _LEAST_SENTENCE <= effective_length(plain(sentence)) < _LEAST_ALONE
        if adds and joined and not joined[-1].endswith(("?", "？")):
            joined[-1] = f"{joined[-1]} {sentence}"
        else:
            joined.append(sentence)
    return joined


def _is_a_guide(typed: str) -> bool:
    """Whether it tells any reader step by step what to do: nobody's own wish."""
    if len(_COUNTED.findall(typed)) < _LEAST_STEPS:
        return False
    return wishes.TO_A_READER.search(typed) and not wishes.OF_ONESELF.search(typed)


def _is_a_document(text: str, typed: str) -> bool:
    """Whether it is laid out to be read by others: with headings, and tables or code
    below them, or a reader who is spoken to by nobody in particular."""
    if text.count("\n#") < _LEAST_HEADINGS - 1:
        return False
    if len(_HEADING.findall(_FENCED.sub("\n", text))) < _LEAST_HEADINGS:
        return False
    if "```" in text or _TABLE.search(text):
        return True
    return wishes.TO_A_READER.search(typed) and not wishes.OF_ONESELF.search(typed)


def speech_signals(speech: Speech) -> set[str]:
    """The signals of all that a prompt says."""
    around = signals_of(" ".join(speech.others)) if speech.others else set()
    return signals_of(speech.wish) | around


def _gain(sentence: str) -> float:
    found = signals_of(wish_of(plain(sentence)))
    if _ITEM.match(sentence):
        found.add("item")
    if sentence.lstrip().startswith(("(", "http")):
        found.add("pointing")
    return weigh(found, rules.SPEECH_WEIGHTS)


def _wish_in(sentence: str) -> str:
    return wish_of(plain(after(_ITEM, sentence)))


def wish_of(sentence: str) -> str:
    """The sentence without its politeness: what is wanted, as a statement."""
    sentence = sentence.strip("() ") if sentence.startswith("(") else sentence
    wish = after_low(wishes.ASKING, sentence)
    if effective_length(wish) < _LEAST_SENTENCE:
        wish = sentence
    elif wish != sentence:
        wish = wish.rstrip(" ?？")
    return capital(wish)


def own_words(text: str) -> tuple[str, bool]:
    """``(what the person typed, whether something pasted was left out)``.

    Logs, diffs and code are pasted: facts of another source. Lines that were
    wrapped by an editor are joined again.
    """
    if len(text) > _MOST_READ:
        text = f"{text[:_MOST_READ]}\n{text[-_MOST_READ:]}"
    # a client's own line break is no word
    text = _NOTE.sub("", without_wrappers(text)).replace("\\\n", "\n")
    if "://" in text:
        text = _LINK.sub(" ", text)
    if "```" in text or "~~~" in text:
        text = _FENCED.sub("\n", text)
    typed = _unwrapped(_typed_lines(text.split("\n")))
    return typed, len(typed) < 0.9 * len(text)


def _typed_lines(lines: Sequence[str]) -> Iterator[str]:
    """Those that do not look pasted, nor stand in the midst of such."""
    held: list[str] = []
    amid = False
    for line in lines:
        if _looks_pasted(line):
            if not amid or len(held) > _AMID or "" in held:
                yield from held
            held, amid = [], True
        else:
            held.append(line.strip())
    yield from held


def _looks_pasted(line: str) -> bool:
    if _PASTED.match(line) or ("   " in line and _COLUMNS.search(line)):
        return True
    if " git:(" in line:  # a shell's prompt, whatever stands before it
        return True
    said = line.strip()
    if len(said) < 8:
        return False
    if len(said) > _PASTED_LINE and not re.search(r"[.!?。！？]\s", said):
        return True
    return len(_CODE.findall(said)) > _CODE_SHARE * len(said) or said[-1] in "{;"


def _unwrapped(lines: Iterable[str]) -> str:
    joined: list[str] = []
    for line in lines:
        said = line.strip()
        last = joined[-1] if joined else ""
        goes_on = len(last) > _WRAPPED and last[-1] not in ".!?:"
        if goes_on and said[:1].islower():
            joined[-1] = f"{last} {said}"
        else:
            joined.append(said)
    return "\n".join(joined).strip()
