"""What a newer distiller says of frozen memories is proposed and changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.records import Observation
from memtui.settings import Settings
from memtui.store.ingest.writes import Store
from memtui.store.queries import Proposal, ProposalKind, StoreView
from tests.store.test_writes import batch, observation


@pytest.fixture
def path(data: Path) -> Path:
    return data / "memtui.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


def revisions(path: Path, memory: str) -> list[Proposal]:
    with StoreView(path) as view:
        found = view.related(memory)
    return [one for one in found if one.kind is ProposalKind.REVISION]


def keep(path: Path, one: Observation) -> None:
    with Curator(path.parent, Settings()) as curator:
        curator.keep([one.id])


def test_other_words_for_a_kept_memory_are_proposed_beside_it(
    store: Store, path: Path
) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation(title="spaces")], 1)
    keep(path, observation())
    store.replace_observations(session, [observation(title="tabulators")], 2)
    (found,) = revisions(path, observation().id)
    assert found.memory.id == found.other.id == observation().id
    assert (found.memory.title, found.other.title) == ("spaces", "tabulators")


def test_the_old_words_take_the_proposal_back(store: Store, path: Path) -> None:
    session = store.apply(batch()).session or 0
    for version, title in enumerate(("spaces", "tabulators", "spaces"), 1):
        store.replace_observations(session, [observation(title=title)], version)
        if version == 1:
            keep(path, observation())
    assert revisions(path, observation().id) == []


def test_another_memory_of_the_same_evidence_is_proposed_in_its_place(
    store: Store, path: Path
) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation()], 1)
    keep(path, observation())
    other = replace(observation("tabs"), evidence=observation().evidence)
    for version in (2, 3):  # it stands however often the session is read again
        store.replace_observations(session, [other], version)
        (found,) = revisions(path, observation().id)
        assert (found.memory.id, found.other.id) == (observation().id, other.id)
    store.replace_observations(session, [observation(), other], 4)
    assert revisions(path, observation().id) == []


def test_what_nobody_acted_on_is_replaced_without_a_proposal(
    store: Store, path: Path
) -> None:
    session = store.apply(batch()).session or 0
    store.replace_observations(session, [observation(title="spaces")], 1)
    store.replace_observations(session, [observation(title="tabulators")], 2)
    assert revisions(path, observation().id) == []
