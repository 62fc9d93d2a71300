"""Transcripts in bulk: sessions of our own making, in the sizes of real ones.

By bytes real transcripts are three fifths tool results, a fifth answers, and
little that a person typed; so are these. Words come from a seeded generator.
"""

import json
import random
from pathlib import Path

from tests.claude_writer import Json
from tests.factories import Session

VOCABULARY = """
lease queue worker retry header cursor index table batch socket token frame cache parser
buffer render layer signal handle merge branch commit schema column window timeout
jitter backoff deadline session replica snapshot horizon vacuum planner
"""
WORDS = VOCABULARY.split()


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

    def save(self) -> int:
        """Write the file; its size in bytes."""
        held: bytearray = self.__dict__.pop("held", bytearray())
        self.path.write_bytes(held)
        return len(held)


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
        session = _begun(home, number)
        session.prompt(f"look at part {number}")
        session.say("Looked.")
        session.save()


def _begun(home: Path, number: int) -> HeldSession:
    return HeldSession(
        home,
        session=f"{number:08x}-0000-4000-8000-000000000000",
        cwd=f"/home/dev/src/project-{number % 12}",
        start_ms=1_780_000_000_000 + number * 3_600_000,
    )


def _session(home: Path, chance: random.Random, number: int) -> int:
    session = _begun(home, number)
    for _ in range(chance.randint(5, 40)):
        session.prompt(_text(chance, chance.randint(4, 60)))
        for _ in range(chance.randint(1, 9)):
            _step(session, chance)
        session.say(_text(chance, chance.randint(20, 200)))
    session.title(_text(chance, 5))
    return session.save()


def _step(session: Session, chance: random.Random) -> None:
    path = f"src/{chance.choice(WORDS)}/{chance.choice(WORDS)}.py"
    kind = chance.random()
    if kind < 0.4:
        output = "\n".join(_text(chance, 9) for _ in range(chance.randint(2, 120)))
        session.bash(f"pytest -q {path}", output, failed=chance.random() < 0.15)
    elif kind < 0.7:
        rows = (f"    {_text(chance, 7)}" for _ in range(chance.randint(20, 300)))
        session.read(path, "\n".join(rows))
    elif kind < 0.9:
        session.edit(path, _text(chance, 30), _text(chance, 40), start=12)
    else:
        session.think(_text(chance, 80))


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))
