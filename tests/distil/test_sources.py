"""What each source gives, one small conversation at a time."""

import pytest
from msgspec.structs import replace

from memtui.model import RecordKind, SessionKind, Tool, Trust
from memtui.search.near import same
from tests.distil.talk import Talk, words, worked


def test_a_standing_order_becomes_a_preference_in_the_persons_own_words() -> None:
    talk = worked(Talk().says("Please always use pnpm here, never npm."))
    talk.edits("package.json").answers("Switched the scripts to `pnpm`.")

    (kept,) = talk.by_rule("standing")

    assert kept.type == "preference"
    assert kept.trust is Trust.USER
    assert kept.title == "Always use pnpm here, never npm"
    assert kept.evidence[0].record == "r-001"


@pytest.mark.parametrize("mark", ["# ", "#"])
def test_a_line_behind_a_hash_is_a_note_and_a_text_with_headings_is_none(
    mark: str,
) -> None:
    said = f"{mark}Always run the linter before committing"
    note = worked(Talk().says(said)).edits("a.py")
    page = worked(Talk().says(f"{said}\nLinters\n## Formatters")).edits("a.py")

    assert [o.title for o in note.by_rule("standing")] == [said.removeprefix(mark)]
    assert said.removeprefix(mark) not in [o.title for o in page.distilled()]


def test_a_correction_carries_what_the_agent_made_of_it() -> None:
    talk = worked(Talk().says("Make the timetable load faster on the harbour screen."))
    talk.edits("timetable.py").answers("Cached the timetable in memory for an hour.")
    talk.says("Don't we need to drop the cache when a ferry is cancelled?")
    talk.answers("You're right, a cancelled ferry would stay listed for an hour.")
    talk.edits("timetable.py").answers("Added `drop_cache()` to the cancel handler.")

    (kept,) = talk.by_rule("correction")

    assert kept.type == "decision"
    assert "cancelled" in kept.title
    assert "→ A cancelled ferry would stay listed for an hour" in kept.body


def test_an_answered_question_is_remembered_with_its_question() -> None:
    talk = worked(Talk().says("Show delays on the departure board, please."))
    talk.chooses("Where should delays be stored?", "In Redis").edits("board.py")

    (kept,) = talk.by_rule("choice")

    assert kept.title == "Where should delays be stored: In Redis"
    assert kept.type == "decision"


def test_an_approved_plan_counts_and_a_refused_one_does_not() -> None:
    plan = (
        "# Plan: Split the pier module\n\n"
        "- Move `Berth` to `pier/berth.py`, because the feed must import it first\n"
    )
    other = "# Plan: Rewrite everything in Rust\n\n- Replace `pier.py` by a crate\n"
    talk = worked(Talk().says("Tidy up the pier module, it has grown too long."))
    talk.plans(other, refused=True).plans(plan).edits("pier/berth.py")

    (kept,) = talk.by_rule("plan")

    assert kept.title == "Split the pier module"
    assert "pier/berth.py" in kept.body


def test_a_plan_without_a_name_is_called_by_its_parts() -> None:
    plan = (
        "## Refactoring plan\n\n"
        "### Phase 1: Berths of the pier\n"
        "1. Move `Berth` to `pier/berth.py`, because the feed must import it first\n"
        "### Phase 2: Tidy clock\n"
        "1. Read the clock once instead of in every row\n"
        "### Notes\n- none\n"
    )
    talk = worked(Talk().says("Tidy up the pier module, it has grown too long."))

    (kept,) = talk.plans(plan).edits("pier/berth.py").by_rule("plan")

    assert kept.title == "Refactoring plan: Berths of the pier, Tidy clock"
    assert kept.body.startswith("Move `Berth` to `pier/berth.py`")


def test_a_commit_is_its_message_without_prefix_and_trailers() -> None:
    message = (
        "git commit -m \"$(cat <<'EOF'\n"
        "fix(board): keep the board when the feed is silent\n\n"
        "The feed sends nothing at night because the harbour closes.\n\n"
        'Co-Authored-By: Claude <noreply@example.com>\nEOF\n)"'
    )
    talk = worked(Talk().says("The board is empty at night.")).edits("board.py")
    talk.runs(message)

    (kept,) = talk.by_rule("commit")

    assert kept.title == "Keep the board when the feed is silent"
    assert kept.type in ("bugfix", "gotcha")
    assert "harbour closes" in kept.body
    assert "Co-Authored" not in words(kept)
    assert kept.files == ("board.py",)
    assert kept.trust is Trust.TOOL


def test_a_commit_in_a_turn_of_its_own_has_the_files_changed_before_it() -> None:
    talk = worked(Talk().says("The board skips ferries.")).edits("feed.py", "day.py")
    talk.answers("It shows them.").says("commit it")
    talk.runs(
        'git commit -am "fix: Read every ferry because `feed.py` skips one"',
        "[main 7a1b2c3] Read every ferry\n 2 files changed, 3 insertions(+)",
    )

    (kept,) = talk.by_rule("commit")

    assert kept.files == ("feed.py", "day.py")
    talk.records[-1] = replace(talk.records[-1], text="[main 7a1b2c3] 3 files changed")
    assert not any(o.files for o in talk.by_rule("commit"))


def test_what_the_person_said_has_the_files_that_were_changed_for_it() -> None:
    talk = worked(Talk().says("feed.py timetable cache")).answers("OK.")
    talk.says("No, the table must stay, the query should read it instead.")
    talk.answers("You're right.").edits("query.py").answers("OK.")

    assert [o.files for o in talk.distilled() if o.trust is Trust.USER] == [
        ("query.py",)
    ]
    talk.says("Always show four-digit years in the names of exports")
    talk.edits("names.py").answers("Exports show four-digit years, by `names.py`.")
    assert ("names.py",) in [o.files for o in talk.by_rule("standing")]


def test_a_file_is_not_named_by_the_end_of_the_name_of_another() -> None:
    talk = worked(Talk().says("Why are the tides old?")).looks_at("e.py", "日/day.py")
    talk.edits("table.py").answers(
        "The tides were old because `table.py` cannot read a day before 读day.py."
    )

    told = talk.distilled()

    assert told
    assert {path for o in told for path in o.files} == {"table.py", "日/day.py"}


def test_an_outright_order_is_one_though_it_names_a_file() -> None:
    talk = worked(Talk().says("Always read tides by `day_of` of day.py, never else"))

    (kept,) = talk.answers("OK.").by_rule("standing")

    assert kept.type == "preference"


def test_a_commit_that_failed_is_not_remembered() -> None:
    talk = worked(Talk().says("Commit the new departure board."))
    talk.runs('git commit -m "Add the departure board"', "hook refused", failed=True)

    assert talk.by_rule("commit") == []


def test_an_outcome_has_the_claim_as_title_and_its_parts_as_body() -> None:
    talk = worked(Talk().says("Can you add a night mode to the board?"))
    talk.edits("board.css").answers(
        "Perfect! I've successfully added a night mode to `board.css`:\n\n"
        "- **Colours**: dark blue ground, amber text (`--board-night`)\n"
        "- **Switch**: follows the harbour lights in `lights.py`\n\n"
        "Let me know if you want another palette!"
    )

    (kept,) = talk.by_rule("outcome")

    assert kept.title == "Added a night mode to board.css"
    assert "harbour lights" in kept.body
    assert "Let me know" not in kept.body
    assert "**" not in words(kept)


def test_a_cause_found_between_failure_and_cure_is_a_gotcha() -> None:
    talk = worked(Talk().says("The deploy of the board fails since yesterday."))
    talk.runs("./deploy board", "error: mount refused", failed=True)
    talk.answers(
        "The deploy fails because `podman` cannot mount `/srv/board` without the "
        "`:Z` flag on this host."
    )
    talk.edits("deploy").runs("./deploy board", "ok").answers("Deployed.")

    (kept,) = talk.by_rule("cause")

    assert kept.type == "gotcha"
    assert ":Z flag" in words(kept)
    assert "podman cannot mount /srv/board" in kept.title


def test_a_theory_that_did_not_help_is_replaced_by_the_one_that_did() -> None:
    talk = Talk().says("The board shows yesterday's ferries, please fix it.")
    talk.runs("./check board", "stale", failed=True).answers(
        "The board is stale because `feed.py` must read the timetable cache first."
    )
    talk.edits("feed.py").runs("./check board", "stale", failed=True).answers(
        "Wait, the board is stale because `feed.py` cannot read the timetable "
        "in local time, only in UTC."
    )
    talk.edits("feed.py").runs("./check board", "ok").answers("The board is right.")

    told = [words(o) for o in talk.by_rule("cause")]

    assert any("only in UTC" in text for text in told)
    assert not any("cache first" in text for text in told)


def test_an_order_that_the_person_takes_back_is_no_memory() -> None:
    talk = Talk().says("Always use two-digit years in the names of the exports.")
    worked(talk).edits("names.py").answers("The names carry two-digit years now.")
    talk.says(
        "No wait, I was wrong: use four-digit years in the names of the exports, the "
        "harbour office needs them. Never two-digit."
    )
    talk.edits("names.py").answers("The names of `names.py` carry four digits again.")

    (kept,) = talk.by_rule("standing")

    assert kept.title.startswith("Use four-digit years")
    assert "Never two-digit" in words(kept)
    assert not any("Always use two" in words(o) for o in talk.distilled())


def test_a_commit_is_not_lost_to_the_pull_request_that_repeats_it() -> None:
    talk = worked(Talk().says("The board skips ferries, mend it.")).edits("feed.py")
    talk.runs('git commit -m "Read every ferry of the day, so that none is skipped"')
    talk.runs('gh pr create --title "Read every ferry of the day" --body "See there."')

    assert any("every ferry of the day" in o.title for o in talk.by_rule("commit"))


def test_a_cause_is_told_though_something_was_skipped_by_it() -> None:
    talk = worked(Talk().says("The board skips ferries, why?"))
    talk.runs("./check board", "2 failed", failed=True).edits("feed.py")
    talk.runs("./check board", "ok").answers(
        "Fixed. The cause was in `feed.py`: the step was `size * 2`, so each second "
        "ferry was skipped. The step is now `size` and all of them are shown."
    )

    told = "\n".join(words(o) for o in talk.distilled())

    assert "each second ferry was skipped" in told


def test_a_summary_gives_its_errors_and_open_tasks_but_not_the_prompts() -> None:
    filler = "The session was about the departure board and its feed. " * 30
    talk = worked(Talk().says("Go on with the board where we stopped.")).sums_up(
        f"1. Primary Request and Intent:\n{filler}\n\n"
        "4. Errors and fixes:\n"
        "   - The feed client rejects plain HTTP because `tls_only` is set\n\n"
        "6. All user messages:\n"
        '   - "make the harbour feed nicer with `sparkles`"\n\n'
        "7. Pending Tasks:\n"
        "   - The `harbour-feed` migration is not deployed yet\n"
    )

    told = talk.by_rule("summary")

    assert {o.type for o in told} == {"gotcha", "progress"}
    assert not any("sparkles" in words(o) for o in told)


def test_a_recap_of_the_client_is_progress() -> None:
    talk = worked(Talk().says("Import the winter timetable from the PDF."))
    talk.sums_up("Imported 214 departures from `winter.pdf`; 3 rows remain unread.")

    (kept,) = talk.by_rule("recap")

    assert kept.type == "progress"


def _checked(command: str) -> Talk:
    talk = Talk().says("Make the feed client retry on a timeout.")
    for _ in range(3):
        talk.edits("feed.py").runs(f"cd src && {command} 2>&1 | tail -5")
    return talk.answers("Retries are in.")


def test_checks_that_passed_again_and_again_are_remembered_once() -> None:
    (kept,) = _checked("PYTHONPATH=. pytest -m feed").by_rule("check")

    assert kept.title == "✓ PYTHONPATH=. pytest -m feed"


@pytest.mark.parametrize("command", ["pnpm test", "uv run pytest", "tox -e lint"])
def test_a_check_that_anybody_would_guess_is_no_memory(command: str) -> None:
    assert not _checked(command).by_rule("check")


@pytest.mark.parametrize(
    ("command", "runs", "told"),
    [
        ("cargo test --features harbour", 3, True),
        ("cargo test --features harbour", 2, False),
        ("pytest --maxfail=1", 3, False),
        ("tox -e harbour", 3, False),
        ('pnpm test -- --grep "Ferry"', 3, False),
    ],
)
def test_one_check_is_told_where_it_names_a_part_of_the_project_again_and_again(
    command: str, runs: int, told: bool
) -> None:
    talk = Talk().says("Make the ferry leave on time")
    for _ in range(runs):
        talk.edits("ferry/clock.py").runs(command, "all good")
    assert bool(talk.answers("It leaves on time now.").by_rule("check")) is told


def test_different_checks_are_no_near_duplicates() -> None:
    one, two = (
        _checked(command).by_rule("check")[0]
        for command in ("PYTHONPATH=. pytest -q", "RUSTFLAGS=-Dwarnings cargo test")
    )

    assert not same(one.title, two.title)


@pytest.mark.parametrize(
    ("wrong", "output", "right"),
    [
        (
            "git add keys.toml",
            "paths are ignored by .gitignore",
            "git add -f keys.toml",
        ),
        ("sc config ntp", "Set-Content : no such parameter", "sc.exe config ntp"),
        ("rake db:load", "could not find rake", "bundle exec rake db:load"),
    ],
)
def test_a_form_of_a_command_that_needs_a_word_more_is_a_gotcha(
    wrong: str, output: str, right: str
) -> None:
    talk = Talk().says("Put the harbour's keys where the board finds them.")
    talk.runs(wrong, output, failed=True).runs(right, "done")

    (kept,) = talk.by_rule("detour")

    assert kept.type == "gotcha"
    assert right in words(kept)
    assert output in kept.body


@pytest.mark.parametrize(
    "right", ["git add piers.toml", "sleep 5 && git add keys.toml", "git add keys.toml"]
)
def test_another_command_and_a_second_try_teach_no_form(right: str) -> None:
    talk = Talk().says("Put the harbour's keys where the board finds them.")
    talk.runs("git add keys.toml", "fatal: index.lock exists", failed=True)

    assert not talk.runs(right, "done").by_rule("detour")


@pytest.mark.parametrize(("wrong", "right"), [("board", '"'), ('"', "board")])
def test_a_command_of_quotes_alone_teaches_no_form(wrong: str, right: str) -> None:
    talk = Talk().says("Put the harbour's keys where the board finds them.")
    talk.runs(wrong, "error: bad keys", failed=True)

    assert not talk.runs(right, "done").by_rule("detour")


def test_a_form_is_not_blamed_where_a_file_was_mended_meanwhile() -> None:
    talk = Talk().says("Put the harbour's keys where the board finds them.")
    talk.runs("board load", "error: bad keys", failed=True).edits("keys.toml")

    assert not talk.runs("board load --all", "done").by_rule("detour")


def test_a_command_that_exists_only_in_another_form_is_a_gotcha() -> None:
    talk = Talk().says("Run the tests of the feed client for me.")
    talk.runs("pytest", "sh: pytest: command not found", failed=True)
    talk.runs("(source .venv/bin/activate && pytest)", "12 passed")

    (kept,) = talk.by_rule("detour")

    assert kept.type == "gotcha"
    assert kept.title == (
        "pytest fails here, this works: (source .venv/bin/activate && pytest)"
    )


def test_what_failed_is_told_without_the_rulers_round_it() -> None:
    talk = Talk().says("Make the ferry leave on time")
    said = "____ ERROR collecting tests/test_ferry.py ____\npytest: command not found"
    talk.runs("pytest -q", said, failed=True)
    talk.runs("PYTHONPATH=. pytest -q", "3 passed").edits("ferry.py")

    (kept,) = talk.answers("It leaves on time now.").by_rule("detour")

    assert "→ ERROR collecting tests/test_ferry.py." in kept.body


def test_a_line_added_to_the_agents_memory_file_is_a_note() -> None:
    talk = worked(Talk().says("Write down how we name the piers."))
    talk.edits("CLAUDE.md")
    talk.records[-1] = replace(
        talk.records[-1],
        patch="@@ -1 +1,2 @@\n # Pier\n+- Piers are called `A1` to `F9`, not by colour",
    )

    (kept,) = talk.by_rule("note")

    assert kept.type == "preference"
    assert kept.title == "Piers are called A1 to F9, not by colour"


def test_what_the_last_words_call_unfinished_is_progress() -> None:
    talk = worked(Talk().says("Move the feed to the new server, then stop."))
    talk.edits("feed.py").answers(
        "Moved the feed to `feed2.example.org`.\n\n"
        "## Next steps\n\n- The DNS entry `feed.example.org` still needs to be switched"
    )

    (kept,) = talk.by_rule("open")

    assert kept.type == "progress"
    assert "DNS entry feed.example.org" in kept.title


def test_a_wish_that_was_cut_off_is_left_open() -> None:
    talk = Talk().says("Rename every `pier` to `berth` in the database.")
    talk.runs("grep -r pier").edits("schema.sql")

    (kept,) = talk.by_rule("open")

    assert kept.title.startswith("Unfinished: Rename every pier to berth")


def test_a_wish_that_ended_in_a_commit_is_not_left_open() -> None:
    committed = "git commit -qam 'Call every pier a berth'"
    talk = Talk().says("Rename every `pier` to `berth` in the database.")
    talk.runs("grep -r pier").edits("schema.sql").runs(committed)

    assert not talk.by_rule("open")
    assert talk.edits("seed.sql").by_rule("open")


LIST = "[x] Read the piers\n[-] Rename `pier` in `schema.sql`\n[ ] Migrate the harbour"


def keeping(talk: Talk, items: str) -> Talk:
    """The same talk after the agent wrote its list of things to do."""
    return talk._add(RecordKind.TOOL_USE, items, tool=Tool.TODO)


def test_what_the_agents_own_list_still_has_is_left_open() -> None:
    talk = keeping(worked(Talk().says("Rename the piers, please.")), LIST)

    (kept,) = talk.says("thanks, see you tomorrow").answers("Bye!").by_rule("open")

    assert kept.type == "progress"
    assert kept.title == "Unfinished: Rename pier in schema.sql"
    assert "Migrate the harbour" in kept.body


def test_a_list_that_work_went_past_or_that_is_done_is_nothing() -> None:
    past = keeping(worked(Talk().says("Rename the piers, please.")), LIST)
    done = keeping(worked(Talk().says("Rename the piers, please.")), "[x] Read piers")

    for talk in (past.edits("schema.sql").answers("OK."), done.answers("OK.")):
        assert not talk.by_rule("open")


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (
            "FAILED feed_test.py::test_berth\n== 2 failed, 11 passed in 3s ==",
            "2 failed, 11 passed in 3s",
        ),
        (
            "  1) feed_test: no berth\nTests: 3 failures\nSee above.",
            "Tests: 3 failures",
        ),
    ],
)
def test_a_check_that_failed_when_it_was_last_run_is_left_open(
    output: str, verdict: str
) -> None:
    talk = Talk().says("Make the feed client retry on a timeout.")
    worked(talk).runs("make feed", "ok").edits("feed.py")
    talk.runs("make feed", output, failed=True).answers("Retries are in.")

    (kept,) = talk.by_rule("open")

    assert kept.type == "progress"
    assert kept.title == f"✗ make feed: {verdict}"
    assert "feed_test" in kept.body
    assert not talk.runs("make feed", "ok").answers("Green.").by_rule("open")


def test_subagents_and_automated_sessions_give_nothing() -> None:
    for kind in (SessionKind.SUBAGENT, SessionKind.AUTOMATED):
        talk = worked(Talk(kind=kind).says("Please always use pnpm here, never npm."))
        assert talk.edits("a").distilled() == []


def test_small_talk_gives_nothing() -> None:
    talk = Talk().says("hi").answers("Hello! How can I help you today?")
    talk.says("ok thanks").answers("You're welcome!")

    assert talk.distilled() == []


def test_what_the_client_says_in_the_agents_place_is_nothing() -> None:
    talk = worked(Talk().says("Show me the harbour map in the terminal."))
    talk.answers("Invalid API key · Please run /login")

    assert not any("login" in words(o) for o in talk.distilled())


def test_a_rule_can_be_switched_off() -> None:
    talk = worked(Talk().says("Please always use pnpm here, never npm.")).edits("a")

    assert "standing" in {o.rule for o in talk.distilled()}
    assert "standing" not in {o.rule for o in talk.distilled(without=("standing",))}
