"""What is remembered can be read without the talk around it, or is left out."""

import pytest

from memtui.distil.drafts import title_of
from memtui.distil.statements import stated_in
from memtui.distil.text import sentences
from memtui.settings import Settings
from tests.distil.talk import Talk, words, worked


def _asked(said: str, *files: str, before: str = "The board is drawn.") -> Talk:
    """A session in which the agent said something and the person then a wish."""
    talk = worked(Talk().says("Draw the departure board of the ferry harbour."))
    talk.edits("board.py").answers(before).says(said)
    return worked(talk).edits(*files).answers("Done.")


@pytest.mark.parametrize(
    "said",
    [
        "They should never be drawn in capitals.",
        "We should always keep that test as it was.",
    ],
)
def test_a_wish_that_hangs_names_the_files_that_were_changed_for_it(said: str) -> None:
    (kept,) = [
        o for o in _asked(said, "board/pier.py").distilled() if said[:9] in o.title
    ]

    assert "→ `board/pier.py`" in kept.body
    assert not [o for o in _asked(said).distilled() if said[:9] in o.title]


@pytest.mark.parametrize(
    "said",
    [
        "The pier names should never be drawn in capitals.",
        "They should never be drawn in capitals, see `pier_names`.",
    ],
)
def test_a_wish_that_names_its_object_stands_alone(said: str) -> None:
    assert [o for o in _asked(said).distilled() if said[:14] in words(o)]


def test_an_option_is_told_with_the_line_of_the_list_that_it_takes() -> None:
    asked = (
        "Two ways:\n\n- **A:** Poll the harbour feed\n- **B:** Listen to its socket\n"
    )
    said = "Option b, but we should never reconnect more than once a minute."

    taken = _asked(said, "feed.py", before=asked).distilled()
    unknown = _asked(said, "feed.py").distilled()

    assert any("“Listen to its socket”" in o.body for o in taken)
    assert not any("Option b" in words(o) for o in unknown)


def test_a_question_becomes_an_assertion_only_where_something_was_done() -> None:
    said = "Could we use one socket instead of two for the harbour feed?"
    alone = Talk().says("Draw the departure board.").answers("It is drawn.").says(said)
    alone.answers("Both ways have their price in the harbour.")

    assert not [o for o in alone.distilled() if o.trust.value == "user"]
    assert [o for o in _asked(said, "feed.py").distilled() if o.trust.value == "user"]


def test_steps_written_for_any_reader_are_nobodys_wish() -> None:
    guide = (
        "1. Open the harbour console\nYou need the key card of the pier.\n"
        "2. Always set the tide switch to low\nIf you don't see it, look behind.\n"
    )

    assert not [o for o in _asked(guide, "tide.py").distilled() if "tide" in words(o)]
    own = f"We need this in our manual:\n{guide}"
    assert [o for o in _asked(own, "tide.py").distilled() if "manual" in words(o)]


def test_a_check_whose_output_names_nothing_that_failed_is_left_out() -> None:
    talk = worked(Talk().says("Make the feed client retry on a timeout."))
    talk.edits("feed.py").runs("make feed", "3 tests failed", failed=True)

    assert not talk.answers("Retries are in.").by_rule("open")


def test_what_its_speaker_is_about_to_do_is_no_cause() -> None:
    def causes(text: str) -> list[str]:
        talk = worked(Talk().says("The harbour feed drops its messages."))
        talk.runs("make feed", "error: no berth", failed=True).answers(text)
        talk.edits("feed.py").runs("make feed", "ok").answers("Fine.")
        return [o.title for o in talk.by_rule("cause")]

    fact = "The feed fails because `drain()` must run before the socket is closed."
    plan = "Since `drain()` must run before the close, we can handle this in `feed.py`."

    assert causes(fact)
    assert not causes(plan)


def test_a_pronoun_does_not_reach_across_a_heading() -> None:
    talk = worked(Talk().says("Why does the harbour feed lose messages?"))
    talk.edits("feed.py").answers(
        "Fixed the lost messages: `drain()` now runs before the socket is closed.\n\n"
        "## Socket\n\nThe socket of `feed.py` was closed first because of a race.\n\n"
        "## Clock\n\nThis requires a second clock in `clock.py` for every pier.\n"
    )
    told = "\n".join(map(words, talk.distilled()))

    assert "drain()" in told
    assert "This requires" not in told


def test_a_pronoun_brings_along_what_it_stands_for() -> None:
    talk = worked(Talk().says("Show live ferries on the board of the harbour."))
    talk.edits("board.py").answers(
        "Changed `board.py` so that it no longer mixes live ferries with planned ones. "
        "The live ferries have a row of their own. "
        "It's hidden by the new flag `has_live_ferries` because most piers have none."
    )
    (kept,) = talk.by_rule("outcome")

    assert "row of their own" in words(kept)
    assert "has_live_ferries" in words(kept)


def test_a_bullet_that_is_only_a_link_says_nothing() -> None:
    talk = worked(Talk().says("Which feeds does the harbour have?")).answers(
        "The tide feed `tide.json` only works with a key because it is metered.\n\n"
        "- [Harbour feeds must be used with a key](https://harbour.example/feeds)\n"
    )

    assert not any("Harbour feeds" in words(o) for o in talk.distilled())


def test_bare_names_are_one_line_below_their_heading() -> None:
    talk = worked(Talk().says("Make the harbour scanner strict about leaks."))
    talk.edits("scan.py").answers(
        "Changed the harbour scanner in `scan.py` to refuse these:\n\n"
        "### Refused\n\n- `tide.key` files\n- Old `berth.pem` copies\n"
    )
    (kept,) = talk.by_rule("outcome")

    assert "Refused: `tide.key` files; Old `berth.pem` copies" in kept.body


@pytest.mark.parametrize(
    "text",
    [
        "`package.json` had `engines.node` fixed at 20, so that did not need changes.",
        "`tide.toml` setzt `berth` schon, daher ist keine Änderung nötig gewesen.",
        "`tide.toml` 必须有 `berth`，已经有了，所以这个文件无需修改。",
    ],
)
def test_what_stayed_as_it_was_is_nothing(text: str) -> None:
    talk = worked(Talk().says("Set the harbour tools up.")).edits("a.py").answers(text)

    assert not any(
        "tide" in words(o) or "engines" in words(o) for o in talk.distilled()
    )


def test_a_value_is_no_title_without_its_label() -> None:
    talk = worked(Talk().says("Why does the terminal of the pier freeze?")).answers(
        "- Terminal version: 2.15.466 (since `update-465`)\n"
        "- `spotlight` blocks the pier's terminal because it indexes each second\n"
    )

    assert [o for o in talk.distilled() if "spotlight" in o.title]
    assert not [o for o in talk.distilled() if "2.15" in o.title]


def test_a_commit_whose_lines_only_name_things_counts_as_its_subject() -> None:
    def worth(*lines: str) -> float:
        body = "\n".join(f"- {line}" for line in lines)
        talk = worked(Talk().says("Write down what we know."))
        talk.edits("harbour.md").runs(
            f"git commit -m 'Add all that we know of the harbour feeds' -m '{body}'"
        )
        return max((o.confidence for o in talk.by_rule("commit")), default=0.0)

    names = worth("Tide tables", "Pier geometry", "Key links", "Berth matrix")
    told = worth("Tide tables are read only once, because the feed is metered")

    assert names < told


def test_headings_rules_and_boxes_of_a_commit_are_no_lines_of_it() -> None:
    body = "---\n- [x] Fixed the berth race in the feed client\n| a | b |\n## Grade\n"
    talk = worked(Talk().says("Commit the harbour feed."))
    talk.edits("feed.py").runs(
        f"git commit -m 'Fix the race between the two harbour feeds' -m '{body}'"
    )
    (kept,) = talk.by_rule("commit")

    assert kept.body == "Fixed the berth race in the feed client."


def test_a_plan_without_a_reason_is_told_by_what_came_of_it() -> None:
    def plans(step: str) -> list[str]:
        talk = worked(Talk().says("Tidy the pier module up, it grew too long."))
        talk.plans(f"# Plan: Split the pier module\n\n- {step}\n").edits("berth.py")
        return [o.title for o in talk.by_rule("plan")]

    assert not plans("Move `Berth` to `pier/berth.py`")
    assert plans("Keep `Berth` in `pier.py`, because the feed must import it first")


def test_what_was_to_go_and_went_is_decided() -> None:
    patch = "@@ -1,30 +1,2 @@" + "\n-line" * 30 + "\n+line"

    def kind(said: str) -> str:
        talk = worked(Talk().says(said)).edits("tide.py", patch=patch)
        talk.answers("Removed the recovery view from the harbour board in `tide.py`.")
        return talk.by_rule("outcome")[0].type

    assert kind("Get rid of the recovery view, the commands do the same.") == "decision"
    assert kind("Make the harbour board load faster, it takes a minute.") != "decision"


def test_what_still_fails_at_the_end_is_left_open_wherever_it_was_told() -> None:
    talk = worked(Talk().says("Make the harbour board show the tides of `pier`."))
    talk.edits("board.py").answers(
        "The harbour board shows the tides of `pier` now, read from `tides.json`.\n\n"
        "`make check` ran and the board passed, but the suite still has 3 unrelated "
        "existing failures in `ferry_test.py`, so I verified the board by hand."
    )

    (left,) = talk.by_rule("open")

    assert left.type == "progress"
    assert left.title.startswith("The suite still has 3 unrelated existing failures")
    assert not any("failures" in words(o) for o in talk.by_rule("outcome"))


def test_what_would_be_done_if_it_still_failed_is_not_left_open() -> None:
    talk = worked(Talk().says("Make the harbour board show the tides of `pier`."))
    talk.edits("board.py").answers(
        "Added the tides of `pier` to `board.py`.\n\n"
        "If `make check` still fails, the cache of the ferry can be cleared by hand."
    )

    assert talk.by_rule("open") == []


@pytest.mark.parametrize(
    "said",
    [
        '"The tides come from `pier.json`, but the board never reads them',
        '"The tides come from `pier.json`, and the board reads them twice a day."',
    ],
)
def test_what_somebody_else_said_word_for_word_is_no_statement(said: str) -> None:
    assert stated_in(f"- {said}\n") == []


def test_a_sentence_goes_on_where_something_was_left_out() -> None:
    assert sentences("The login works ... but the push is refused. Ask again.") == [
        "The login works ... but the push is refused.", "Ask again.",
    ]  # fmt: skip


def test_a_cause_is_told_without_what_its_speaker_does_about_it() -> None:
    talk = worked(Talk().says("Draw the board of `pier` and check how it looks."))
    talk.runs("npx shots board", "error: browser is not there", failed=True)
    talk.answers(
        "The `shots` command isn’t available in this repository because its browser is "
        "missing, so I’m switching to the harness of `make look`."
    )
    talk.edits("look.mk").answers("Done.")

    (found,) = talk.by_rule("cause")

    assert found.title.startswith("The shots command isn't available")
    assert "switching" not in words(found)


def test_notes_of_the_agent_are_off_until_somebody_wants_them() -> None:
    assert "note" in Settings().disabled_rules
    assert "note" not in Settings(disabled_rules=()).disabled_rules


def test_a_wish_and_what_came_of_it_in_other_words_are_one_memory() -> None:
    talk = worked(
        Talk().says("Delay times should not follow the planned departure directly.")
    )
    talk.edits("board.py").answers(
        "Changed the board so that delay times follow below the planned one, "
        "in a row of their own in `board.py`."
    )

    (kept,) = talk.distilled()

    assert kept.trust.value == "user"
    assert "a row of their own" in kept.body


def test_a_body_does_not_tell_the_title_again() -> None:
    talk = worked(Talk().says("feed.py timetable cache"))
    talk.chooses("Where should the cache live?", "In memory, for 30 seconds")

    (kept,) = talk.by_rule("choice")

    assert kept.title == "Where should the cache live: In memory, for 30 seconds"
    assert kept.body == ""


def test_a_title_that_ends_with_its_clause_keeps_the_last_word() -> None:
    title, whole = title_of(
        "The workflow file `ci/board.yml` still has to set it; nothing of all this was "
        "ever deployed"
    )

    assert title == "The workflow file ci/board.yml still has to set it"
    assert whole.endswith("deployed")


def test_a_sentence_in_brackets_has_a_title() -> None:
    title, _ = title_of(f"({'the feed is read in local time and ' * 3}in UTC)")

    assert "the feed is read in local time" in title
