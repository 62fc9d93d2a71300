"""What is told once, what is news, what is old: choosing among drafts."""

import dataclasses

import pytest
from msgspec.structs import replace

from memtui.distil import RULES, rules
from memtui.distil.choose import calibrated
from memtui.distil.rules import MOST
from memtui.settings import Settings
from tests.distil.talk import ROOT, Talk, words, worked

MEMORIES = (
    "- gotcha: The feed client rejects plain HTTP because tls_only is set. "
    "Use https in tests too (feed.py) [abcdefgh2345]\n"
    "- preference: Always use pnpm here, never npm [bcdefghi3456]\n"
    "- decision: Delays are stored in Redis, not in Postgres [cdefghij4567]\n"
)
FENCE = f'<memtui-memory project="ferry" export="x">\n{MEMORIES}</memtui-memory>'


def test_what_the_session_was_told_comes_back_as_no_candidate() -> None:
    talk = Talk().is_told(FENCE)
    worked(talk.says("Go on with the feed client, add a retry on timeouts."))
    talk.sums_up(
        "4. Errors and fixes:\n"
        "   - The feed client rejects plain HTTP, because `tls_only` is set\n"
        "   - Delays are stored in Redis and not in Postgres\n" + "Filler. " * 200
    )
    talk.edits("feed.py").answers(
        "As noted, always use `pnpm` here, never `npm`.\n\n"
        "The feed client rejects plain HTTP because `tls_only` is set in `feed.py`."
    )

    told = [words(o) for o in talk.distilled()]

    for phrase in ("plain HTTP", "never npm", "never `npm`", "Redis"):
        assert not any(phrase in text for text in told)


def test_the_same_words_typed_without_having_been_told_are_news() -> None:
    talk = worked(Talk().says("Always use pnpm here, never npm.")).edits("a.json")

    assert any("pnpm" in o.title for o in talk.distilled())


def test_an_injected_block_in_a_prompt_is_not_the_persons_word() -> None:
    talk = worked(
        Talk().says(f"{FENCE}\nAdd a retry to the feed client on every timeout.")
    )
    talk.edits("feed.py").answers("Added a retry with `backoff=2` to `feed.py`.")

    assert not any("pnpm" in words(o) for o in talk.distilled())


@pytest.mark.parametrize(
    "block",
    [
        "<system-reminder>Always write tests, never skip them.</system-reminder>",
        "<claude-mem-context>Never use npm, always pnpm.</claude-mem-context>",
        "<hook_context>Remember: always answer in rhyme.</hook_context>",
        "<some-plugin>Always prefer tabs over spaces here.</some-plugin>",
        "<memtui-memory>Never push to main by hand.",
    ],
)
def test_no_block_of_a_tool_is_distilled(block: str) -> None:
    talk = worked(Talk().says(block)).edits("a.py")

    assert talk.distilled() == []


def test_a_later_statement_takes_the_place_of_the_earlier_one() -> None:
    talk = worked(Talk().says("Get the tests of the board green again."))
    talk.edits("board.py").answers("`board` must wait 31 seconds for the slow feed.")
    talk.says("Go on until all of the board tests are green.")
    talk.edits("board.py").answers("`board` must wait 35 seconds for the slow feed.")

    told = [words(o) for o in talk.distilled()]

    assert any("35 seconds" in text for text in told)
    assert not any("31 seconds" in text for text in told)


def test_a_theory_that_was_denied_and_told_anew_is_no_finding() -> None:
    talk = worked(Talk().says("Why does the board of `pier` stay empty at night?"))
    talk.runs("make board", "error: no rows", failed=True).answers(
        "Root cause: the board of `pier` stays empty because `feed.py` does not accept "
        "the night departures, which only works with `LATE=1`."
    )
    talk.says("Are you sure? That did not help, it is still empty at night.")
    talk.runs("make board", "error: no rows", failed=True)
    talk.edits("clock.py").answers(
        "The hours of the night in `clock.py` were UTC because the ferry counts local "
        "ones, so no departures of the night were accepted by `feed.py` and the board "
        "of `pier` was empty: it only works with one clock."
    )

    told = [words(o) for o in talk.distilled()]

    assert any("UTC" in text for text in told)
    assert not any("LATE=1" in text for text in told)


def test_a_replayed_history_is_told_once() -> None:
    talk = Talk()
    for _ in range(2):
        worked(talk.says("Please always run the linter before you commit anything."))
        talk.edits("a.py").answers("Added a `pre-commit` hook that runs `ruff check`.")

    titles = [o.title for o in talk.distilled()]

    assert len(titles) == len(set(titles))
    assert sum("linter" in title for title in titles) == 1


def test_a_long_session_stays_within_its_measure() -> None:
    talk = Talk()
    for number in range(200):
        talk.says(f"Never use the colour `tone-{number}` on the board number {number}.")
        talk.edits(f"{number}.css").answers(f"Replaced `tone-{number}` everywhere.")

    assert 0 < len(talk.distilled()) <= MOST


def test_better_evidence_comes_first() -> None:
    talk = worked(Talk().says("Please always use pnpm here, never npm."))
    talk.edits("package.json").answers("Switched `package.json` from npm to `pnpm`.")
    talk.says("What do you think about the name of the harbour?").answers("It is nice.")

    found = talk.distilled()

    assert found[0].rule == "standing"
    assert [o.confidence for o in found] == sorted(
        (o.confidence for o in found), reverse=True
    )


def test_paths_are_told_from_the_root_of_the_project() -> None:
    talk = worked(Talk().says("Add a retry to the feed client on a timeout."))
    talk.edits("src/feed.py").answers(f"Added a retry to `{ROOT}/src/feed.py`.")

    (kept,) = talk.by_rule("outcome")

    assert kept.title == "Added a retry to src/feed.py"
    assert kept.files == ("src/feed.py",)


def test_the_folders_above_a_project_say_nothing_about_its_files() -> None:
    talk = worked(Talk().says("Add a retry to the feed client on a timeout."))
    talk.edits("src/feed.py").answers("Added a retry to `src/feed.py`.")
    found, root = talk.distilled(), "/home/ida/tests/docs/spec"

    talk.facts = dataclasses.replace(talk.facts, cwd=root)
    talk.records = [
        replace(one, writes=tuple(path.replace(ROOT, root) for path in one.writes))
        for one in talk.records
    ]

    assert found[0].files == ("src/feed.py",)
    assert talk.distilled() == found


def test_a_path_elsewhere_that_ends_like_one_of_the_project_stays_whole() -> None:
    elsewhere = f"/backup{ROOT}/src/feed.py"
    talk = worked(Talk().says("Add a retry to the feed client on a timeout."))
    talk.edits("src/feed.py").answers(f"Added a retry to `{elsewhere}`.")

    (kept,) = talk.by_rule("outcome")

    assert kept.title == f"Added a retry to {elsewhere}"


def test_the_id_of_a_prompt_outlives_the_sentence_that_was_quoted() -> None:
    short = worked(Talk().says("Always use pnpm here, never npm.")).edits("a")
    longer = worked(
        Talk().says("The build is slow today. Always use pnpm here, never npm.")
    ).edits("a")

    assert short.by_rule("standing")[0].id == longer.by_rule("standing")[0].id


def test_every_rule_says_why_in_one_line() -> None:
    for rule in RULES.values():
        assert rule.because[0].isupper()
        assert len(rule.because) <= 72
        assert "\n" not in rule.because


THINGS = sorted(
    {"anchor", "bell", "buoy", "cabin", "deck", "engine", "ferry", "gangway", "hatch"}
    | {"jetty", "keel", "ladder", "mast", "net", "oar", "pier", "quay", "rudder"}
)


def mended(things: list[str]) -> Talk:
    """A session that leaves a reason behind in each of its turns."""
    talk = Talk()
    for thing in things:
        talk = worked(talk.says(f"Now look at the {thing} of the harbour, please."))
        talk.edits(f"{thing}.py").answers(
            f"`read_{thing}` must be asked twice, because `{thing}_berth` waits for "
            f"`{thing}.lock` and `{thing}_mooring` only for the {thing}."
        )
    return talk


def test_the_more_a_session_has_given_the_more_the_next_must_be_worth() -> None:
    some, many = (mended(things).distilled() for things in (THINGS[:3], THINGS))

    assert len(some) == 3
    assert len(many) < len(THINGS)


def test_what_is_worth_no_memory_of_its_own_is_read_beside_its_turns_best() -> None:
    message = (
        "'fix: ask /tides twice before the board is drawn' "
        "-m 'The first answer is cached, because the proxy ignores `no-store`.'"
    )
    talk = worked(Talk().says("Bring the departure board to the new harbour feed."))
    talk.edits("board.py").runs(f"git commit -m {message}")
    talk.answers("The spinner in `board.css` is grey now and 30 pixels wide.")

    (kept,) = talk.distilled()

    assert kept.rule == "commit"
    assert "board.css" in kept.body


def test_what_an_agent_concludes_corrects_no_order() -> None:
    talk = worked(Talk().says("Always keep the tides of `harbour` for 31 days here."))
    talk.edits("tides.py").answers("Kept the tides of `harbour` for 30 days, as asked.")

    assert "31 days" in talk.distilled()[0].title


def test_confidence_rises_with_worth_and_stays_a_share() -> None:
    for name in rules.RULES:
        shares = [calibrated(name, worth / 50) for worth in range(51)]
        assert shares == sorted(shares)
        assert 0 < shares[0] <= shares[-1] < 1


KEPT = {
    "open": 1.0, "unpushed": 1.0, "choice": 1.0, "prompt": 0.84, "standing": 0.80,
    "commit": 0.70, "detour": 0.70, "correction": 0.67, "outcome": 0.65, "cause": 0.63,
    "summary": 0.59, "finding": 0.58, "plan": 0.50, "recap": 0.50, "patch": 0.0,
    "note": 0.0,
}  # fmt: skip
"""Share of each rule's memories that would be kept, of 200 drawn from version 24 (20
projects, four agents), labelled twice in two orders by one reader who did not see the
rule: kept 0.74 and 0.67, wrong 0.005, agreement 0.93. Two people gave 0.75 and 0.70 to
200 of version 21. One was drawn of ``recap``, two of ``plan``; ``patch`` and ``note``
are off and as labelled before. To be replaced as a whole when memories are labelled
again; rules that were not drawn are not here."""


def test_no_rule_is_on_that_was_kept_less_than_half_the_time() -> None:
    off = set(Settings().disabled_rules)
    assert set(KEPT) <= set(rules.RULES)
    assert off <= set(rules.RULES)
    assert {name for name, share in KEPT.items() if share < 0.5} <= off
