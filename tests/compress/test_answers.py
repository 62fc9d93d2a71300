"""What of an answer is believed: what records bear out, in the form asked for."""

import json
from typing import Any

import pytest

from memtui.compress.answers import Known, of_project, of_session
from memtui.compress.forms import WrongForm
from memtui.compress.payload import Part, Told
from memtui.model import (
    Agent,
    Memory,
    ObservationId,
    RecordKind,
    Session,
    SessionKind,
    State,
    Trust,
)
from memtui.records import Record
from memtui.store.compress.model_proposals import Earlier, ProposedKind

TYPES = frozenset({"gotcha", "decision", "progress"})
RANKS = {"progress": 0, "discovery": 1, "gotcha": 2, "decision": 2}


def told() -> Told:
    records = (
        Record(native_id="r0", kind=RecordKind.PROMPT, at=5, text="why?", line=1),
        Record(native_id="r1", kind=RecordKind.THINKING, at=6, text="hm", line=2),
        Record(
            native_id="r2", kind=RecordKind.TOOL_RESULT, at=7, text="read", line=3,
            reads=("src/pump.py",),
        ),
    )  # fmt: skip
    session = Session(
        id="s", agent=Agent.CLAUDE_CODE, kind=SessionKind.INTERACTIVE, title="t",
        project=None, branch="main", started_at=1, ended_at=9, turns=1, records=3,
        observations=0,
    )  # fmt: skip
    part = Part(text="", numbers=(0, 2), cut=0)
    return Told(
        session=session, records=records, numbers=frozenset(part.numbers), turns=1,
        parts=(part,), thoughts=1,
    )  # fmt: skip


def memory(id_: str, title: str, **more: Any) -> Memory:
    return Memory(
        id=ObservationId(id_), type="discovery", title=title, body="", at=3,
        trust=Trust.USER, rule="r", confidence=0.5, **more,
    )  # fmt: skip


def answer(**changes: Any) -> str:
    one = {"type": "gotcha", "title": "The valve goes first", "evidence": [2]} | changes
    return json.dumps({"observations": [one]})


KNOWN = Known(memories={}, types=TYPES)


def test_an_observation_is_linked_to_the_records_that_show_it() -> None:
    (draft,) = of_session(answer(files=["src/pump.py", "src/other.py"]), told(),
                          Known(memories={}, types=TYPES), part=1).drafts  # fmt: skip
    assert [(e.record, e.line, e.quote) for e in draft.evidence] == [("r2", 3, "read")]
    assert draft.files == ("src/pump.py",)
    assert (draft.at, draft.kind) == (7, ProposedKind.NEW)


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": []},
        {"evidence": [1]},  # thinking: it was not sent
        {"evidence": [99, -1]},
        {"type": "prophecy"},
        {"title": "  \x1b[31m "},
    ],
)
def test_what_no_record_shows_is_dropped(changes: dict[str, Any]) -> None:
    found = of_session(
        answer(**changes), told(), Known(memories={}, types=TYPES), part=1
    )
    assert (found.drafts, found.dropped) == ((), 1)


def test_only_ids_that_were_told_can_be_replaced() -> None:
    known = Known(memories={"a": memory("a", "Old")}, types=TYPES)
    (draft,) = of_session(
        answer(replaces=["a", "b", "a"]), told(), known, part=1
    ).drafts
    assert draft.instead == ("a",)


def test_a_candidate_that_says_the_same_would_be_replaced() -> None:
    same = memory("a", "The valve goes first")
    known = Known(memories={"a": same}, types=TYPES)
    (draft,) = of_session(answer(), told(), known, part=1).drafts
    assert draft.instead == ("a",)


@pytest.mark.parametrize("state", [State.KEPT, State.PRUNED])
def test_what_was_decided_is_not_said_again(state: State) -> None:
    same = memory("a", "The valve goes first", state=state)
    known = Known(memories={"a": same}, types=TYPES)
    assert of_session(answer(), told(), known, part=1).drafts == ()


def test_words_of_a_model_are_cleaned_like_any_transcript() -> None:
    hostile = "Valve \x1b]0;x\x07\u202efirst " + "Zk9fQ2vR8tLm3Xw7Yb1Nc5Hd"
    (draft,) = of_session(
        answer(title=hostile, body="b\x00\u200b"), told(),
        Known(memories={}, types=TYPES), part=1,
    ).drafts  # fmt: skip
    assert draft.title == "Valve first [masked]"
    assert draft.body == "b"


def test_an_overlong_title_goes_on_in_the_body() -> None:
    (draft,) = of_session(answer(title="valve " * 40), told(),
                          Known(memories={}, types=TYPES), part=1).drafts  # fmt: skip
    assert len(draft.title) <= 80
    assert draft.body.startswith("valve valve")


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{", '{"observations": 3}', '{"observations": [{"type": 1}]}',
     "Sure! Here it is:", "\udc00", "[" * 100_000],
)  # fmt: skip
def test_an_answer_of_another_form_is_none(text: str) -> None:
    with pytest.raises(WrongForm):
        of_session(text, told(), KNOWN, part=1)


@pytest.mark.parametrize(
    "round_",
    [
        "Here you are:\n\n{}\n\nAsk if you want more.",
        "<think>If {{ then }}?</think>\n{}",
    ],
)
def test_an_answer_with_words_round_it_is_read(round_: str) -> None:
    said, known = round_.format(answer()), Known(memories={}, types=TYPES)
    assert len(of_session(said, told(), known, part=1).drafts) == 1


def test_an_answer_in_a_fence_is_read() -> None:
    fenced = f"```json\n{answer()}\n```"
    known = Known(memories={}, types=TYPES)
    assert len(of_session(fenced, told(), known, part=1).drafts) == 1


def test_the_same_answer_is_the_same_proposal_for_ever() -> None:
    ids = {
        of_session(answer(), told(), Known(memories={}, types=TYPES), part=1)
        .drafts[0]
        .id
        for _ in range(3)
    }
    assert len(ids) == 1


def test_projects_are_tidied_only_by_what_stands() -> None:
    known = Known(
        memories={
            "a": memory("a", "Valve first"),
            "b": memory("b", "Close the valve"),
            "gone": memory("gone", "Old", state=State.PRUNED),
            "past": memory("past", "Older", superseded_by="a"),
        },
        types=TYPES,
    )
    said = {
        "merges": [
            {"ids": ["a", "b"], "type": "gotcha", "title": "Valve before all"},
            {"ids": ["a", "gone"], "type": "gotcha", "title": "No"},
            {"ids": ["a", "nobody"], "type": "gotcha", "title": "No"},
        ],
        "supersedes": [
            {"old": "a", "new": "b", "why": "later"},
            {"old": "a", "new": "a"},
            {"old": "past", "new": "b"},
        ],
        "promotions": [
            {"id": "a", "type": "decision", "why": "it lasts"},
            {"id": "b", "type": "progress"},
            {"id": "gone", "type": "decision"},
        ],
    }
    found = of_project(json.dumps(said), known, RANKS)
    assert [(d.kind.value, d.instead, d.holds) for d in found.drafts] == [
        ("merge", ("a", "b"), ""),
        ("supersede", ("a",), "b"),
        ("promote", (), "a"),
    ]
    assert found.dropped == 6


@pytest.mark.parametrize("accepted", [None, False])
def test_a_merge_of_the_same_is_proposed_once_in_whatever_words(
    accepted: bool | None,
) -> None:
    earlier = Earlier(
        id="m", kind=ProposedKind.MERGE, text="Said otherwise", accepted=accepted,
        instead=frozenset("ab"),
    )  # fmt: skip
    memories = {i: memory(i, f"Valve {i} first") for i in "abc"}
    known = Known(memories=memories, earlier=[earlier], types=TYPES)
    merges = [
        {"ids": ids, "type": "gotcha", "title": f"Valves {ids}"}
        for ids in (["b", "a"], ["a", "c"])
    ]
    found = of_project(json.dumps({"merges": merges}), known, RANKS)
    assert [draft.instead for draft in found.drafts] == [("a", "c")]
