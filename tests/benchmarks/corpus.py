"""Transcripts in bulk: sessions of our own making, in the make-up of real ones.

By bytes real transcripts are a third what the client notes of a tool's result for
itself (``toolUseResult``), a sixth what the model was shown of it, a fifth
envelopes, and little that a person typed: 350 records to the megabyte. So are
these, but that the first is two fifths. Lines of code and words of prose come from
seeded generators.

What is said has thousands of different words, in the shares counted in real
transcripts (``SHARES``), in sentences: of a hundred words any two texts would be
made of the same ones, and whatever looks for texts alike would find all of them.

A session works on a few files, read and edited again and again, and what is noted
of an edit has the file as it was: zstd leaves 19 % of the bytes, 18 % of real ones.
One line in a hundred of code has a sign beyond ASCII; so one line of JSON in twelve
has one, with two fifths of all bytes, as in real ones, where decoders take longer.
"""

import base64
import json
import random
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tests.claude_writer import Json
from tests.factories import Session

VOCABULARY = """
lease queue worker retry header cursor index table batch socket token frame cache parser
buffer render layer signal handle merge branch commit schema column window timeout
jitter backoff deadline session replica snapshot horizon vacuum planner
"""
WORDS = VOCABULARY.split()

FREQUENT = """
the a to of and in is that it for on with as this be are not if when then so we at by
from or but can should now only one each there which file test line call value name run
error set get add still before after because where does first last same other more than
"""
COMMON = FREQUENT.split()

SHARES = ((100, 0.37), (1_000, 0.80), (12_000, 1.0))
"""Of all words said, how many of them are among so many most frequent ones."""
NAMED = 3_000
"""The most frequent words, of which names in code are made."""
SIGNS = "→—✓│…é“°"
FILES = 6
"""That a session works on."""
LINES = 100_000
GREATEST = 5_000
IMAGE_BYTES = 160_000


class File(NamedTuple):
    """A file that a session works on: so many of the lines there are."""

    path: str
    first: int
    size: int

    def text(self, first: int = 0, count: int | None = None) -> str:
        """All of it, or so many of its lines."""
        end = self.first + min(self.size, first + (count or self.size))
        return "\n".join(_written()[self.first + first : end])


class HeldSession(Session):
    """Like ``Session``, but written to disk in one go by ``save``."""

    def raw(self, data: bytes) -> None:
        """Hold the bytes back."""
        self.__dict__.setdefault("held", bytearray()).extend(data)

    def record(self, body: Json) -> str:
        """Hold one record back."""
        line = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self.raw(line.encode() + b"\n")
        return line

    def taken(self) -> bytes:
        """What was held back since the last time."""
        return bytes(self.__dict__.pop("held", b""))

    def append(self) -> None:
        """Write what was held back to the end of the file, at once."""
        with self.path.open("ab") as file:
            file.write(self.taken())

    def save(self) -> int:
        """Write the file; its size in bytes."""
        return self.path.write_bytes(self.taken())


def fill(home: Path, *, mb: int, seed: int = 7) -> int:
    """Write about ``mb`` megabytes of sessions; the bytes written."""
    written = number = 0
    while written < mb * 1_000_000:
        written += _session(home, random.Random(f"{seed}/{number}"), number)
        number += 1
    return written


def fill_small(home: Path, *, files: int) -> None:
    """Write many sessions of one turn each."""
    for number in range(files):
        session = begun(home, number)
        session.prompt(f"look at part {number}")
        session.say("Looked.")
        session.save()


def fill_one(path: Path, *, mb: int, seed: int = 7) -> int:
    """Write one transcript of about ``mb`` megabytes; its size in bytes."""
    chance = random.Random(seed)
    session = begun(path, 0)
    with session.path.open("wb") as file:
        while file.tell() < mb * 1_000_000:
            files = _files(chance)
            for _ in range(20):
                _turn(session, chance, files)
            file.write(session.taken())
        return file.tell()


def begun(home: Path, number: int) -> HeldSession:
    """One of many sessions, of which nothing is written yet."""
    return HeldSession(
        home,
        session=f"{number:08x}-0000-4000-8000-000000000000",
        cwd=f"/home/dev/src/project-{number % 12}",
        start_ms=1_780_000_000_000 + number * 3_600_000,
    )


def _session(home: Path, chance: random.Random, number: int) -> int:
    session = begun(home, number)
    files = _files(chance)
    for _ in range(chance.randint(2, 30)):
        _turn(session, chance, files)
    session.title(" ".join(_words(chance, 5)))
    return session.save()


def _files(chance: random.Random) -> list[File]:
    return [
        File(
            f"src/{chance.choice(WORDS)}/{chance.choice(_vocabulary()[:NAMED])}.py",
            chance.randrange(0, LINES, 50),
            chance.choice((10, 30, 60, 120, 180, 600)),
        )
        for _ in range(FILES)
    ]


def _turn(session: HeldSession, chance: random.Random, files: list[File]) -> None:
    session.prompt(_prose(chance, chance.randint(4, 60)))
    _snapshot(session, chance)
    for _ in range(chance.randint(1, 14)):
        _step(session, chance, chance.choice(files))
    session.say(_prose(chance, chance.randint(20, 150)))
    if chance.random() < 0.008:
        _image(session, chance)


def _step(session: HeldSession, chance: random.Random, on: File) -> None:
    kind = chance.random()
    if kind < 0.35:
        size = chance.choice((1, 2, 4, 8, 8, 16, 30, 60, 300))
        _waiting(session, chance)
        output = _code(chance, chance.randint(1, size))
        session.bash(f"pytest -q {on.path}", output, failed=chance.random() < 0.15)
    elif kind < 0.5:
        at = chance.randrange(on.size)
        session.read(on.path, on.text(at, chance.choice((20, 40, 80, 350))))
    elif kind < 0.68:
        at = chance.randrange(on.size)
        new = _code(chance, chance.choice((2, 6, 12, 30)))
        session.edit(
            on.path, on.text(at, 8), new, start=at + 1, file=on.text(),
        )  # fmt: skip
    elif kind < 0.8:
        session.say(_prose(chance, chance.randint(5, 40)))
    else:
        signed = base64.b64encode(chance.randbytes(chance.randint(150, 700))).decode()
        session.add_answer(
            {"type": "thinking", "signature": signed,
             "thinking": _prose(chance, chance.randint(10, 150))}
        )  # fmt: skip


def _snapshot(session: HeldSession, chance: random.Random) -> None:
    name = f"src/{chance.choice(WORDS)}.py"
    backup = {"backupFileName": f"{chance.getrandbits(64):016x}@v2", "version": 2}
    files = {f"{name}{n}": backup for n in range(chance.randint(1, 6))}
    identity, stamp = session.next_uuid(), session.next_stamp()
    session.record(
        {"type": "file-history-snapshot", "messageId": identity,
         "snapshot": {"messageId": identity, "trackedFileBackups": files,
                      "timestamp": stamp},
         "isSnapshotUpdate": False}
    )  # fmt: skip


def _waiting(session: HeldSession, chance: random.Random) -> None:
    """A command that takes its time: the client notes that it still runs."""
    for second in range(chance.choice((0, 0, 0, 2))):
        session.record(
            {"type": "progress", "cwd": session.cwd, "sessionId": session.session,
             "gitBranch": session.branch, "uuid": session.next_uuid(),
             "timestamp": session.next_stamp(), "isSidechain": False,
             "data": {"type": "bash_progress", "output": _code(chance, 2),
                      "elapsedTimeSeconds": second, "totalLines": 2}}
        )  # fmt: skip


def _image(session: HeldSession, chance: random.Random) -> None:
    picture = base64.b64encode(chance.randbytes(IMAGE_BYTES)).decode()
    source = {"type": "base64", "media_type": "image/png", "data": picture}
    session.add_user([{"type": "image", "source": source}])


def _prose(chance: random.Random, words: int) -> str:
    """So many words in sentences, some of them in paragraphs of their own."""
    sentences = []
    while words > 0:
        said = _words(chance, min(words, chance.randint(5, 22)))
        words -= len(said)
        end = chance.choice((".", ".", ".", ".\n", ":\n- ", "?"))
        sentences.append(" ".join(said).capitalize() + end)
    return " ".join(sentences).strip()


def _words(chance: random.Random, count: int) -> list[str]:
    return chance.choices(_vocabulary(), cum_weights=_weights(), k=count)


def _code(chance: random.Random, lines: int) -> str:
    """Some lines in a row, as what is read twice says the same twice."""
    start = chance.randrange(0, LINES, 50)
    return "\n".join(_written()[start : start + lines])


@cache
def _vocabulary() -> list[str]:
    """The most frequent words first."""
    chance = random.Random(3)
    syllables = [one + two for one in "bcdfghlmnprstvw" for two in "aeiou"]
    names = [f"{one}_{two}" for one in WORDS[:8] for two in WORDS[8:12]]
    known = [*COMMON, *(f"{word}{end}" for word in WORDS for end in ("", "s")), *names]
    made = dict.fromkeys(known)
    while len(made) < SHARES[-1][0]:
        made["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    return list(made)


@cache
def _weights() -> list[float]:
    """How often each word is said, and all before it."""
    weights: list[float] = []
    above = 0.0
    for last, share in SHARES:
        ranks = [1 / (rank + 10) for rank in range(len(weights) + 1, last + 1)]
        weights += [rank * (share - above) / sum(ranks) for rank in ranks]
        above = share
    return list(accumulate(weights))


@cache
def _written() -> list[str]:
    """Lines of code and of what programs print."""
    chance = random.Random(11)
    return [_line(chance, number) for number in range(LINES)]


def _line(chance: random.Random, number: int) -> str:
    one, two = chance.choices(WORDS, k=2)
    three = chance.choice(_vocabulary()[:NAMED])
    words = _words(chance, 5)
    # small numbers are written more often than large ones
    count = int(GREATEST ** chance.random()) + 1
    indent = " " * chance.choice((0, 4, 4, 8, 12))
    if number % 100 == 99:
        return f"{indent}{chance.choice(SIGNS)} {one} {' '.join(words)}"
    return indent + chance.choice((
        f"{one}_{two} = self.{three}.{one}({two}_{count % 90}, \"{three}\")",
        f"if not {one} or len({two}.{three}_{count % 70}) > {count}:",
        f"return {one.title()}{two.title()}({three}={count})",
        f"\"{one}\": [\"{two}/{three}.py\", {count}],",
        f"# {' '.join(_words(chance, 8))}",
        f"src/{one}/{two}.py:{count % 900}: {three} {' '.join(words)}",
        f"12:{count % 60:02d}:07.{count % 999:03d} INFO {one}.{two} took {count} ms",
        "",
    ))  # fmt: skip
