"""The recent sessions that a text names: real sentences, nothing told twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.inject.export import export_projects
from memtui.inject.recent import passage, quieted, tellable, untold
from memtui.inject.render import TYPED_LIMIT, from_envelope, session_line
from memtui.inject.values import RecentSession, Section
from memtui.model import Evidence, Memory, State
from memtui.paths import export_dir
from memtui.settings import Settings
from memtui.store.rows import evidence_column
from tests.inject.samples import DAY, HOSTILE, NEWEST, PROJECT, choose, memory
from tests.inject.stores import StoreRows

RULE = "Stamp the deadline in attempt(), not at enqueue"


def session(prompt: str, id_: str = "s", **more: object) -> RecentSession:
    return RecentSession(id=id_, at=NEWEST, prompt=prompt, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("```\nls -l\n```\nWhy does the build fail?", "Why does the build fail?"),
        ("```", ""),
        ("~~~\nan open fence that holds many words", ""),
        ("```one line``` \nMake the retries wait", "Make the retries wait"),
        ("ok", ""),
        ("[Image #1] Widen the margin here:\\\n\\\np { }", "Widen the margin here:"),
        ("--- *** ###", ""),
        ("Fix it", ""),
        ("{'a': 1, 'b': [2, 3]}\n\nExplain what this holds", "Explain what this holds"),
        ("# The plan\n- Make the retries wait\n- more", "Make the retries wait"),
        ("Make the retries\nwait longer.", "Make the retries wait longer."),
        ("import os\n\nfrom x import y\n\nSay what it does", "Say what it does"),
        ("给收件箱加上批量确认功能", "给收件箱加上批量确认功能"),
        ("修复", ""),
        ("Use the 1.105.0 of it", "Use the 1.105.0 of it"),
        (
            "Draw it like https://pictures.invalid/0123456789/abc?x=1&y=2",
            "Draw it like https://pictures.invalid/0123456789/abc?x=1&y=2",
        ),
        (
            "fix this:   0 [main] otter (4711) pond_copy: lock read failed, 0x0 4 4 4",
            "fix this: otter pond_copy: lock read failed,",
        ),
        ("fix this: 0x0 4711 0x1 4712 0x2 4713 0x3 4714", ""),
        ("a: 1, b: 2, c: [3, 4], d: {5: 6}, e: 7, f: 8", ""),
    ],
)
def test_a_prompt_is_told_by_its_first_real_sentences(typed: str, told: str) -> None:
    assert passage(typed) == told


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=30), min_size=30))
def test_a_prompt_is_cut_after_a_whole_word_and_says_so(words: list[str]) -> None:
    told = passage(" ".join(words))
    if not told:
        return  # too few words that are more than a letter
    *whole, last = told.removesuffix("…").split()
    assert [*whole, last] == words[: len(whole) + 1]
    assert told.endswith("…") == (len(whole) + 1 < len(words))


def test_the_same_prompt_is_listed_once() -> None:
    listed = tellable(
        [
            session("Make the retries wait longer", "a"),
            session("make the  retries wait longer!", "b"),
            session("Name the queue after its team", "c"),
        ]
    )
    assert [one.id for one in listed] == ["a", "c"]


def test_a_title_that_the_person_gave_may_be_short() -> None:
    (one,) = tellable([session("```", named="Otters")])
    assert one.prompt == "Otters"


def test_a_session_that_opens_with_a_greeting_is_named_by_what_came_next() -> None:
    (one,) = tellable([session("hi", then=("ok", "Make the retries wait longer"))])
    assert one.typed == ("Make the retries wait longer",)


def test_a_line_tells_as_many_prompts_as_it_has_room_for() -> None:
    said = ["Widen the pond", "Count the otters twice", "word " * 40]
    line = session_line(NEWEST, said, ["pond.go"])
    assert line.startswith("- 2023-11-14: Widen the pond · Count the otters twice · wo")
    assert line.endswith("word… (pond.go)")
    assert len(line) <= len("- 2023-11-14: ") + TYPED_LIMIT + len(" (pond.go)")
    assert session_line(NEWEST, ["word " * 23, "and more"], ()).endswith(" word")


def test_of_two_prompts_only_the_one_that_is_told_above_is_left_out() -> None:
    listed = tellable([session(RULE, then=("Name the queue well",))])
    (one,) = untold(listed, [f"- decision: {RULE}. [aaaabbbbcccc]"])
    assert one.typed == ("Name the queue well",)


@pytest.mark.parametrize(
    "line",
    [
        f"- decision: {RULE}. More of it. [aaaabbbbcccc]",
        "- decision: Not at enqueue: the deadline is to stamp in attempt() [aaaa]",
    ],
)
def test_what_is_told_above_is_not_told_again(line: str) -> None:
    listed = tellable([session(RULE, "a"), session("Name the queue well", "b")])
    assert [one.id for one in untold(listed, [line])] == ["b"]


@pytest.mark.parametrize(
    "quiet", [f"{RULE}\n", "Rule\nstamp the deadline in attempt, not at enqueue"]
)
def test_words_that_are_not_to_be_told_are_in_no_line(quiet: str) -> None:
    sessions = [session(f"{RULE}. And then go on.", "a"), session("Name the queue")]
    assert [one.left_out for one in quieted(sessions, [quiet])] == [True, False]


@given(st.lists(HOSTILE, max_size=6), st.lists(HOSTILE, max_size=3))
def test_no_line_stands_twice_whatever_was_typed(
    prompts: list[str], titles: list[str]
) -> None:
    done = choose(
        [memory(title or "x") for title in titles] or [memory()],
        budget=9_500,
        project=PROJECT,
        recent_sessions=[session(p, str(n)) for n, p in enumerate(prompts)],
        settings=Settings(),
        newest_at=NEWEST,
    )
    lines = [i.text for i in done.items if i.section is Section.RECENT]
    assert len(set(lines)) == len(lines)


PLAIN = Settings()


def told(data: Path) -> str:
    export_projects(data, PLAIN)
    (file,) = (export_dir(data) / "srv/p").glob("startup.json")
    return from_envelope(file.read_bytes())


def made_from_the_prompt(**changes: object) -> Memory:
    """A memory made of a session's first prompt, in words of its own."""
    proof = Evidence(session="a", record="a-0", quote="whatever it was")
    return memory("Other words", evidence=(proof,), **changes)


@pytest.mark.parametrize(
    "decided",
    [
        {"state": State.PRUNED},
        {"excluded": True},
        {"superseded_by": "bbbbccccdddd"},
    ],
    ids=["pruned", "excluded", "superseded"],
)
@pytest.mark.parametrize("shown_by", ["a", "fork"])
def test_a_prompt_is_not_told_when_its_memory_is_not(
    data: Path, decided: dict[str, object], shown_by: str
) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory("Something kept"), "p")
        rows.session("a", "p", "Call the owl by its name", at=NEWEST - DAY)
        rows.session("fork", "p", "Name the queue well")
        rows.shows("fork", "a-0")
        assert "Call the owl by its name" in told(data)
        made = rows.memory(made_from_the_prompt(**decided), "p", session=shown_by)
        rows.conn.execute(
            "update curation set evidence = ? where id = ?",
            (evidence_column(made.evidence), made.id),
        )
        text = told(data)
    assert "owl" not in text
    assert "Name the queue well" in text


@pytest.mark.parametrize("by_words", [False, True])
def test_a_later_prompt_is_told_unless_its_memory_is_not(
    data: Path, by_words: bool
) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory("Something kept"), "p")
        rows.session("a", "p", "Name the queue well")
        native = rows.prompt("a", 2, "Call the owl by its name")
        rows.prompt("a", 3, "Feed the heron at noon")
        said = "Name the queue well · Call the owl by its name · Feed the heron at noon"
        assert said in told(data)
        if by_words:
            rows.memory(memory("Call the owl by its name", state=State.PRUNED), "p")
        else:
            proof = Evidence(session="a", record=native)
            made = memory("Other", evidence=(proof,), state=State.PRUNED)
            rows.memory(made, "p", session="a")
            rows.conn.execute(
                "update curation set evidence = ? where id = ?",
                (evidence_column(made.evidence), made.id),
            )
        assert "Name the queue well · Feed the heron at noon" in told(data)


def test_a_prompt_with_the_words_of_a_pruned_memory_is_not_told(data: Path) -> None:
    with StoreRows(data) as rows:
        rows.project("p", "/srv/p")
        rows.memory(memory("Something kept"), "p")
        rows.memory(memory("Call the owl by its name", state=State.PRUNED), "p")
        rows.session("a", "p", "Please call the owl by its name")
        assert "owl" not in told(data)


@pytest.mark.parametrize("at", [-(1 << 62), -1, 253_402_300_800_000, 1 << 62])
def test_a_time_that_is_none_has_a_date_all_the_same(at: int) -> None:
    """A transcript may say any; the export of the others must not fail for it."""
    assert session_line(at, ["Lisbon"], ()).endswith(": Lisbon")
