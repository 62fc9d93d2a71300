"""``memtui secrets``: where they stand, never what they are; scrubbed or cleared."""

import json
from pathlib import Path

import pytest

from memtui.masking import MASK, digest, let_through, masked
from memtui.paths import store_path
from memtui.store.connect import open_writer
from memtui.store.purge.secrets import clear
from memtui.store.queries import StoreView
from tests.cli.conftest import Cli
from tests.factories import Bash, Say, Turn, transcript
from tests.ingest.four_agents import FourAgents
from tests.ingest.remains import remains
from tests.ingest.telling import ask

NAMED = "ghp_" + "a1B2c3D4e5" * 4
DRAWN = "Zk4Qw9Lm2Xv7Rt5Bn8Hs3Dj6"
OTHER = "Pf7Yc2Ug9Wa4Ke6Io1Lx5Mz8"


@pytest.fixture
def session(project: Path, home: Path, cli: Cli) -> Path:
    turns = (
        Turn(f"Always log in with {DRAWN} to the staging host.", Say("I will.")),
        Turn("what is in .env?", Bash("cat .env", f"X={DRAWN}\nKEY={NAMED}\n")),
        Turn(f"and the id of the build is {OTHER}", Say(f"Yes, {OTHER}.")),
    )
    path = transcript(turns=turns, home=home, session="canary", cwd=str(project))
    assert cli("sync").code == 0
    return path


def test_they_are_told_by_place_and_kind_and_never_by_themselves(
    cli: Cli, session: Path
) -> None:
    for words in (["secrets"], ["secrets", "--json"]):
        ran = cli(*words)
        assert ran.code == 0
        for value in (NAMED, DRAWN, OTHER):
            assert value not in ran.out + ran.err
            assert value[:12] not in ran.out + ran.err
    found = cli("secrets", "--json").objects
    lines = session.read_text().splitlines()
    named = [one for one in found if one["kind"] == "github-token"]
    assert named
    assert {one["held_by"] for one in named} == {"source"}
    assert all(one["place"] == str(session) for one in named)
    assert all(NAMED in lines[one["line"] - 1] for one in named)
    drawn = [one for one in found if one["kind"] == "drawn"]
    assert {one["held_by"] for one in drawn} == {"source", "store"}
    assert len({one["id"] for one in drawn}) == 2
    for one in drawn:
        value = next(v for v in (DRAWN, OTHER) if one["id"] == id_of(cli, v))
        assert one["line"] is None or value in lines[one["line"] - 1]


def test_what_only_a_server_reads_is_not_listed(cli: Cli, home: Path) -> None:
    path = home / ".claude" / "projects" / "-x" / "s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"signature": DRAWN, "toolUseID": OTHER}) + "\n")
    assert cli("secrets", "--json").objects == []


def id_of(cli: Cli, value: str) -> str:
    from memtui.masking import digest

    return digest(value)


def test_a_scrubbed_value_is_nowhere_and_stays_out(
    cli: Cli, session: Path, data: Path
) -> None:
    (memory,) = cli("list", "staging").ids
    assert cli("keep", memory).code == 0
    assert remains(data, DRAWN)
    name = id_of(cli, DRAWN)[:10]
    ran = cli("secrets", "--scrub", name)
    assert ran.code == 1
    assert "--confirm 'scrub'" in ran.err
    ran = cli("secrets", "--scrub", name, "--confirm", "scrub")
    assert ran.code == 0, ran.err
    assert remains(data, DRAWN) == []
    assert remains(data, OTHER)
    assert DRAWN in session.read_text()  # the agent's own file is left alone

    rewritten = session.with_suffix(".new")
    rewritten.write_text(session.read_text().replace("staging", "testing"))
    rewritten.rename(session)
    assert cli("sync").code == 0
    assert "testing" in str(ask(data, "select text from record"))
    assert remains(data, DRAWN) == []
    assert cli("sync", "--full").code == 0
    assert remains(data, DRAWN) == []
    left = cli("secrets", "--store-only", "--json").objects
    assert {one["id"] for one in left} == {id_of(cli, OTHER)}


def test_a_cleared_value_is_shown_and_no_longer_listed(
    cli: Cli, session: Path, data: Path
) -> None:
    assert OTHER not in cli("search", "build").out
    assert cli("secrets", "--clear", id_of(cli, OTHER)).code == 0
    assert OTHER in cli("search", "build", "--json").out
    left = cli("secrets", "--json").objects
    assert id_of(cli, OTHER) not in {one["id"] for one in left}
    assert cli("secrets", "--unclear", id_of(cli, OTHER)).code == 0
    assert OTHER not in cli("search", "build", "--json").out


def test_raw_lines_that_are_shown_are_masked_and_exported_ones_are_not(
    cli: Cli, session: Path
) -> None:
    (memory,) = cli("list", "staging").ids
    for words in (["show", memory, "--raw"], ["show", "canary", "--raw"]):
        told = [json.loads(line) for line in cli(*words).out.splitlines()]
        assert DRAWN not in json.dumps(told)
        assert MASK in json.dumps(told)
    assert DRAWN in cli("export", "--raw", "canary").out
    assert cli("secrets", "--clear", id_of(cli, DRAWN)).code == 0
    assert DRAWN in cli("show", "canary", "--raw").out


def test_only_a_person_scrubs_and_clears(
    cli: Cli, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = id_of(cli, OTHER)
    monkeypatch.setenv("CLAUDECODE", "1")
    for what in ("--scrub", "--clear"):
        ran = cli("secrets", what, name, "--confirm", "scrub")
        assert ran.code == 1
        assert "for a person to decide" in ran.err
    assert cli("secrets", "--json").code == 0


def test_an_id_that_names_nothing_or_too_much_is_refused(
    cli: Cli, session: Path
) -> None:
    assert cli("secrets", "--clear", "zzzzzzzz").code == 1
    assert cli("secrets", "--clear", "").code == 1
    assert cli("secrets", "--clear", "a", "--unclear", "b").code == 2


def test_what_a_clients_settings_hold_is_not_printed_and_can_be_cut_from_our_copy(
    cli: Cli, session: Path, home: Path, data: Path
) -> None:
    settings = home / ".claude" / "settings.json"
    settings.write_text(json.dumps({"env": {"FORGE": NAMED, "MODE": "blue"}}, indent=2))
    ran = cli("install", "--agent", "claude-code", "--yes")
    assert ran.code == 0, ran.err
    assert NAMED not in ran.out + ran.err
    assert NAMED in settings.read_text()
    assert remains(data, NAMED)  # the file as it was, whole
    assert cli("redact", "--retro", "--confirm", "redact").code == 0
    assert remains(data, NAMED) == []
    assert remains(data, '"MODE": "blue"')


def test_what_an_older_version_stored_is_told_of_the_store(
    cli: Cli, session: Path, data: Path
) -> None:
    with open_writer(data / "memtui.db", "curation") as conn:
        title = json.dumps(["x"])
        conn.execute(
            "insert into curation(id, type, title, body, at, trust, rule, confidence,"
            " state, acted_at, facts) values"
            " ('abcabcabcabc', 'decision', ?, '', 1, 'user', 'hand', 1, 'kept', 1, ?)",
            (NAMED, title),
        )
        conn.execute("insert into session_name values ('s-1', ?, 1)", (NAMED,))
        conn.execute(
            "insert into bundle_conflict (id, memory, said, origin, at, settled_at)"
            " values ('a:b', 'abcabcabcabd', ?, 'laptop', 1, 0)",
            (json.dumps({"title": NAMED}),),
        )
    conn.close()
    found = cli("secrets", "--store-only", "--json").objects
    assert {"memory abcabcabcabc", "memory abcabcabcabd", "session s-1"} == {
        one["place"] for one in found if one["kind"] == "github-token"
    }
    assert "memtui redact --retro" in cli("secrets", "--store-only").err


def test_every_agents_transcripts_are_looked_through(cli: Cli, home: Path) -> None:
    agents = FourAgents(home)
    agents.close()
    for path in (*home.rglob("*.jsonl"),):
        with path.open("a") as file:
            file.write(json.dumps({"type": "x", "text": DRAWN}) + "\n")
    assert cli("sync").code == 0
    places = {one["place"] for one in cli("secrets", "--json").objects}
    for part in (".claude", ".codex", ".gemini"):
        assert any(f"/{part}/" in place for place in places), part


def test_an_open_view_shows_what_was_cleared_since(
    cli: Cli, home: Path, data: Path
) -> None:
    transcript(turns=(Turn(f"the key is {DRAWN}"),), home=home)
    cli("sync")
    with StoreView(store_path(data)) as view:
        assert masked(DRAWN) == MASK
        clear(store_path(data), [digest(DRAWN)], take_back=False)
        let_through(())  # as in a process that did not clear it
        view.data_version()
        assert masked(DRAWN) == DRAWN
    let_through(())
