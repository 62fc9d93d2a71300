"""Hostile text in a real terminal: what is sent is what Textual itself makes.

The app is driven over every screen twice, on the same transcripts and the same keys:
once with harmless words, once with payloads in their places. No kind of control
sequence comes in the second run that was not in the first.
"""

import ast
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import memtui
from memtui.curate import Curator
from memtui.ingest.sync import sync
from memtui.settings import Settings
from memtui.store.connect import open_writer
from memtui.store.rows import strings_column
from tests.factories import Session
from tests.tui.conftest import view
from tests.tui.terminal import CSI, OTHER_ESCAPES, Terminal

pytestmark = pytest.mark.tui

CHECKOUT = Path(memtui.__file__).resolve().parents[1]
OURS = {
    "csi": "a\x1b[31mPWNED\x1b[0m b",
    "clipboard": "x\x1b]52;c;UFdORUQ=\x07y",
    "link": "\x1b]8;;http://pwned.example\x1b\\PWNED\x1b]8;;\x1b\\",
    "title": "\x1b]0;PWNED\x07",
    "dcs": "\x1bP$qm\x1b\\PWNED",
    "apc": "\x1b_Gf=100;PWNED\x1b\\",
    "reset": "\x1bc\x1b[!p\x1b#8",
    "mouse": "\x1b[?1003h\x1b[?1049l\x1b[2J\x1b[6n\x1b[21t",
    "half": "\x1b[38;5",
    "c1": "a\x9b31mPWNED\x9d52;c;UFdORUQ=\x9c",
    "bell": "a\x07\x08\x08\x0bb\x0c\x00\x7f",
    "return": "good\rPWNED",
    "markup": "[bold]x[/nope] [@click=app.exit]PWNED[/] [link=http://pwned]y[/link]",
    "bidi": "abc\u202edef\u2066ghi\u2069",
    "hidden": "a\u200bb\ufeffc\U000e0041\U000e0042d\u00ade",
    "separators": "a\u2028b\u2029c\td",
    "long": "漢字" * 400,
    "combining": "e" + "\u0301" * 200,
    "family": "👩\u200d👩\u200d👧 ❤\ufe0f \ufffe",
}
"""What a web page or a file could bring into a transcript; always there."""
EVERYWHERE = (
    b"j \r 1 j l G h z z G \x1b ? ? \x1b H \x1b P \x1b f \x1b : \x1b 2 4 D \x1b 5 \r"
    b" = = G K \x1b R \x1b 6 j ! \x1b 3 j t \x1b space j m \x1b \x1b ] ] j ] ] ] W"
).split(b" ")
"""Keys that open each screen, its tabs and what rises over them."""


def of_the_shared_bench(shared: Path) -> dict[str, str]:
    """The payloads with which Textual's own widgets were tried: one dict of text.

    The file is not imported, which would run its trial.
    """
    tree = ast.parse((shared / "bench" / "hostile_payloads.py").read_text())
    (made,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "P"
    )
    found = eval(compile(ast.Expression(made), "payloads", "eval"), {})
    assert isinstance(found, dict)
    return found


def storable(text: str) -> str:
    """As a database can hold it: without halves of characters."""
    return text.encode("utf-8", "replace").decode()


def write_session(home: Path, said: Mapping[str, str]) -> None:
    """A session with the texts wherever a transcript has any."""
    session = Session(home, cwd=str(home / f"src{storable(said['csi'])}"[:60]))
    for name, text in said.items():
        session.prompt(f"always keep {name} in mind: {text}")
        session.think(f"{name} {text}")
        session.say(f"The cause was {name}: {text}")
        session.bash(f"printf {text}", f"{name}\n{text}", failed=name == "csi")
        session.edit(f"src/{text[:20]}.py", f"old {text}", f"new {text}")
        session.bash(f"git commit -m 'Fix {name} {text}'", f"[main 1a2b3c4] {text}")
    session.title("".join(said.values())[:300])
    lone = b'{"type":"user","uuid":"lone-1","sessionId":"s","cwd":"/home/dev",'
    lone += b'"timestamp":"2026-11-19T10:00:00.000Z","message":{"role":"user",'
    session.raw(
        lone + b'"content":"never say \\ud800 PWNED \\u001b]52;c;UFdO\\u0007"}}\n'
    )
    session.raw(b"\x1b]52;c;UFdORUQ=\x07 no json at all \x9b31m\n")


def plant(data: Path, said: Mapping[str, str]) -> None:
    """Put the texts where ours are kept, too, past everything that cleans them."""
    with Curator(data, Settings(), actor="person") as curator, view(data) as look:
        project = look.projects()[0]
        for name in said:
            curator.add(f"planted {name}", type="gotcha", body="x", project=project)
    conn = open_writer(data / "memtui.db", "curation")
    with conn:
        for name, text in said.items():
            hard = storable(text)
            conn.execute(
                "update curation set title = ?, body = ?, tags = ?, files = ?,"
                " facts = ?, branch = ? where title = ?",
                (hard, hard, *[strings_column([hard])] * 3, hard, f"planted {name}"),
            )
        whole = storable("".join(said.values()))[:400]
        conn.execute("update session set title = ?, branch = ?", (whole, whole))
        conn.execute("update project set name = ?", (whole[:80],))
    conn.close()


def environment(home: Path, data: Path) -> dict[str, str]:
    return {
        "HOME": str(home), "MEMTUI_DATA_DIR": str(data), "PATH": os.environ["PATH"],
        "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8", "TERM": "xterm-256color",
        "COLORTERM": "truecolor", "TZ": "UTC",
    }  # fmt: skip


def walked(home: Path, data: Path, said: Mapping[str, str]) -> Terminal:
    """The app on a store of these texts, over every screen, until it was left."""
    write_session(home, said)
    sync(data, Settings(), home=home)
    plant(data, said)
    command = [sys.executable, "-m", "memtui", "--all"]
    with Terminal(command, environment(home, data), home) as terminal:
        terminal.wait_for("decision", "preference", "gotcha", "discovery", "bugfix")
        terminal.settle()
        for keys in EVERYWHERE:
            terminal.press(b" " if keys == b"space" else keys)
            terminal.settle(quiet=0.1, seconds=4)
        terminal.press(b"\x11")
        assert terminal.wait_end(60) == 0
    return terminal


def kinds(terminal: Terminal) -> set[tuple[bytes, ...]]:
    """Every kind of control sequence that was sent; modes by their number."""
    raw = bytes(terminal.raw)
    found: set[tuple[bytes, ...]] = set()
    for private, numbers, middle, final in CSI.findall(raw):
        told = numbers if final in b"hlpnt" or private else b""
        found.add((private, told, middle, final))
    return found | {(one[:2],) for one in OTHER_ESCAPES.findall(raw)}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[bytes, ...]]:
    """What is sent where every payload is a plain word."""
    folder = tmp_path_factory.mktemp("harmless")
    (folder / "home").mkdir()
    words = {name: f"word of {name}" for name in OURS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder / "home"))
        sent = kinds(walked(folder / "home", folder / "data", words))
    shutil.rmtree(folder)
    return sent


@pytest.mark.parametrize(
    "source", ["ours", pytest.param("shared", marks=pytest.mark.e2e)]
)
def test_hostile_text_sends_nothing_that_harmless_text_does_not(
    source: str,
    home: Path,
    data: Path,
    harmless: set[tuple[bytes, ...]],
    request: pytest.FixtureRequest,
) -> None:
    said: dict[str, str] = OURS
    if source == "shared":
        shared: Path = request.getfixturevalue("shared")
        if not (shared / "bench" / "hostile_payloads.py").is_file():
            pytest.skip("no bench with payloads beside the checkout")
        said = of_the_shared_bench(shared) | {"csi": OURS["csi"]}
        assert len(said) > 20
    terminal = walked(home, data, said)
    assert "Traceback" not in terminal.text()
    assert terminal.strange_controls() == []
    assert kinds(terminal) - harmless == set()
    assert b"UFdORUQ=\x07" not in terminal.raw
    assert b"ZXZpbA==\x07" not in terminal.raw
    assert terminal.modes_left_on() == []
