"""What a memory can prove: facts, tags, files read and changed, what git said."""

import pytest

from memtui.distil.atoms import facts_of
from memtui.distil.tags import tags_of
from memtui.distil.topics import CONCEPTS, MOST_TAGS, TOPICS
from memtui.records import Observation
from tests.distil.talk import ROOT, Talk, worked

MESSAGE = (
    "'Read departures from the new harbour feed' "
    "-m 'The XML dump drops berths at night, because nobody moors then.'"
)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("Run it as `uv run pytest -m harbour`, else it hangs.", "uv run pytest -m"),
        ("Pinned to `ferry-feed@2.4.1` because 2.5 drops berths.", "ferry-feed@2.4.1"),
        ("The board is served at http://localhost:5173 only.", "localhost:5173"),
        ("The feed listens on port 8089 of the pier host.", "port 8089"),
        ("Set the environment variable `TIDE_DB` first.", "TIDE_DB"),
        ("It ended with exit code 137 on the small runner.", "exit code 137"),
        ("All of it: 52 passed, the pier export included.", "52 passed"),
        ("See https://example.org/ida/ferry/pull/31 for why.", "ferry/pull/31"),
        ("Reverted by 3f2a91c because the ferries were late.", "3f2a91c"),
        ("The timetable lies in `/var/lib/ferry/tides.db`.", "/var/lib/ferry/tides.db"),
    ],
)
def test_what_can_be_checked_is_a_fact(said: str, fact: str) -> None:
    (found,) = facts_of((), [said])

    assert fact in found


@pytest.mark.parametrize(
    "said",
    [
        "The board shows 3 piers and 12 ferries.",
        "Use `Feed.departures` instead of the XML dump.",
        "MAX_BERTHS is read once.",
        "The pier host is 10.0.0.12 in that plan.",
    ],
)
def test_a_number_or_a_name_alone_is_no_fact(said: str) -> None:
    assert facts_of((), [said]) == ()


def test_a_fact_that_a_longer_one_holds_is_told_once() -> None:
    found = facts_of(["pytest: 12 passed"], ["12 passed, by `uv run pytest`"])

    assert found == ("pytest: 12 passed", "uv run pytest")


@pytest.mark.parametrize(
    ("title", "files", "tag"),
    [
        ("The nightly workflow needs a token", (".github/workflows/night.yml",), "ci"),
        ("Keep departures for 31 days", ("db/migrations/004_tides.sql",), "database"),
        ("The departure board is amber at night", ("board.css",), "ui"),
        ("Playwright needs a display on the runner", (), "test"),
        ("Пароль причала больше не пишется в журнал", (), "security"),
        ("把测试改为并行运行", (), "test"),
        ("Die Datenbank der Gezeiten wird nachts kopiert", (), "database"),
    ],
)
def test_files_and_words_of_a_title_tell_the_topic(
    title: str, files: tuple[str, ...], tag: str
) -> None:
    found = tags_of(title, "", files=files, facts=(), signals=frozenset())

    assert tag in found


def test_one_passing_word_of_a_body_makes_no_tag() -> None:
    body = "Ferries leave on the hour.\nThe button for it is grey."

    assert not tags_of("Keep it", body, files=(), facts=(), signals=frozenset())


def test_a_memory_has_few_tags() -> None:
    every = " ".join(topic.words[0].rstrip("?") for topic in TOPICS)
    found = tags_of(every, "", files=(), facts=(), signals=frozenset())

    assert len(found) == MOST_TAGS
    assert len({topic.tag for topic in TOPICS} | set(CONCEPTS)) == 16


def _committed(output: str, command: str = "git commit -m") -> Observation:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.edits("board.py", "notes.md")
    talk.runs(f"{command} {MESSAGE}", output)
    (commit,) = talk.by_rule("commit")
    return commit


def test_a_commit_tells_its_id_its_stat_and_the_files_that_git_named() -> None:
    commit = _committed(
        "[main 4be1a07] Read departures from the new harbour feed\n"
        " 2 files changed, 31 insertions(+), 4 deletions(-)\n"
        " create mode 100644 feed.py\n rename {old => new}/berths.py (96%)\n"
    )

    assert commit.facts[:2] == (
        "commit 4be1a07",
        "2 files changed, 31 insertions(+), 4 deletions(-)",
    )
    assert commit.files == ("feed.py", "new/berths.py")


def test_files_put_in_by_name_are_those_of_the_commit() -> None:
    commit = _committed(
        "[main 4be1a07] Read departures\n 1 file changed, 2 insertions(+)",
        "git add board.py && git commit -m",
    )

    assert commit.files == ("board.py",)


def test_a_diff_stat_that_was_asked_for_names_the_files_of_a_commit() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.runs(
        f"git commit -a -m {MESSAGE}",
        "[main 4be1a07] Read departures\n 2 files changed, 9 insertions(+)",
    )
    talk.runs("git show --stat HEAD", " board.py | 4 ++--\n pier/feed.py | 5 +++++\n")
    (commit,) = talk.by_rule("commit")

    assert commit.files == ("board.py", "pier/feed.py")


def test_a_pull_request_tells_its_address() -> None:
    talk = worked(Talk().says("Open a pull request for the harbour feed."))
    talk.runs(
        f"gh pr create --title {MESSAGE.replace(' -m ', ' --body ')}",
        "https://example.org/ida/ferry/pull/31\n",
    )
    (commit,) = talk.by_rule("commit")

    assert commit.facts == ("https://example.org/ida/ferry/pull/31",)


def test_files_read_for_a_finding_are_kept_and_told_from_the_root() -> None:
    talk = worked(Talk().says("Why does the board drop ferries at night?"))
    talk.looks_at("feed.py", "board.py")
    talk.answers(
        "`feed.py` drops every departure without a `berth` because the harbour "
        "sends none between midnight and four."
    )
    (found,) = talk.distilled()

    assert found.files == ("feed.py",)
    assert not any(ROOT in path for path in found.files)


def test_a_check_behind_the_work_of_a_turn_is_a_fact_of_it() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.edits("board.py").runs("pytest -q", "....\n41 passed in 2.1s")
    talk.answers("I've moved the departure board to `Feed.departures`.")
    (outcome,) = talk.by_rule("outcome")

    assert "pytest: 41 passed" in outcome.facts


def test_an_address_that_was_served_and_then_used_is_kept() -> None:
    talk = worked(Talk().says("Show me the departure board in the browser."))
    talk.runs("pnpm dev --host", "ready\n  Local: http://localhost:5199/\n")

    assert not talk.by_rule("served")

    talk.runs("curl -s http://localhost:5199/board", "ok")
    (served,) = talk.by_rule("served")

    assert served.title == "pnpm dev --host serves http://localhost:5199"
    assert "pnpm dev --host" in served.facts


def test_a_version_is_told_where_it_was_relied_on_and_wanted() -> None:
    talk = worked(Talk().says("Which tool reads the tides here?"))
    talk.runs("tidectl --version", "tidectl 3.2.1")
    talk.answers("`tidectl` 3.2.1 cannot read UTC, so the feed is converted first.")

    (version,) = talk.by_rule("version")
    assert version.title == "tidectl 3.2.1 is installed"
    assert not [o for o in talk.distilled(without=("version",)) if o.rule == "version"]


def test_a_switch_that_the_error_blamed_is_a_detour() -> None:
    talk = worked(Talk().says("Print the timetable of all the piers."))
    talk.runs("tidectl print --piers all", "unknown option --piers", failed=True)
    talk.runs("tidectl print --berths all", "14 piers")
    (detour,) = talk.by_rule("detour")

    assert "tidectl print --berths all" in detour.facts
    assert all("--piers" not in fact for fact in detour.facts)
