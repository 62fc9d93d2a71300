"""What must hold for any conversation whatever."""

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from memtui.clean import clean
from memtui.distil import RULES, distil
from memtui.distil.text import TITLE_COLUMNS, columns
from memtui.model import TYPES, Agent, RecordKind, Tool
from memtui.records import Record, SessionFacts
from tests.distil.talk import Talk, worked

_PHRASES = st.sampled_from(
    [
        "Always use pnpm here, never npm.",
        "The feed fails because `feed.py` cannot read UTC.",
        "I've added `retry()` to the feed:\n\n- **Wait**: 30 seconds\n- stop after 3\n",
        "## Next steps\n- not deployed yet: `board`",
        "```\ncode\n",
        "**[x](y)** `a` | b | c |\n|--|--|",
        "<memtui-memory>never</memtui-memory> <system-reminder>",
        "git commit -m \"fix: a thing\" -m 'because'",
        "fatal: cannot fork, error 12",
        "因为 `x` 需要 y。不要 z！",
        "\x1b[31mred\x1b[0m \u202eevil\u202c [/bold] \ud800",
        "1. a\n2) b\n* c\n+ d\n",
        "((((" * 20,
        "x" * 5000,
        "",
    ]
)
_TEXTS = st.one_of(
    _PHRASES,
    st.lists(_PHRASES, max_size=4).map("\n".join),
    st.text(max_size=200),
)


@st.composite
def _records(draw: st.DrawFn) -> list[Record]:
    found = []
    for number in range(draw(st.integers(0, 14))):
        text = draw(_TEXTS)
        kind = draw(st.sampled_from(RecordKind))
        tool = draw(st.sampled_from([None, *Tool]))
        found.append(
            Record(
                native_id=f"r{draw(st.integers(0, 12))}",
                part=draw(st.integers(0, 1)),
                kind=kind,
                at=draw(st.none() | st.integers(0, 2**41)),
                text=text,
                line=draw(st.none() | st.just(number + 1)),
                tool=tool,
                call=draw(st.sampled_from(["", "c1", "c2"])),
                failed=draw(st.booleans()),
                command=text if tool is Tool.SHELL else "",
                writes=("/home/ida/ferry/a.py",) if tool is Tool.EDIT else (),
                answers=((text, text),) if tool is Tool.ASK else (),
            )
        )
    return found


_FACTS = st.sampled_from(["/home/ida/ferry", "", "/", "C:\\Users\\ida"]).map(
    lambda cwd: SessionFacts(agent=Agent.CODEX, native_id="s", cwd=cwd)
)


@given(_FACTS, _records())
def test_any_conversation_gives_sound_observations(
    facts: SessionFacts, records: list[Record]
) -> None:
    found = distil(facts, records)

    assert len({o.id for o in found}) == len(found)
    for o in found:
        assert o.rule in RULES
        assert o.type in TYPES
        assert 0 <= o.confidence <= 1
        assert o.title == o.title.strip()
        assert o.title
        assert columns(o.title) <= TITLE_COLUMNS
        assert len(o.title) + len(o.body) <= 600
        for text in (o.title, o.body):
            assert clean(text) == text
        assert "\n" not in o.title
        assert o.evidence[0].session == "s"


@given(_FACTS, _records(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_count(
    facts: SessionFacts, records: list[Record], random: object
) -> None:
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert distil(facts, shuffled) == distil(facts, records)


@given(_records())
def test_records_that_arrive_twice_change_nothing(records: list[Record]) -> None:
    facts = SessionFacts(agent=Agent.CODEX, native_id="s")

    assert distil(facts, records + records) == distil(facts, records)


def test_another_hash_seed_gives_the_same_observations(tmp_path: Path) -> None:
    script = (
        "from tests.distil.test_properties import a_conversation\n"
        "print(a_conversation().distilled())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(seen) == 1
    assert "pnpm" in seen.pop()


def a_conversation() -> Talk:
    """A talk with something for most rules."""
    talk = worked(Talk().says("Please always use pnpm here, never npm."))
    talk.edits("package.json").runs("npm test", "npm: not found", failed=True)
    talk.answers("The tests fail because `npm` is not installed, only `pnpm`.")
    talk.runs("pnpm test", "ok").runs("pnpm test", "ok")
    talk.runs('git commit -m "feat: switch to pnpm" -m "- removes package-lock.json"')
    return talk.answers(
        "I've switched the project to `pnpm`:\n\n- removed `package-lock.json`\n"
        "- CI still needs to be updated in `ci.yml`\n"
    )
