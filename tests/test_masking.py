"""What looks drawn is masked on every way out, and stays in the store."""

import json
import random
import string
from pathlib import Path

import pytest

from memtui.cli import main
from memtui.masking import MASK, masked, safe
from memtui.paths import store_path
from tests.factories import Say, Turn, transcript
from tests.ingest.telling import ask, synced

DICE = random.Random(24)
TOKEN = "q7Zt9XbL2mVp4KdR8sWj3HnF6yGc1TaQ5uEe"


def drawn(alphabet: str, size: int) -> str:
    return "".join(DICE.choices(alphabet, k=size))


@pytest.mark.parametrize("size", [32, 40, 64, 88])
def test_nearly_all_that_is_drawn_is_masked(size: int) -> None:
    letters = string.ascii_letters + string.digits
    values = [drawn(letters, size) for _ in range(300)]
    assert sum(masked(f"key {one}.") == f"key {MASK}." for one in values) >= 260


def test_nearly_all_that_is_drawn_in_base64_is_masked() -> None:
    values = [
        drawn(string.ascii_letters + string.digits + "+/", 64) for _ in range(300)
    ]
    assert sum(masked(one + "==") == MASK for one in values) >= 270


@pytest.mark.parametrize(
    "harmless",
    [
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "aaaaaaaa-5555-4000-8000-000000000001",
        "toolu_011fmurRA9RuhGS37S1Ju8rV",
        "msg_01Nssb6eJGGqWmzAqFXbDg7H",
        "call_sf0nZKTLZHYOyx8kBigeKTc6",
        "ses_2b1e7263effem1AkVdcfxcG3da",
        "/app/5d58d9e6/tool-results/toolu_01S7bCfBvD39jEHfzU8uDtbf.txt",
        "SHA256:5BNPp0LwvI75Br0wrkKAGv29retBoP1a7NPQ7ihkOP8",
        "sha512-9XbL2mVp4KdR8sWj3HnF6yGc1TaQ5uEe9XbL2mVp4KdR8sWj3HnF6yGc==",
        "attr/_cmp.py,sha256=Vj0_mBIlp7bhE8yyCDEV0NlSIpCYn1YbYPsvRyPiyWA,4123",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGjZ0BxASfhkkjW9BNzyUgxqlWueK0KV",
        "src/components/UserProfile2/index_v3-final/Header4Test",
        "session-2026-01-02T07-55-63f0c65c",
        "CHAT_LOGS-markdown/0d98b9aa-bbbc-4221-ad36-d4a3e0e5e710",
        "getUserNameByIdAndThenSomething2Else",
        "com.example.android.app2020.release.v3",
        "iVBORw0KGgo" + drawn(string.ascii_letters + string.digits + "+/", 4_000),
    ],
)
def test_hashes_ids_names_and_pictures_stay(harmless: str) -> None:
    assert masked(f"see {harmless} there") == f"see {harmless} there"


@pytest.mark.parametrize("before", ["", "5d58d9e6-6c05/agent-", "/home/dev/-src-"])
def test_a_token_in_the_name_of_a_session_or_a_file_is_masked(before: str) -> None:
    token = "ghp_" + "qf00m0KdTmG2Ww66Y19IutcRKZ5YPmbmcRCy"
    assert token not in masked(f"{before}{token}.jsonl")


@pytest.mark.parametrize(
    "before", ["LOGIN=", "--with=", "https://h.example/?id=", "x: "]
)
def test_what_is_drawn_is_masked_whatever_it_is_given_to(before: str) -> None:
    assert masked(f"{before}{TOKEN} and so on") == f"{before}{MASK} and so on"


def test_masking_twice_changes_nothing_more() -> None:
    text = safe(f"a {TOKEN} b\x1b[1m {TOKEN}=")
    assert text == f"a {MASK} b {MASK}"
    assert safe(text) == text


@pytest.mark.parametrize(
    "verb",
    [
        ["list", "--all"],
        ["list", "--all", "--json"],
        ["search", "rotating", "--all"],
        ["search", "rotating", "--all", "--json"],
        ["sessions", "--all"],
        ["sessions", "--all", "--json"],
        ["show", "SESSION"],
        ["show", "MEMORY"],
        ["show", "MEMORY", "--json"],
        ["export", "--markdown", "SESSION"],
        ["journal"],
        ["inject", "--project", "/home/dev/app"],
    ],
)
def test_no_verb_shows_it(
    verb: list[str], data: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = f"Always use {TOKEN} when rotating keys in this repo."
    path = transcript(turns=[Turn(said, Say(f"Rotating {TOKEN}."))], home=home)
    synced(data, home)
    (memory,) = (one for (one,) in ask(data, "select id from memory limit 1"))
    assert main(["keep", memory]) == 0
    capsys.readouterr()
    names = {"SESSION": path.stem, "MEMORY": memory}

    main([names.get(word, word) for word in verb])

    told = capsys.readouterr()
    assert told.out or told.err
    assert TOKEN not in told.out + told.err
    if verb[0] in ("list", "search", "show"):
        assert MASK in told.out
    assert TOKEN.encode() in store_path(data).read_bytes() + b"".join(
        json.dumps(row).encode() for row in ask(data, "select text from record")
    )


def test_an_export_masks_it(data: Path, home: Path) -> None:
    said = f"Always use {TOKEN} when rotating keys in this repo."
    transcript(turns=[Turn(said, Say("Done."))], home=home)
    synced(data, home)
    (memory,) = (one for (one,) in ask(data, "select id from memory limit 1"))
    assert main(["keep", memory]) == 0

    main(["export", "--all"])

    exported = [
        path.read_text() for path in (data / "export").rglob("*") if path.is_file()
    ]
    assert any(MASK in text for text in exported)
    assert not any(TOKEN in text for text in exported)
