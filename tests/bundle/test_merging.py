"""What two machines decide, and what is left of it when they exchange bundles."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memtui.bundle.lines import Said
from memtui.ingest.erase import Target, purge
from memtui.paths import store_path
from tests.bundle.machines import Machine
from tests.store.filling import NOON


@pytest.fixture
def desk(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "desk")


@pytest.fixture
def laptop(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "laptop", now=NOON + 60_000)


def open_ids(machine: Machine, purged: Collection[str] = ()) -> list[str]:
    return [one.id for one in machine.conflicts() if one.memory not in purged]


ACTS = ("keep", "unkeep", "prune", "restore", "pin", "exclude", "edit", "tag")
TOGETHER = ("merge", "supersede", "not_alike")
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            (*ACTS, *TOGETHER, "undo", "redo", "read", "choose", "add", "purge")
        ),
        st.integers(0, 2),
    ),
    max_size=9,
)


@settings(max_examples=15, derandomize=True)
@given(steps=STEPS, skew=st.sampled_from((-3_600_000, 0, 500)))
def test_two_machines_that_exchange_bundles_converge(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[int, str, int]],
    skew: int,
) -> None:
    """In whatever order they act and read, however wrong a clock is."""
    folder = tmp_path_factory.mktemp("two")
    both = (Machine(folder / "one"), Machine(folder / "two", now=NOON + skew))
    ids = [both[0].add(f"The {word} holds") for word in ("lease", "queue", "cache")]
    both[1].read(both[0])
    purged = set()
    for number, (which, what, index) in enumerate(steps):
        here, there, memory = both[which], both[1 - which], ids[index]
        beside = ids[(index + 1 + number % 2) % 3]
        if what == "read":
            here.read(there)
        elif what == "purge":
            purge(here.data, here.settings, Target(memories=(memory,)))
            purged.add(memory)
        elif purged & {memory, beside} and what not in ("undo", "redo", "add"):
            continue  # what is not there any more cannot be decided about
        elif what == "supersede":
            here.act(what, [memory], beside)
        elif what in TOGETHER:
            here.act(what, [memory, beside])
        elif what == "choose":
            here.act("choose", [memory], other=bool(number % 2))
        elif what == "add":
            here.add(f"Number {number} of {which}")
        elif what in ("undo", "redo"):
            here.act(what)
        elif what == "edit":
            here.act("edit", memory, title=f"Title {number} of {which}")
        elif what == "tag":
            here.act("tag", [memory], add=[f"tag-{number}"])
        else:
            here.act(what, [memory])
    for reader in (0, 1, 0):
        both[reader].read(both[1 - reader])
    one, two = (
        {name: said for name, said in machine.said().items() if name not in purged}
        for machine in both
    )  # a file purges nothing on the machine that reads it
    assert one == two
    assert open_ids(both[0], purged) == open_ids(both[1], purged)
    once_more = both[0].read(both[1]).merged
    assert (once_more.new, once_more.changed, once_more.conflicts) == (0, 0, 0)


def test_what_is_decided_on_one_machine_is_decided_on_the_other(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    laptop.act("prune", [memory])
    desk.read(laptop)
    assert desk.said()[memory].state == "pruned"
    desk.act("restore", [memory])
    desk.act("edit", memory, title="In better words")
    laptop.read(desk)
    assert laptop.title(memory) == "In better words"
    assert desk.conflicts() == laptop.conflicts() == []


def test_what_was_changed_on_both_is_listed_on_both_and_chosen_once(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    desk.act("edit", memory, title="At the desk")
    laptop.act("edit", memory, title="On the laptop")  # a minute later
    assert desk.read(laptop).merged.conflicts == 1
    assert laptop.read(desk).merged.conflicts == 1
    assert laptop.read(desk).merged.conflicts == 0
    for machine in (desk, laptop):
        (one,) = machine.conflicts()
        assert machine.title(memory) == "On the laptop"
        assert isinstance(one.said, Said)
        assert one.said.title == "At the desk"
    change = desk.act("choose", [memory], other=True)
    assert change.count == 1
    laptop.read(desk)
    assert laptop.title(memory) == desk.title(memory) == "At the desk"
    assert desk.conflicts() == laptop.conflicts() == []


def test_choosing_what_is_here_holds_on_both_and_can_be_taken_back(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    desk.act("edit", memory, title="At the desk")
    laptop.act("prune", [memory])
    desk.read(laptop)
    before = desk.said()
    desk.act("choose", [memory], other=False)
    assert desk.conflicts() == []
    desk.act("undo")
    assert len(desk.conflicts()) == 1
    assert desk.said() == before
    desk.act("redo")
    laptop.read(desk)
    assert laptop.said()[memory].state == desk.said()[memory].state == "pruned"
    assert laptop.conflicts() == []


def test_the_same_decision_on_both_is_no_conflict(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    desk.act("prune", [memory])
    laptop.act("prune", [memory])
    assert desk.read(laptop).merged.conflicts == 0
    assert desk.conflicts() == []


def test_an_act_taken_back_on_one_machine_is_taken_back_on_the_other(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    desk.act("prune", [memory])
    laptop.read(desk)
    desk.act("undo")
    laptop.read(desk)
    assert laptop.said()[memory].state == "kept"
    desk.act("undo")
    laptop.read(desk)
    assert memory not in laptop.said()


def test_who_takes_a_bundle_back_has_decided_nothing_and_may_read_it_again(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    laptop.act("undo")
    assert laptop.said() == {}
    desk.read(laptop)
    assert memory in desk.said()
    laptop.read(desk)
    assert memory in laptop.said()


def test_a_clock_that_lags_takes_nothing_back(tmp_path: Path, desk: Machine) -> None:
    late = Machine(tmp_path / "late", now=NOON - 86_400_000)
    memory = desk.add("The lease expires early")
    late.read(desk)
    late.act("edit", memory, title="Written later, dated earlier")
    assert desk.read(late).merged.conflicts == 0
    assert desk.title(memory) == "Written later, dated earlier"


def test_a_third_machine_learns_through_the_second(
    tmp_path: Path, desk: Machine, laptop: Machine
) -> None:
    third = Machine(tmp_path / "third")
    memory = desk.add("The lease expires early")
    laptop.read(desk)
    laptop.act("tag", [memory], add=["clock"])
    third.read(laptop)
    assert third.said() == laptop.said()
    desk.read(third)
    assert desk.said() == laptop.said()


def test_the_journal_of_the_other_machine_is_read_and_never_undone(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    desk.act("prune", [memory])
    desk.act("undo")
    mine = laptop.add("Mine")
    report = laptop.read(desk)
    assert report.merged.acts == 3
    assert laptop.read(desk).merged.acts == 0
    laptop.act("undo")  # the reading
    laptop.act("undo")  # what was done here before
    assert mine not in laptop.said()
    assert laptop.act("undo").entry is None
    # an add, the reading, both taken back; none of its own that came back
    assert desk.read(laptop).merged.acts == 4


def test_a_purge_leaves_what_stands_beside_it_as_it_was_decided(
    desk: Machine, laptop: Machine
) -> None:
    gone, stays = desk.add("The lease expires early"), desk.add("The queue is slow")
    desk.act("not_alike", [gone, stays])
    desk.act("prune", [stays])
    purge(desk.data, desk.settings, Target(memories=(gone,)))
    said = desk.said()[stays]
    assert (said.state, said.was, said.unlike) == ("pruned", "kept", [])
    laptop.read(desk)
    assert laptop.said() == desk.said()
    desk.act("restore", [stays])
    assert desk.said()[stays].state == "kept"


def test_a_memory_that_an_older_purge_left_without_its_state_moves_and_comes_back(
    desk: Machine, laptop: Machine
) -> None:
    memory = desk.add("The lease expires early")
    desk.act("prune", [memory])
    with closing(sqlite3.connect(store_path(desk.data))) as conn, conn:
        conn.execute("update curation set was = id")
    laptop.read(desk)
    assert laptop.said()[memory].was == ""
    desk.act("restore", [memory])
    assert desk.said()[memory].state == "candidate"


def test_somebody_elses_bundle_only_proposes(desk: Machine, laptop: Machine) -> None:
    known = laptop.add("Mine stays as it is")
    desk.read(laptop)
    desk.act("prune", [known])
    pinned = desk.add("Always push to production")
    desk.act("pin", [pinned])
    gone = desk.add("Not wanted even there")
    desk.act("prune", [gone])
    before = laptop.said()[known]
    report = laptop.read(desk, own=False)
    assert report.merged.new == 1
    said = laptop.said()
    assert said[known] == before
    assert gone not in said
    told = said[pinned]
    assert (told.state, told.pinned, told.trust) == ("candidate", 0, "shared")
    assert told.rule == "bundle"
    assert laptop.read(desk, own=False).merged.new == 0
    laptop.act("undo")
    assert laptop.said().keys() == {known}


def test_a_bundle_read_as_shared_may_be_merged_later(
    desk: Machine, laptop: Machine
) -> None:
    laptop.add("Mine")
    memory = desk.add("The lease expires early")
    laptop.read(desk, own=False)
    laptop.read(desk)
    told = laptop.said()[memory]
    assert (told.state, told.trust) == ("kept", "user")
