"""Vectors beside the store: made for what is new, dropped with what is gone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from memtui.curate import Curator
from memtui.paths import store_path
from memtui.search.grammar import parse
from memtui.search.meaning import OF_NEIGHBOURS, SHARE, SHARE_BESIDE_ALL, Embedder
from memtui.settings import Settings
from memtui.store.queries import StoreView
from memtui.store.search import vectors
from memtui.store.search.find import Ranking
from memtui.store.search.hits import Shown
from memtui.store.search.lanes import Found
from memtui.store.search.vectors import Held, Meaning, Vectors
from tests.store.filling import NOON, Filling

WORDS = (("secret", "password", "credential"), ("clock", "time"), ("queue", "outbox"))


class Topics:
    """Stands in for the model: which of a few topics a text names."""

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        return [
            bytes(any(word in text.lower() for word in words) for words in WORDS)
            for text in texts
        ]


def alike(wanted: bytes, vectors: bytes) -> list[float]:
    """Cosines without numpy, which only the extra brings."""
    found = []
    for start in range(0, len(vectors), len(wanted)):
        one = vectors[start : start + len(wanted)]
        shared = sum(a * b for a, b in zip(wanted, one, strict=True))
        found.append(shared / ((sum(wanted) * sum(one)) ** 0.5 or 1.0))
    return found


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """A model that needs no extra."""
    monkeypatch.setattr(vectors, "cosines", alike)
    return cast(Embedder, Topics())


@pytest.fixture
def store(data: Path) -> Path:
    """Three memories, each of its own topic."""
    with Filling(data) as fill:
        project = fill.project()
        session = fill.session("s1", project=project, at=NOON)
        for name, title in (
            ("one", "Passwords never go into the repository"),
            ("two", "The clock starts at the attempt"),
            ("three", "The outbox is read in order"),
        ):
            fill.observation(name, session=session, project=project, title=title)
    return store_path(data)


def embed(store: Path, model: Embedder, most: int = 99) -> list[str]:
    """Make what is missing; the keys of that."""
    own = Vectors(store)
    wanted = own.missing(most)
    made = model.embed([one.text for one in wanted])
    own.put(zip(wanted, made, strict=True))
    return [one.key for one in wanted]


def test_only_what_is_new_or_says_something_else_gets_a_vector(
    store: Path, data: Path, model: Embedder
) -> None:
    assert sorted([*embed(store, model, 2), *embed(store, model)]) == [
        "one", "three", "two",
    ]  # fmt: skip
    assert embed(store, model) == []
    with Curator(data, Settings(), clock=lambda: NOON) as curator:
        curator.edit("two", title="The clock starts at once", body="")
    assert embed(store, model) == ["two"]
    rows, _ = Vectors(store).all()
    assert sorted(key for _, key in rows) == ["one", "three", "two"]
    assert store.with_name("meaning.db").stat().st_mode & 0o077 == 0


def test_what_means_the_same_is_found_without_a_word_in_common(
    store: Path, model: Embedder
) -> None:
    embed(store, model)
    with StoreView(store) as view:
        query = parse("repository credential", now_ms=NOON)
        by_words = [h.memory.id for h in view.search(query) if h.memory]
        query = parse("credential time", now_ms=NOON)
        assert view.search(query) == []
        found = view.search(query, embedder=model)
        assert sorted(h.memory.id for h in found if h.memory) == ["one", "two"]
        hits, told = view.explained(query, embedder=model)
        assert [h.doc for h in hits] == [h.doc for h in found]
        assert all(why.likeness > 0.5 and not why.matched for why in told.whys)
        without = parse("credential time -passwords", now_ms=NOON)
        left = view.search(without, embedder=model)
        assert [h.memory.id for h in left if h.memory] == ["two"]
    assert by_words == ["one"]


def test_words_and_meaning_are_weighed_and_rows_without_a_vector_keep_theirs() -> None:
    some = Ranking([], Found({}, {}, True, False), [], {}, {}, None, {1: 1.0, 2: 0.5})
    assert some.fused([1], 1.0) == pytest.approx(1.0)
    assert some.fused([1], 0.0) == pytest.approx(SHARE)
    assert some.fused([2], 1.0) == pytest.approx(1 - SHARE / 2)
    assert some.fused([4], 0.7) == 0.7
    assert some.fused([4, 2, 1], 0.0) == pytest.approx(SHARE)
    every = replace(
        some, found=Found({1: 2.0}, {}, True, False), shown=[Shown(doc=1, at=0)]
    )
    assert every.fused([1], 0.0) == pytest.approx(SHARE_BESIDE_ALL)


def test_what_stands_beside_a_row_tells_a_part_of_what_it_means(store: Path) -> None:
    with StoreView(store) as view:
        conn = view._conn
        one, two, three = (
            row[0] for row in conn.execute("select id from doc order by id")
        )
        known = Meaning({}, {one: 0.8, two: 0.4, three: -0.1, three + 9: 0.9})
        likeness = known.likeness(conn, [one, two, three, three + 5])
        rows = [
            0.8 + OF_NEIGHBOURS * (0.4 - 0.8),
            0.4 + OF_NEIGHBOURS * (0.35 - 0.4),
            -0.1 + OF_NEIGHBOURS * (0.6 + 0.1),
        ]
        wanted = [max(0.0, row) / rows[0] for row in rows]
        assert list(likeness.values()) == pytest.approx(wanted)
        alone = Meaning({}, {two: 0.4}).likeness(conn, [one, two])
        assert alone == {two: 1.0}
        assert Meaning({}, {one: -0.2}).likeness(conn, [one]) == {one: 0.0}
        ways = conn.execute(
            f"explain query plan {vectors.BESIDE}", {"docs": "[]", "first_memory": 1}
        ).fetchall()
        asked = [row["detail"] for row in ways if " o " in row["detail"]]
        assert len(asked) == 2
        assert all("doc_session (session_id=? and rowid" in w.lower() for w in asked)


def test_vectors_are_read_once_until_some_are_made(
    store: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(store, model, 2)
    reads: list[int] = []
    read = Vectors.read

    def counted(self: Vectors) -> Held:
        reads.append(1)
        return read(self)

    monkeypatch.setattr(Vectors, "read", counted)
    query = parse("password time outbox", now_ms=NOON)
    for _ in range(3):
        with StoreView(store) as view:
            found = view.search(query, embedder=model)
    assert (len(found), len(reads)) == (3, 1)
    embed(store, model)
    assert len(Vectors(store).all().rows) == 3
    assert len(reads) == 2


def test_without_any_vectors_nothing_is_opened(store: Path) -> None:
    with StoreView(store) as view:
        assert not view.has_vectors
        view.search(parse("clock", now_ms=NOON))
    assert not store.with_name("meaning.db").exists()


def test_a_damaged_file_is_made_anew(store: Path, model: Embedder) -> None:
    embed(store, model)
    store.with_name("meaning.db").write_bytes(b"no database at all " * 99)
    assert sorted(embed(store, model)) == ["one", "three", "two"]
    assert embed(store, model) == []


def test_a_damaged_file_is_found_nothing_in_and_left_to_the_next_making(
    store: Path, model: Embedder
) -> None:
    embed(store, model)
    store.with_name("meaning.db").write_bytes(b"no database at all " * 99)
    assert Vectors(store).all() == Held([], b"")
    assert sorted(embed(store, model)) == ["one", "three", "two"]
    assert len(Vectors(store).all().rows) == 3


def test_reading_writes_nothing_and_needs_no_right_to(
    store: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(store, model)
    own = store.with_name("meaning.db")
    own.chmod(0o400)
    before = own.stat()
    for is_read_only in (False, True):
        monkeypatch.setattr(vectors, "is_read_only", lambda _, is_=is_read_only: is_)
        assert len(Vectors(store).read().rows) == 3
    after = own.stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


def test_looking_for_what_is_new_opens_no_file(
    store: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing one would drop the locks of a writer in the same process."""
    embed(store, model)
    first = Vectors(store).all()

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("opened")

    for opening in ("builtins.open", "os.open", "io.open", "sqlite3.connect"):
        monkeypatch.setattr(opening, refused)
    assert Vectors(store).all() is first


def test_a_link_in_its_place_is_replaced_and_its_modes_are_put_right(
    store: Path, tmp_path: Path, model: Embedder
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"somebody else's")
    own = store.with_name("meaning.db")
    own.symlink_to(elsewhere)
    embed(store, model)
    assert elsewhere.read_bytes() == b"somebody else's"
    assert not own.is_symlink()
    own.chmod(0o644)
    Vectors(store).missing(1)
    assert own.stat().st_mode & 0o777 == 0o600
