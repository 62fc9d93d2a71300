"""What a memory is for: who said it, what was wrong, what came of it."""

import pytest

from memtui.distil.signals import signals_of
from tests.distil.talk import Talk, words, worked

ADDED = "@@ -0,0 +1,30 @@" + "\n+line" * 30
REMOVED = "@@ -1,30 +1,2 @@" + "\n-line" * 30 + "\n+line"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Every departure board should name its harbour in the header.", "preference"),
        ("The board should use ferry times instead of tide tables.", "decision"),
        ("The board only shows two piers and the third is missing.", "bugfix"),
        ("Jede Abfahrtstafel sollte den Hafen in der Kopfzeile nennen.", "preference"),
        ("Каждое табло должно показывать гавань в заголовке страницы.", "preference"),
        ("所有的时刻表页面都应该在页眉里显示港口的名字和日期。", "preference"),
    ],
)
def test_what_the_person_says_is_typed_by_what_it_is_for(said: str, kind: str) -> None:
    talk = worked(Talk().says(said)).edits("board.py").answers("Done.")

    assert [o.type for o in talk.distilled() if o.trust == "user"] == [kind]


def _outcome(said: str, patch: str, answer: str) -> str:
    talk = worked(Talk().says(said)).edits("board.py", patch=patch).answers(answer)
    (told,) = talk.by_rule("outcome")
    return told.type


def test_a_turn_that_adds_much_made_a_feature() -> None:
    said = "The harbour clock, please, next to the pier names"
    answer = "Updated `board.py` to show the harbour clock beside each pier name."

    assert _outcome(said, ADDED, answer) == "feature"
    assert _outcome(said, "", answer) == "change"


def test_what_was_taken_out_for_another_was_decided() -> None:
    said = "The tide tables, in favour of the clock"
    answer = "Replaced the tide tables of `board.py` with the `harbour_clock` call."

    assert _outcome(said, REMOVED, answer) == "decision"
    assert _outcome(said, "", answer) == "change"


def test_a_question_that_the_agent_gives_in_to_names_a_trap() -> None:
    talk = worked(Talk().says("Export the harbour board for the printer."))
    talk.answers("Looking into the export of the wrong host.")
    talk.says("Are you on the standby host, not on the harbour host?")
    talk.answers("You're right, `host17` is the standby; the board runs on `host9`.")

    assert [o.type for o in talk.by_rule("correction")] == ["gotcha"]


def test_a_task_of_the_moment_is_not_dragged_behind_a_standing_order() -> None:
    talk = worked(
        Talk().says(
            "Never use a subagent for this. Read the harbour page. "
            "I want the small button on my footer. Subagents lose the context of it, "
            "because they see no history."
        )
    ).edits("footer.py")

    (kept,) = talk.by_rule("standing")

    assert "subagent" in kept.title
    assert "history" in kept.body
    assert "footer" not in words(kept)
    assert "harbour page" not in words(kept)


def test_what_came_of_a_wish_stands_behind_it_not_beside_it() -> None:
    talk = worked(
        Talk().says("The departure rows should use harbour names instead of codes.")
    ).edits("board.py")
    talk.answers(
        "The departure rows now use harbour names instead of codes.\n\n"
        "- `names.py` maps each of the 12 codes to its harbour\n"
    )

    (kept,) = talk.distilled()

    assert kept.rule == "prompt"
    assert "names.py" in kept.body


def test_words_amid_a_pasted_log_are_not_the_persons() -> None:
    log = (
        "10:12:38.208\nCloning into '/srv/board'...\n10:12:38.301\n"
        "fatal: Could not read from remote repository.\n"
        "Please make sure you have the correct access rights\n"
        "fatal: clone of 'git@harbour:board.git' failed\n"
    )
    talk = worked(Talk().says(f"We should use the https address instead.\n\n{log}"))
    talk.edits("board.toml").answers("The address of the board is `https` now.")

    assert not any("access rights" in words(o) for o in talk.distilled())


def test_cues_in_quotes_are_not_the_agents_words() -> None:
    assert "cause" in signals_of("The cover is amber because of the tide.")
    assert "cause" not in signals_of('The cover says "late because of the tide".')


def test_a_complaint_is_read_above_what_mended_it() -> None:
    talk = worked(Talk().says("The board only shows two piers, the third is missing."))
    talk.edits("board.py").answers(
        "The third pier was dropped by `board.py`, because `piers()` stops at a blank "
        "row.\n\n- `feed.py` skips blank rows of the harbour's table\n"
    )

    (kept,) = talk.distilled()

    assert "blank" in words(kept)
    assert "two piers" in kept.body
