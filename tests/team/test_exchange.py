"""Two clones of a repository exchange memories through git, and nothing else."""

from pathlib import Path

import pytest

from tests.team.conftest import Seat

LEASE = "The lease starts when the webhook is sent"


@pytest.fixture
def shared(seats: tuple[Seat, Seat]) -> tuple[Seat, Seat, str]:
    """Ada has shared one memory, and git has brought it to Bo."""
    ada, bo = seats
    assert ada("team", "init", "--yes").code == 0
    lease = ada.kept(LEASE, "--body", "Not when it is queued.\n\nWaiting counts.")
    ran = ada("team", "share", lease, "--yes")
    assert ran.code == 0, ran.err
    ada.commits_and_pushes()
    bo.git("pull", "-q", "origin", "main")
    return ada, bo, lease


def test_a_file_is_one_memory_and_reads_like_one(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, _, lease = shared
    (name, text) = next(iter(ada.files.items()))
    assert name == f"{lease}.md"
    head, body = text.removeprefix("---\n").split("---\n", 1)
    assert f'title: "{LEASE}"\n' in head
    assert "author: Ada\n" in head
    assert "type: gotcha\n" in head
    assert "scope: project\n" in head
    assert body == "\nNot when it is queued.\n\nWaiting counts.\n"
    assert str(ada.home) not in text


def test_what_came_waits_in_the_inbox_and_is_told_once_it_is_kept(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, bo, _ = shared
    assert "1 new" in bo("team", "pull").err  # asks, and nobody answers
    assert bo("list").code == 1 or bo.titles() == []
    assert bo("team", "pull", "--yes").code == 0
    assert bo("undo").code == 0  # and done again
    assert bo.titles() == []
    ran = bo("team", "pull", "--yes")
    assert ran.code == 0, ran.err
    (one,) = bo("list", "rule:team", "--json").objects
    assert (one["title"], one["state"], one["trust"]) == (LEASE, "candidate", "shared")
    assert one["id"] != next(iter(ada.files)).removesuffix(".md")
    assert "shared by Ada" in bo("show", one["id"]).out
    assert bo.told() == ""
    assert bo("keep", one["id"]).code == 0
    assert LEASE in bo.told()
    assert "Nothing to pull" in bo("team", "pull", "--yes").out


def test_the_config_lets_a_team_s_memories_be_told_unkept(
    shared: tuple[Seat, Seat, str],
) -> None:
    _, bo, _ = shared
    bo("team", "pull", "--yes")
    assert bo("config", "set", "team_inject", "auto").code == 0
    told = bo("inject", "--json").object
    assert "Shared by the team, taken by the developer's setting" in told["text"]
    assert [one["reason"] for one in told["items"]] == [
        "shared by the team, pulled by you"
    ]
    for setting in ("MEMTUI_TEAM_INJECT", "MEMTUI_TEAM_FOLDER"):
        bo.patch.setenv(setting, "elsewhere")  # whoever starts us has no say
    assert LEASE in bo.told()


def test_edits_travel_both_ways_and_stop_at_what_a_person_kept(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, bo, lease = shared
    bo("team", "pull", "--yes")
    (mine,) = bo("list", "rule:team").ids
    bo("edit", mine, "--title", f"{LEASE}, at last")
    assert bo("team", "status", "--json").object["standing"] == "changed here"
    bo("keep", mine)
    assert bo("team", "share", mine, "--yes").code == 0
    (text,) = bo.files.values()
    assert "author: Ada\n" in text  # who wrote it first stays
    bo.commits_and_pushes()
    ada.git("pull", "-q", "origin", "main")
    status = ada("team", "status", "--json").object
    assert (status["standing"], status["own"]) == ("changed there", True)

    ran = ada("team", "pull", "--yes")
    assert "Yours stands" in ran.err
    assert ada("show", lease, "--json").object["title"] == LEASE
    assert f"{LEASE}, at last" in ran.err  # the diff
    assert ada("team", "pull", "--take").code == 1  # nobody said yes
    assert ada("show", lease, "--json").object["title"] == LEASE
    assert ada("team", "pull", "--yes", "--take").code == 0
    assert ada("show", lease, "--json").object["title"] == f"{LEASE}, at last"
    assert ada("undo").code == 0
    assert ada("show", lease, "--json").object["title"] == LEASE


def test_an_edit_reaches_who_has_not_decided_yet(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, bo, lease = shared
    bo("team", "pull", "--yes")
    ada("edit", lease, "--body", "Queueing does not count.")
    assert ada("team", "share", lease, "--yes").code == 0
    ada.commits_and_pushes()
    bo.git("pull", "-q", "origin", "main")
    ran = bo("team", "pull", "--yes")
    assert "1 changed there" in ran.out
    (one,) = bo("list", "rule:team", "--json").objects
    assert (one["body"], one["state"]) == ("Queueing does not count.", "candidate")


def test_a_deletion_travels_and_what_comes_back_is_restored(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, bo, lease = shared
    bo("team", "pull", "--yes")
    assert ada("team", "share", "--take-back", lease, "--yes").code == 0
    ada.commits_and_pushes()
    bo.git("pull", "-q", "origin", "main")
    assert "1 deleted there" in bo("team", "pull", "--yes").out
    assert bo.titles() == []
    assert bo.titles("rule:team is:trash") == [LEASE]
    assert ada.titles(LEASE) == [LEASE]  # it is still Ada's own
    assert ada("team", "pull").out == bo("team", "pull").out

    ada("team", "share", lease, "--yes")
    ada.commits_and_pushes()
    bo.git("pull", "-q", "origin", "main")
    bo("team", "pull", "--yes")
    assert bo.titles() == [LEASE]


def test_what_was_kept_outlives_its_file(shared: tuple[Seat, Seat, str]) -> None:
    _, bo, lease = shared
    bo("team", "pull", "--yes")
    (mine,) = bo("list", "rule:team").ids
    bo("keep", mine)
    (bo.clone / ".memtui" / f"{lease}.md").unlink()
    assert "Yours stands: 1 deleted there" in bo("team", "pull", "--yes").err
    assert LEASE in bo.told()
    bo("team", "pull", "--yes", "--take")
    assert bo.told() == ""


@pytest.mark.parametrize("how", ["prune", "purge"])
def test_what_a_person_threw_away_does_not_come_again(
    shared: tuple[Seat, Seat, str], how: str
) -> None:
    _, bo, _ = shared
    bo("team", "pull", "--yes")
    (mine,) = bo("list", "rule:team").ids
    words = ["--confirm", "purge 1"] if how == "purge" else []
    assert bo(how, mine, *words).code == 0
    assert "Nothing to pull" in bo("team", "pull", "--yes").out
    assert bo("team", "status", "--json").object["standing"] == "in your trash"
    assert bo.titles() == []


def test_a_branch_without_the_folder_throws_nothing_away(
    shared: tuple[Seat, Seat, str],
) -> None:
    _, bo, _ = shared
    bo("team", "pull", "--yes")
    bo.git("checkout", "-q", "--orphan", "empty")
    bo.git("rm", "-rqf", ".")
    assert bo("team", "pull", "--yes").code == 1
    assert bo("team", "status", "--json").objects == []
    assert bo.titles() == [LEASE]


def test_a_merge_that_failed_is_named_and_never_half_read(
    shared: tuple[Seat, Seat, str],
) -> None:
    ada, bo, lease = shared
    bo("team", "pull", "--yes")
    (mine,) = bo("list", "rule:team").ids
    bo("edit", mine, "--title", "The lease starts with the first attempt")
    bo("keep", mine)
    bo("team", "share", mine, "--yes")
    bo.git("commit", "-qam", "Bo says it otherwise")
    ada("edit", lease, "--title", "The lease starts with the answer")
    ada("team", "share", lease, "--yes")
    ada.commits_and_pushes()
    bo.git("fetch", "-q", "origin")
    bo.git("merge", "origin/main", fails=True)

    (text,) = bo.files.values()
    marked = text[text.index("<<<<<<<") : text.index(">>>>>>>")]
    titles = [line for line in marked.splitlines() if line.startswith("title: ")]
    assert titles == [
        'title: "The lease starts with the first attempt"',
        'title: "The lease starts with the answer"',
    ]
    (told,) = bo("team", "status", "--json").objects
    assert told["standing"] == "conflict"
    assert "lines 5 to 9" in told["why"]
    ran = bo("team", "pull", "--yes")
    assert "a merge was left unfinished" in ran.err
    assert bo.titles() == ["The lease starts with the first attempt"]
    assert bo("team", "share", mine, "--yes").code == 1  # nor is it written over

    file = bo.clone / ".memtui" / f"{lease}.md"
    lines = [line for line in text.splitlines() if "with the answer" not in line]
    marks = ("<<<<<<<", "=======", ">>>>>>>")
    file.write_text("".join(f"{x}\n" for x in lines if not x.startswith(marks)))
    status = bo("team", "status", "--json").object
    assert status["standing"] == "same"


def test_words_of_others_are_not_written_over_unseen(
    shared: tuple[Seat, Seat, str], tmp_path: Path
) -> None:
    ada, _, lease = shared
    file = ada.clone / ".memtui" / f"{lease}.md"
    file.write_text(file.read_text().replace("Waiting counts.", "Waiting is free."))
    ada("edit", lease, "--body", "Only sending counts.")
    ran = ada("team", "share", lease, "--yes")
    assert ran.code == 1
    assert "changed in the repository since you shared" in ran.err
    assert "Waiting is free." in file.read_text()
    assert "Yours stands" in ada("team", "pull", "--yes").err
    assert ada("team", "share", lease, "--yes", "--over").code == 0
    assert "Only sending counts." in file.read_text()
