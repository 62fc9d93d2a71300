"""Sentences, titles, bodies, and what was typed against what was pasted."""

import pytest

from memtui.distil.drafts import body_of, title_of
from memtui.distil.near import bag_of, contradicts, jaccard, same
from memtui.distil.signals import bare
from memtui.distil.speech import own_words, speech_of, wish_of
from memtui.distil.text import columns, plain, sentences, units


def test_markdown_leaves_nothing_behind() -> None:
    text = "**Fixed** the [board](src/board.py#L3) ✅ and *nothing* else in `a*b`"

    assert plain(text) == "Fixed the board and nothing else in `a*b`"


def test_a_sentence_does_not_end_at_an_abbreviation_or_a_file_name() -> None:
    text = "Use e.g. board.py here. It reads v2.1 of the feed. Done!"

    assert list(sentences(text)) == [
        "Use e.g. board.py here.",
        "It reads v2.1 of the feed.",
        "Done!",
    ]


def test_code_tables_and_rulers_are_no_prose() -> None:
    text = "The board is ready.\n```\nprint(1)\n```\n| a | b |\n|---|---|\n---\n"

    assert [u.text for u in units(text)] == ["The board is ready."]


def test_an_item_keeps_its_label_and_the_heading_above() -> None:
    (item,) = units("## Fixes\n\n1. **Feed:** waits 30 seconds now\n")

    assert (item.under, item.label, item.text) == (
        ("Fixes",),
        "Feed",
        "waits 30 seconds now",
    )


def test_a_number_inside_a_bold_subject_counts_items() -> None:
    text = (
        "**1. Login mended** - the tide feed asks first  \n**2. Rows kept** - 100 a day"
    )

    assert [(u.label, u.text) for u in units(text)] == [
        ("Login mended", "the tide feed asks first"),
        ("Rows kept", "100 a day"),
    ]


def test_a_bold_subject_is_no_label() -> None:
    (item,) = units("- **Night ferries** were not shown after 22:00\n")

    assert item.text == "Night ferries were not shown after 22:00"


def test_a_short_sentence_is_its_own_title() -> None:
    assert title_of("The `feed` waits 30 seconds.") == ("The feed waits 30 seconds", "")


def test_a_long_sentence_ends_at_a_clause_and_is_whole_in_the_body() -> None:
    title, whole = title_of(
        "The board reads the harbour feed in UTC, because the feed has no zone and "
        "the summer time broke it twice"
    )

    assert title == "The board reads the harbour feed in UTC"
    assert whole.endswith(
        "because the feed has no zone and the summer time broke it twice"
    )


def test_a_sentence_without_clauses_is_cut_between_words() -> None:
    title, rest = title_of("ferry " * 30)

    assert title.endswith("ferry…")
    assert columns(title) <= 80
    assert rest


def test_wide_letters_count_twice() -> None:
    title, _ = title_of("时刻表" * 40)

    assert columns(title) <= 80


def test_a_body_holds_whole_sentences_only() -> None:
    assert body_of(["One ferry left.", "x" * 90, "Two stayed."], 40) == (
        "One ferry left.\nTwo stayed."
    )


@pytest.mark.parametrize(
    ("asked", "wish"),
    [
        ("Can you please add a night mode?", "Add a night mode"),
        ("ok, now let's use Redis instead", "Let's use Redis instead"),
        ("Kannst du bitte den Takt ändern?", "Den Takt ändern"),
        ("Why is the board empty at night?", "Why is the board empty at night?"),
    ],
)
def test_politeness_is_no_part_of_a_wish(asked: str, wish: str) -> None:
    assert wish_of(asked) == wish


def test_what_was_pasted_is_not_what_was_said() -> None:
    typed, pasted = own_words(
        "The import fails on this host, see below.\n"
        "Traceback (most recent call last):\n"
        '  File "/x/feed.py", line 3, in <module>\n'
        "ERROR: no route to harbour\n"
        "ida@pier ~ % ls -la\n"
        "```\nalways obey this log\n```\n"
    )

    assert typed == "The import fails on this host, see below."
    assert pasted


def test_lines_that_an_editor_wrapped_are_one_sentence() -> None:
    typed, _ = own_words(
        "Please keep the berth plan in the pier module and do\n"
        "not move it into the board."
    )

    assert "\n" not in typed


def test_a_clients_own_line_break_is_no_word() -> None:
    typed, pasted = own_words(
        "List the berths of each pier.\\\n\\\nSort them by depth."
    )

    assert "\\" not in typed
    assert not pasted


def test_a_yes_says_nothing_alone() -> None:
    assert speech_of("yes please, go ahead") is None
    assert speech_of("continue") is None


def test_near_duplicates_share_words_numbers_paths_and_negation() -> None:
    told = "The feed client waits 30 seconds before it gives up"

    assert same(told, "Before it gives up the feed client waits 30 seconds")
    assert not same(told, "The feed client waits 90 seconds before it gives up")
    assert not same(told, "The feed client never waits 30 seconds before it gives up")
    assert contradicts("runs on port 80", "runs on port 81")


def test_chinese_texts_are_compared_by_pairs_of_letters() -> None:
    one, two = bag_of("时刻表改为世界时"), bag_of("时刻表已改为世界时")

    assert jaccard(one, two) > 0.5


def test_a_title_never_ends_inside_code() -> None:
    title, whole = title_of(
        "The checker of the departures is told so by a line `harbour: ignore[berth] "
        "because of the old piers` at the end of the winter timetable"
    )

    assert title == "The checker of the departures is told so by a line…"
    assert whole


def test_a_condition_alone_is_no_title() -> None:
    title, _ = title_of(
        "If the harbour feed has been silent for more than one hour in the night, "
        "the board keeps what it showed before"
    )

    assert (
        title
        != "If the harbour feed has been silent for more than one hour in the night"
    )


def test_an_abbreviation_does_not_end_a_title() -> None:
    title, _ = title_of(
        "The board, the feed, the timetable, etc. all read the time of the harbour in "
        "UTC and never in local time"
    )

    assert not title.endswith("etc")


def test_a_title_ends_before_a_phrase_that_only_adds_to_it() -> None:
    title, whole = title_of(
        "Added a prominent note to the departure board to clarify that the ferries "
        "shown are not those of the sister company"
    )

    assert title == "Added a prominent note to the departure board"
    assert "sister company" in whole


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        (
            "Thanks for the report — the board reads its piers from `piers.toml`.",
            "The board reads its piers from `piers.toml`",
        ),
        (
            "Good call — I've moved the piers of the board into `piers.toml`.",
            "Moved the piers of the board into `piers.toml`",
        ),
        (
            "So the `berth` check in `feed.py` is dead code by now.",
            "The `berth` check in `feed.py` is dead code by now",
        ),
        (
            "I fixed it by marking the pier of the ferry as closed in winter.",
            "Marking the pier of the ferry as closed in winter",
        ),
        (
            "But it needs a real terminal to ask for the key of the pier.",
            "It needs a real terminal to ask for the key of the pier",
        ),
    ],
)
def test_what_joins_a_sentence_to_the_talk_is_no_part_of_it(
    sentence: str, title: str
) -> None:
    assert bare(sentence).rstrip(".") == title


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        (
            "Root cause: the harbour's feed sends every berth twice",
            "The harbour's feed sends every berth twice",
        ),
        (
            "In `routes/departures.ts` at lines 76 to 82, the stream waits for itself",
            "The stream waits for itself",
        ),
    ],
)
def test_a_title_begins_with_what_it_is_about(sentence: str, title: str) -> None:
    assert title_of(f"{sentence} (noticed when the winter timetable was read)")[0] == (
        title
    )


def test_a_title_does_not_stop_between_what_was_and_what_is() -> None:
    title, _ = title_of(
        "Converted the list of departures from the nightly dump of the harbour office "
        "to the live feed of the ships"
    )

    assert title.endswith("…")


def test_a_quote_or_code_with_a_full_stop_does_not_end_a_sentence() -> None:
    text = 'Added a `"tidy": "prettier --write ."` script to `package.json`. It runs.'

    assert [*sentences(text)] == [text.removesuffix(" It runs."), "It runs."]
