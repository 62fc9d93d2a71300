"""Which words are offered for one that stands nowhere."""

import random
from contextlib import closing
from pathlib import Path

from memtui.search.grammar import parse
from memtui.store.connect import open_reader
from memtui.store.search.spelling import meant
from tests.store.filling import NOON, Filling

SAID = (
    "the lease clock starts when a worker takes the retry queue from its database "
    "and the planner renders every snapshot before horizon vacuum deadline jitter "
    "backoff replica schema column migration authentication repository checkpoint "
    "transcript observation configuration timeout certificate deployment rollback"
)


def offered(data: Path, text: str) -> dict[str, list[str]]:
    with closing(open_reader(data / "memtui.db")) as conn:
        return meant(conn, parse(text, now_ms=NOON))


def test_words_near_an_unknown_one_are_offered_and_known_ones_let_be(
    data: Path,
) -> None:
    with Filling(data) as fill:
        fill.observation("one", title=SAID)
    assert offered(data, "leese clock") == {"leese": ["lease"]}
    assert offered(data, "lease zzzzzzzz type:gotcha") == {}


def test_near_an_unknown_type_or_agent_known_ones_are_offered(data: Path) -> None:
    with Filling(data) as fill:
        fill.observation("one", title=SAID)
    assert offered(data, "lease type:bugfxi") == {"type:bugfxi": ["type:bugfix"]}
    assert offered(data, "-type:decison") == {"type:decison": ["type:decision"]}
    assert offered(data, "agent:claud-code") == {
        "agent:claud-code": ["agent:claude-code"]
    }
    assert offered(data, "type:bugfix,gotcha agent:cc agent:codex agent:gem") == {}
    assert offered(data, "type:zzzz agent:zzzz rule:bugfxi") == {}


def test_of_a_pasted_text_a_few_words_are_looked_near(data: Path) -> None:
    with Filling(data) as fill:
        fill.observation("one", title=SAID)
    pasted = " ".join(f"{word}q" for word in SAID.split() if len(word) > 4)
    assert len(pasted.split()) > 20
    assert list(offered(data, pasted)) == pasted.split()[:8]


def test_single_edits_find_their_word_among_the_first_three(data: Path) -> None:
    with Filling(data) as fill:
        fill.observation("one", title=SAID)
    chance = random.Random(6)
    words = [word for word in SAID.split() if len(word) > 4]
    right = 0
    for _ in range(300):
        word = chance.choice(words)
        at = chance.randrange(len(word) - 1)
        typed = chance.choice(
            (word[:at] + word[at + 1 :], word[:at] + "q" + word[at:],
             word[:at] + "q" + word[at + 1 :],
             word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        )  # fmt: skip
        found = offered(data, typed)
        right += typed in words or word in found.get(typed, [])
    assert right >= 0.95 * 300
