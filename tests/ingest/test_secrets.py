"""What a transcript gives away is nowhere in the data folder, in no spelling."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import zstandard

from memtui.inject.export import export_projects
from memtui.paths import store_path
from memtui.redact import SECRETS
from memtui.settings import Settings
from tests.factories import Bash, Context, Edit, Say, Turn, Write, transcript
from tests.ingest.telling import synced
from tests.test_redact_forms import BODY, LONG, PEM, runs_of

PRIVATE = "Hidden Diagnosis 4711"
MAGIC = b"\x28\xb5\x2f\xfd"


def test_a_planted_secret_is_nowhere_in_the_data_folder(data: Path, home: Path) -> None:
    pem = "\n".join(PEM)
    examples = [secret.example() for secret in SECRETS]
    turns = (
        Turn("Always sign with this key:\n" + "\n".join(PEM), Say(f"I keep {pem}")),
        Turn(f"We decided: token ghp_{LONG} goes into the vault."),
        Turn(
            f"never print this\n<private>\n{PRIVATE}\n</private>\nplease",
            Edit("deploy.pem", "x\n", f"x\n{pem}\n"),
            Edit("notes.md", "a\n", f"a\n<private>\n{PRIVATE}\n</private>\n"),
            Write("key.pem", pem),
            Write("half.pem", "\n".join(PEM[:-2])),
            Bash("cat .env", "\n".join(examples)),
            Bash("git diff", "\n".join(f"+{line}" for line in PEM)),
            Context("\n".join(f"> {line}" for line in PEM)),
        ),
        *(Turn(f"Never use {example} again.") for example in examples),
    )
    written = transcript("claude-code", turns, home=home).read_text()
    assert f'"+{PEM[0]}","+{PEM[1]}"' in written  # as the client writes a diff
    synced(data, home)
    export_projects(data, Settings())

    needles = {PRIVATE, LONG[:40], LONG[-40:], *(line[:24] for line in BODY)}
    needles |= {run[-16:] for example in examples for run in runs_of(example)}
    everything = b"\n".join(_everything(data))

    assert b"Always sign with this key" in everything
    assert b"[redacted:private-key]" in everything
    assert not [needle for needle in needles if needle.encode() in everything]
    assert not re.search(rb"hidden\W+diagnosis", everything, re.I)


def _everything(data: Path) -> Iterator[bytes]:
    """Every file; and every value of the store, unpacked."""
    for path in data.rglob("*"):
        if path.is_file():
            yield path.read_bytes()
    with closing(sqlite3.connect(store_path(data))) as conn:
        tables = conn.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            for row in conn.execute(f'select * from "{table}"'):
                yield from map(_unpacked, row)


def _unpacked(value: object) -> bytes:
    if isinstance(value, bytes) and value.startswith(MAGIC):
        return zstandard.ZstdDecompressor().decompress(value)
    return value if isinstance(value, bytes) else str(value).encode()
