"""One observation, one fact: what is split, what is left out, what titles it."""

import pytest

from memtui.distil import RULES
from tests.distil.talk import Talk, words, worked


def test_the_parts_of_an_outcome_are_told_together_under_its_lead() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.edits("board.py", "feed.py").answers(
        "I've moved the departure board to the new harbour feed:\n\n"
        "- `board.py` reads only `Feed.departures` instead of parsing the XML dump\n"
        "- Added `poll_seconds` to `settings.py`, 30 by default\n"
        "- Changed the colours in `board.css` to those of the harbour\n"
    )

    (outcome,) = talk.distilled()

    assert outcome.title == "Moved the departure board to the new harbour feed"
    for part in ("Feed.departures", "poll_seconds", "board.css"):
        assert part in outcome.body


def test_trouble_and_cure_under_one_heading_are_one_cause() -> None:
    talk = worked(Talk().says("The board is empty at night, please look into it."))
    talk.edits("feed.py").answers(
        "## Empty board\n\n"
        "- **Problem:** `feed.py` drops departures without a `berth` field\n"
        "- **Fix:** a missing `berth` is read as the last known one\n"
    )

    (cause,) = talk.by_rule("cause")

    assert cause.title == "feed.py drops departures without a berth field"
    assert "Fix: a missing `berth` is read as the last known one" in cause.body


@pytest.mark.parametrize(
    "asked",
    [
        "Create an app launcher for the departure board in the Apps folder",
        "Help me to use these pier models in a better way",
        "The loading indicator of the board is gone since yesterday",
        "How does the harbour feed find its berths?",
    ],
)
def test_a_task_a_symptom_or_a_question_is_no_memory(asked: str) -> None:
    talk = worked(Talk().says(asked)).edits("board.py").answers("Done.")

    assert not talk.by_rule("prompt")


@pytest.mark.parametrize(
    "asked",
    [
        "The board should only show ferries that leave within the hour",
        "I want each pier to have a separate log file under `logs/`",
        "Make sure every departure names its pier, also in the export",
    ],
)
def test_a_wish_that_lasts_is_a_decision(asked: str) -> None:
    talk = worked(Talk().says(asked)).edits("board.py").answers("Done.")

    (kept,) = talk.by_rule("prompt")

    assert kept.type in ("decision", "preference")


@pytest.mark.parametrize("order", ["use pnpm", "Use bun not npm", "nimm uv statt pip"])
def test_an_order_of_a_few_words_is_heard(order: str) -> None:
    talk = worked(Talk().says("Add the departure board to the workspace."))
    talk.edits("package.json").says(order).edits("package.json").answers("Done.")

    (kept,) = talk.by_rule("standing")

    assert kept.title.casefold() == order.casefold()


def test_a_correction_that_only_asks_is_told_by_what_came_of_it() -> None:
    talk = worked(Talk().says("Cache the timetable of the harbour board."))
    talk.edits("timetable.py").answers("Cached the timetable for an hour.")
    talk.says("Why is the cancelled ferry still on the board then?")
    talk.answers("You're right. `timetable.py` cannot see that a ferry is cancelled.")
    talk.edits("timetable.py").answers("Added `drop_cache()` to the cancel handler.")

    (kept,) = talk.by_rule("correction")

    assert kept.title == "timetable.py cannot see that a ferry is cancelled"
    assert "“Why is the cancelled ferry still on the board then?”" in kept.body


def test_that_the_tests_pass_is_no_part_of_an_outcome() -> None:
    talk = worked(Talk().says("Add a night mode to the departure board."))
    talk.edits("board.css").answers(
        "I've added a night mode to `board.css`.\n\n- All 52 of 52 tests pass\n"
        "- The ground is `--board-night`, text is amber\n"
    )

    assert not any("52 tests" in words(o) for o in talk.distilled())


def test_a_yes_to_a_page_of_instructions_is_no_choice() -> None:
    question = "Please run the export of all piers in your terminal. " * 3
    talk = worked(Talk().says("Export the piers.")).chooses(question, "Yes, done")

    assert not talk.by_rule("choice")


def test_a_mended_set_up_bites_again_where_mended_code_does_not() -> None:
    def kind(path: str) -> str:
        talk = worked(Talk().says("The nightly job of the board is red.")).edits(path)
        talk.runs(
            "git commit -m 'fix: repair the nightly departure board' -m 'It was red.'"
        )
        return talk.by_rule("commit")[0].type

    assert kind(".github/workflows/nightly.yml") == "gotcha"
    assert kind("src/nightly.py") == "bugfix"


def test_every_rule_says_why_and_what_it_makes() -> None:
    assert all(rule.because and rule.type for rule in RULES.values())
