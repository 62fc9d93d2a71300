"""What was settled, and what the end of a session left open."""

import pytest

from tests.distil.talk import Talk, words, worked


def test_an_answer_is_told_with_the_clause_that_was_asked() -> None:
    question = (
        "For piers that have several timetables in the same season, which timetable "
        "should the board show?"
    )
    talk = worked(Talk().says("Show the timetable of a pier on the board, please."))
    talk.chooses(question, "Latest one (Recommended)").edits("board.py")

    (choice,) = talk.by_rule("choice")

    assert choice.title == "Which timetable should the board show: Latest one"
    assert "several timetables" in choice.body


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which reports should I write now?", "Tides, Ferries, Piers, Berths"),
        ("Is the harbour server running at the moment?", "Yes, it should be"),
    ],
)
def test_a_ticked_list_or_a_yes_settles_nothing(question: str, answer: str) -> None:
    talk = worked(Talk().says("Write the reports of the harbour, please."))

    assert not talk.chooses(question, answer).by_rule("choice")


def test_of_plans_of_one_name_the_last_counts() -> None:
    head = "# Plan: Split the pier module\n\n"
    talk = worked(Talk().says("Tidy up the pier module, it has grown too long."))
    talk.plans(
        head + "- Move `Berth` to `old.py`, because the feed must import it first\n"
    )
    talk.answers("One more thing.").says("Put it below `pier/` then, with its tests.")
    talk.plans(
        head + "- Move `Berth` to `new.py`, because the feed must import it first\n"
    )
    (plan,) = talk.edits("pier/new.py").by_rule("plan")

    assert "new.py" in plan.body
    assert "old.py" not in plan.body


def _commits(talk: Talk, subject: str) -> Talk:
    return talk.runs(
        f"git commit -m '{subject}' -m 'The harbour feed drops berths at night.'",
        f"[main 4be1a07] {subject}",
    )


def test_commits_that_were_not_pushed_are_left_open_where_others_were() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    _commits(talk.edits("a.py"), "Read departures from the harbour feed")
    talk.runs("git push", "ok").edits("b.py")
    _commits(talk, "Sort the piers of the board by their names")
    _commits(talk.edits("c.py"), "Draw the ferries of the board in amber")

    (left,) = talk.by_rule("unpushed")

    assert left.type == "progress"
    assert left.title == "Not pushed (main): 2 commits"
    assert "harbour feed" not in words(left)


def test_files_changed_after_the_last_commit_are_left_open() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    _commits(talk.edits("a.py"), "Read departures from the harbour feed")
    (left,) = talk.edits("tides.py").by_rule("unpushed")

    assert "Not committed: `tides.py`" in left.body


def test_who_never_pushes_by_hand_of_the_agent_left_nothing_open() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))

    assert not _commits(talk.edits("a.py"), "Read the harbour feed").by_rule("unpushed")


def test_what_points_at_words_that_were_left_out_is_left_out() -> None:
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.edits("feed.py", "board.py").answers(
        "I've moved the board to `Feed.departures`, which cannot be read at night "
        "because the harbour sends no `berth`.\n\n"
        "- Added `poll_seconds` to `settings.py`, 30 by default\n"
        "- The tides: see below\n"
        "- This requires the `berth` key to be present for every departure\n\n"
        "## Sources\n\n- The harbour manual requires a `berth` for all departures\n"
    )

    told = "\n".join(map(words, talk.distilled()))
    assert "poll_seconds" in told
    assert "This requires" not in told
    assert "manual" not in told


@pytest.mark.parametrize("order", ["Remove the svgs", "Lösch die svgs", "删除 svgs"])
def test_an_order_of_a_few_words_tells_what_a_turn_was_for(order: str) -> None:
    talk = worked(Talk().says("The icons of the board have to be drawn anew."))
    talk.edits("board.css").answers("The icons are drawn by `icons.py` now.")
    talk.says(order).runs("git rm media/*.svg", "removed")
    talk.answers("I've removed all `.svg` files from `media/`, only PNG is left there.")

    assert [o.type for o in talk.distilled() if ".svg" in words(o)] == ["decision"]


MERGING = (
    "On branch main\n"
    "Your branch and 'origin/main' have diverged,\n"
    "and have 2 and 5 different commits each, respectively.\n\n"
    "All conflicts fixed but you are still merging.\n"
)


def _halfway(*runs: tuple[str, str]) -> list[str]:
    """What is told of a session that ends behind these commands and what they said."""
    talk = worked(Talk().says("Bring the ferry's timetable together with the pier's."))
    talk.edits("ferry.py")
    for command, output in runs:
        talk.runs(command, output, failed=output.startswith("CONFLICT"))
    talk.answers("The board now reads both timetables from one `ferry.py`.")
    return [f"{o.title}|{o.body}" for o in talk.by_rule("open")]


@pytest.mark.parametrize(
    ("command", "output", "told"),
    [
        ("git status", MERGING, "Unfinished: merge with origin/main|2 and 5 different"),
        (
            "git merge winter",
            "CONFLICT (content): Merge conflict in ferry.py\nAutomatic merge failed;",
            "Unfinished: merge|Conflict in `ferry.py`.",
        ),
        (
            "git rebase main",
            "error: could not apply 1a2b3c4... Read the clock",
            "Unfinished: rebase|",
        ),
        (
            "git status",
            "interactive rebase in progress; onto 1a2",
            "Unfinished: rebase",
        ),
    ],
)
def test_what_git_calls_unfinished_is_left_open(
    command: str, output: str, told: str
) -> None:
    (said,) = _halfway((command, output))
    assert said.startswith(told)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("git commit --no-edit", "[main 1a2b3c4] Merge branch 'winter'"),
        ("git merge --abort", ""),
        ("git rebase --continue", "Successfully rebased and updated refs/heads/main."),
    ],
)
def test_what_git_then_brought_to_its_end_is_not(command: str, output: str) -> None:
    assert not _halfway(("git status", MERGING), (command, output))


def test_what_a_file_says_of_a_merge_is_no_state_of_the_work_tree() -> None:
    assert not _halfway(("cat harbour.md", MERGING))
