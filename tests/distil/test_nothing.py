"""What is no memory, however much of it there is in transcripts."""

import pytest

from memtui.model import RecordKind, Tool, Trust
from tests.distil.talk import Talk, words, worked

FACT = (
    "`feed.py` must ask the harbour twice, because the first answer of `/tides` is "
    "always yesterday's."
)


def working() -> Talk:
    """A session that did some work and says nothing of it yet."""
    return worked(Talk().says("Look at how the departure board reads the tides."))


def told(talk: Talk) -> str:
    return "\n".join(map(words, talk.distilled()))


@pytest.mark.parametrize(
    "cheer",
    [
        f"Perfect! {FACT}",
        f"Done! Everything works now. {FACT}",
        f"Отлично! Готово. {FACT}",
        f"完成！{FACT}",
    ],
)
def test_a_cheer_that_tells_a_fact_again_adds_nothing(cheer: str) -> None:
    talk = working().edits("feed.py").answers(FACT)
    talk.says("And the same for the ferry to the island, please.")
    talk.edits("island.py").answers(cheer)

    assert told(talk).count("yesterday's") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Perfect! All done.",
        "Great, that works now! The implementation is complete and all tests pass.",
        "Fertig! Alles läuft jetzt wie gewünscht.",
        "Готово! Всё работает.",
        "完成了！一切正常。",
    ],
)
def test_a_cheer_alone_is_nothing(text: str) -> None:
    assert told(working().edits("feed.py").answers(text)) == ""


def test_a_todo_list_is_nothing() -> None:
    talk = working()
    talk._add(
        RecordKind.TOOL_USE,
        "1. Always ask `/tides` twice\n2. Decide on `poll_seconds` instead of cron",
        tool=Tool.TODO,
    )

    assert told(talk) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Let me check which modules import `tides` before I change anything.",
        "Now I'll grep for `read_tides` in the whole repository.",
        "I need to add the missing `import httpx` to `feed.py` first.",
        "Ich werde jetzt nach `read_tides` suchen und dann die Importe anpassen.",
        "Сейчас я посмотрю, где импортируется `read_tides`.",
        "让我先搜索一下 `read_tides` 在哪里被导入。",
        "これから `read_tides` の呼び出し箇所を調べます。",
    ],
)
def test_narration_of_imports_and_searches_is_nothing(text: str) -> None:
    talk = working().runs("grep -rn read_tides").answers(text).edits("feed.py")

    assert told(talk.answers("OK.")) == ""


def test_an_insight_box_is_nothing() -> None:
    box = (
        "`★ Insight ─────────────────────────────────────`\n"
        "- Asking twice is needed because `/tides` caches: always prefer idempotency\n"
        "`─────────────────────────────────────────────────`\n"
    )
    assert told(working().edits("feed.py").answers(box)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<command-name>/check</command-name><command-args>always all</command-args>",
        "<system-reminder>You must always use `pnpm`, never npm.</system-reminder>",
        "<local-command-stdout>Error: always run pnpm here</local-command-stdout>",
        "[Request interrupted by user for tool use]",
        "Continue",
        "Warmup",
    ],
)
def test_what_a_client_puts_into_the_persons_mouth_is_nothing(text: str) -> None:
    assert told(working().says(text)) == ""


@pytest.mark.parametrize(
    "notice",
    [
        "You've hit your limit · resets 3pm (Europe/Oslo)",
        "Claude usage limit reached. Your limit will reset at 3pm.",
        "API Error: 529 overloaded_error",
        "Prompt is too long",
    ],
)
def test_a_notice_of_quota_or_trouble_is_nothing(notice: str) -> None:
    assert told(working().edits("feed.py").answers(notice)) == ""


def test_an_order_that_the_agent_restates_is_told_once_in_the_persons_words() -> None:
    talk = worked(Talk().says("Please always use pnpm in this repository, never npm."))
    talk.answers("You want me to always use pnpm in this repository and never npm.")
    talk.edits("package.json").answers(
        "From now on pnpm is always used in this repository, never npm."
    )

    (kept,) = talk.distilled()

    assert kept.rule == "standing"
    assert kept.title == "Always use pnpm in this repository, never npm"


@pytest.mark.parametrize(
    "line",
    [
        "1c2d3e4 feat: read the tides twice",
        "Commit: `1c2d3e4` - feat: read the tides twice",
        "12 files changed, 340 insertions(+), 12 deletions(-)",
        "Modified files: `feed.py`, `board.py`, `tides.py`, `README.md`",
        "`src/board/tides_reader_of_the_harbour.py`",
    ],
)
def test_lines_of_a_log_and_lists_of_files_are_nothing(line: str) -> None:
    assert told(working().edits("feed.py").answers(f"- {line}\n")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Now I can simplify `feed.py`, since it only needs `tides`.",
        "Next, update `feed.py` because `tides` requires a date.",
        "`read_tides` will stop asking twice, since it only needs the newest.",
    ],
)
def test_what_is_about_to_be_done_is_no_cause(text: str) -> None:
    talk = working().runs("board", "error: no tide", failed=True).answers(text)

    assert not talk.edits("feed.py").answers("OK.").by_rule("cause")


def test_a_description_with_always_or_never_is_no_order() -> None:
    talk = worked(Talk().says("The second pier never loads, it only shows a spinner."))

    assert not talk.edits("pier.py").answers("Looked into it.").by_rule("standing")


def test_an_answer_that_only_repeats_the_wish_is_no_memory() -> None:
    talk = worked(Talk().says("Add a format script that uses ferrylint"))
    talk.edits("package.json").answers("Added a `ferrylint` format script.")

    assert talk.distilled() == []


def test_rows_of_versions_are_read_in_the_diff() -> None:
    talk = worked(Talk().says("Bump what is old in the harbour board."))
    talk.edits("package.json").answers(
        "The board needs `node` 22, because `tides` 4 uses its `fetch`.\n\n"
        "- `@pier/clock`: ^1.1.0 → ^1.2.0\n- `harbour`: 16.2.1 → 16.2.4\n"
    )

    told = talk.distilled()

    assert told
    assert not any("1.2.0" in words(o) or "16.2.4" in words(o) for o in told)


def test_a_list_of_what_there_is_on_the_machine_is_no_finding() -> None:
    talk = worked(Talk().says("Which services are running on the harbour machine?"))
    talk.runs("systemctl", "ferry.service").runs("ps", "pier")
    talk.answers(
        "Harbour services: `pier-board` 2.1, `quay-board` 2.0, `tide-clock` 4.\n\n"
        "- Boards: `pier-board` on 8080, `quay-board` on 8081\n"
        "- Clocks: `tide-clock` on 9000, `harbour-clock` on 9001\n"
        "- Feeds: `ferry-feed` on 7000, `weather-feed` on 7001\n"
        "- Printers: `label-printer` on 6310 at the quay\n"
    )

    assert talk.distilled() == []


@pytest.mark.parametrize(
    "page",
    [
        (
            "# Ferry feed\n\nOur feed limits each key. You should always send an "
            "`X` header.\n\n## Limits\n\n| Plan | Call |\n|---|---|\n| Free | 6 |\n\n"
            "## Retrying\n\nNever retry more than three times, prefer a longer delay."
        ),
        (
            "## Quaykit\n\nIt always renders on the server.\n\n### Setup\n\nNever "
            "mix it with the old one. You must use Node 20.\n\n### Configuration\n\n"
            "Prefer relative paths over absolute ones, because those break."
        ),
    ],
)
def test_a_page_that_was_pasted_is_not_the_persons_own_word(page: str) -> None:
    talk = worked(Talk().says(page)).edits("feed.py").answers("OK.")
    talk.says(f"implement it like this:\n\n{page}").edits("feed.py").answers("OK.")

    assert not [o for o in talk.distilled() if o.trust is Trust.USER]


def test_a_task_with_headings_in_ones_own_words_is_heard() -> None:
    task = (
        "# Board\n\nI want the board to read `feed.py`.\n\n# Rules\n\nAlways show "
        "departures in UTC, never in local time.\n\n# Later\n\nWe add ports."
    )
    talk = worked(Talk().says(task)).edits("feed.py").answers("OK.")

    assert any("in UTC" in words(o) for o in talk.distilled())
