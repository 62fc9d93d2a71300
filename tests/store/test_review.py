"""What is up for review, and that only a person can make a memory young again."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from memtui.curate import Curator
from memtui.inject.export import export_projects
from memtui.model import FADED, TYPES, ObservationType
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.settings import Settings
from memtui.store.connect import open_reader
from memtui.store.queries import Due, Reason, StoreView, View
from memtui.store.views import outside, proposals, review
from memtui.store.views.due import DUE
from memtui.store.views.outside import Outside
from tests.store.filling import DAY, NOON, Filling, tables


def kept(data: Path, *, type_: str, days: int, files: tuple[str, ...] = ()) -> None:
    """A kept memory ``one``, so many days older than its project's newest session."""
    with Filling(data) as fill:
        project = fill.project()
        session = fill.session("s1", project=project, at=NOON)
        fill.observation(
            "one", session=session, project=project, type=type_, files=files,
            at=NOON - days * DAY,
        )  # fmt: skip
    with Curator(data, Settings(), clock=lambda: NOON) as curator:
        curator.keep(["one"])


def due(data: Path, now: int = NOON) -> list[Due]:
    with StoreView(store_path(data)) as view:
        return view.review(now=now)


@pytest.mark.parametrize(
    ("type_", "days", "listed"),
    [
        ("progress", 17, True), ("progress", 16, False), ("bugfix", 169, True),
        ("bugfix", 168, False), ("decision", 4_000, False),
    ],
)  # fmt: skip
def test_a_memory_that_faded_out_by_its_type_is_listed(
    data: Path, type_: str, days: int, listed: bool
) -> None:
    kept(data, type_=type_, days=days)
    found = due(data)
    assert [d.reasons for d in found] == ([(Reason.FADED,)] if listed else [])
    assert [d.days for d in found] == ([days] if listed else [])


@pytest.mark.parametrize("type_", TYPES.values(), ids=lambda t: t.name)
def test_the_day_on_which_a_type_has_faded_is_the_first_below_the_line(
    type_: ObservationType,
) -> None:
    one = type_
    last = one.fades_after
    if last is None:
        assert one.fading(100_000) == 1.0
    else:
        assert (
            one.weight * one.fading(last) < FADED <= one.weight * one.fading(last - 1)
        )


def test_looking_and_telling_make_nothing_younger(data: Path) -> None:
    kept(data, type_="progress", days=20)
    before = tables(store_path(data), "curation", "observation")
    for _ in range(2):
        export_projects(data, Settings(), None)
        assert [d.days for d in due(data)] == [20]
    assert tables(store_path(data), "curation", "observation") == before


def test_who_says_that_it_is_still_true_makes_it_young_again(data: Path) -> None:
    kept(data, type_="progress", days=20)
    with Curator(data, Settings(), clock=lambda: NOON) as curator:
        curator.confirm(["one"])
        assert due(data) == []
        curator.undo()
    assert [d.reasons for d in due(data)] == [(Reason.FADED,)]


def test_a_date_asks_when_it_has_come_and_silences_the_rest_until_then(
    data: Path,
) -> None:
    kept(data, type_="progress", days=20)
    with Curator(data, Settings(), clock=lambda: NOON) as curator:
        curator.review(["one"], NOON + DAY)
    assert due(data) == []
    assert [d.reasons for d in due(data, NOON + DAY)] == [(Reason.DATE,)]


def test_a_memory_is_listed_when_none_of_its_files_is_left(data: Path) -> None:
    kept(data, type_="decision", days=0, files=("a.py", "b.py"))
    with Outside(store_path(data)) as seen:
        assert seen.note_gone({"one": ["a.py"]}, NOON)
        assert due(data) == []
        assert seen.note_gone({"one": ["a.py", "b.py"]}, NOON)
        assert not seen.note_gone({"one": ["a.py", "b.py"]}, NOON + DAY)
    (found,) = due(data)
    assert (found.reasons, found.gone) == ((Reason.GONE,), ("a.py", "b.py"))
    with Curator(data, Settings(), clock=lambda: NOON + DAY) as curator:
        curator.confirm(["one"])
    assert due(data) == []


def test_a_memory_is_listed_when_none_of_its_names_of_code_is_left(data: Path) -> None:
    kept(data, type_="decision", days=0, files=("a.py",))
    with Outside(store_path(data)) as seen:
        seen.note_symbols({"one": {"lease_clock": True, "Lease.at": True}}, NOON)
        seen.note_symbols({"one": {"lease_clock": False, "Lease.at": True}}, NOON)
        assert due(data) == []
        seen.note_symbols({"one": {"lease_clock": False, "Lease.at": False}}, NOON)
    (found,) = due(data)
    assert (found.reasons, found.gone) == ((Reason.GONE,), ("Lease.at", "lease_clock"))
    with Curator(data, Settings(), clock=lambda: NOON + DAY) as curator:
        curator.confirm(["one"])
    assert due(data) == []


def test_candidates_and_the_trash_are_not_reviewed(data: Path) -> None:
    kept(data, type_="progress", days=20)
    with Curator(data, Settings()) as curator:
        curator.unkeep(["one"])
        assert due(data) == []
        curator.prune(["one"])
        assert due(data) == []


@pytest.mark.parametrize("module", [outside, proposals, review])
def test_no_question_skips_rows_by_offset(module: object) -> None:
    for name, value in vars(module).items():
        if name.isupper() and isinstance(value, str):
            assert not re.search(r"\boffset\b", value), name


QUESTIONS: dict[str, tuple[str, dict[str, str | int], tuple[str, ...]]] = {
    "alike to one": (
        proposals.OF_MEMORY, {"memory": "one"},
        ("SEARCH p USING PRIMARY KEY", "SEARCH p USING INDEX proposal_other"),
    ),
    "alike in a project": (
        proposals.ASKED.replace("{where}", proposals.OF_PROJECT),
        {"project": "uuid-harbor-api", "limit": 9},
        ("SEARCH p USING INDEX proposal_at",),
    ),
    "review of a project": (
        DUE.replace("{where}", review.OF_PROJECT) + review.BEST,
        {"project": "uuid-harbor-api", "now": NOON, "lines": "{}", "limit": 9},
        ("SEARCH c USING INDEX curation_", "SEARCH g USING PRIMARY KEY"),
    ),
    "files of a project": (
        outside.NAMED, {"project": "uuid-harbor-api", "candidates": 9},
        ("SEARCH c USING INDEX", "SEARCH o USING INDEX observation_project"),
    ),
    "commits": (
        outside.COMMITS, {"shown": '["r1"]', "agent": "claude-code"},
        ("SEARCH t USING PRIMARY KEY",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_through_an_index(data: Path, name: str) -> None:
    kept(data, type_="decision", days=0)
    sql, params, indexes = QUESTIONS[name]
    conn = open_reader(store_path(data))
    rows = conn.execute(f"explain query plan {sql}", params).fetchall()
    conn.close()
    told = "\n".join(row["detail"] for row in rows)
    for index in indexes:
        assert index in told, told
    assert not re.search(r"SCAN [a-z]\b(?! VIRTUAL| USING)", told), told


@pytest.mark.parametrize(("type_", "days"), [("progress", 17), ("progress", 16)])
def test_the_filter_finds_what_the_tab_lists(data: Path, type_: str, days: int) -> None:
    kept(data, type_=type_, days=days)
    with StoreView(store_path(data)) as view:
        listed = [one.memory.id for one in view.review(now=NOON)]
        assert view.memory_ids(parse("is:review", now_ms=NOON)) == listed
        others = view.memory_ids(parse("-is:review", now_ms=NOON))
        assert sorted([*listed, *others]) == ["one"]
        lasting = {**TYPES, "progress": replace(TYPES["progress"], half_life_days=0)}
        query = parse("is:review", now_ms=NOON)
        assert view.memory_ids(query, View(types=lasting)) == []


def test_the_filter_waits_for_the_day_that_was_set(data: Path) -> None:
    kept(data, type_="decision", days=1)
    with Curator(data, Settings(), clock=lambda: NOON) as curator:
        curator.review(["one"], NOON + DAY)
    with StoreView(store_path(data)) as view:
        for now, found in ((NOON, []), (NOON + 2 * DAY, ["one"])):
            assert view.memory_ids(parse("is:review", now_ms=now)) == found
