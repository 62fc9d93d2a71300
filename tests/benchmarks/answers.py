"""Whether search finds what answers a question, on data sets that others made.

LoCoMo (``locomo10.json``): long talks of two people, and questions whose answer
stands in turns of theirs. CoSQA (a folder with ``cosqa-retrieval-test-500.json``
and ``code_idx_map.txt``): what people asked a web search, and Python functions.
Neither is ours to ship: give their path on the command line. Both go the product's
own way: transcripts, ``sync``, ``search --json``.
"""

import contextlib
import io
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from memtui.cli import main
from memtui.ingest.sync import sync
from memtui.settings import Settings
from tests.benchmarks.corpus import HeldSession
from tests.benchmarks.measure import Result

FOUND: Final = 10
TALKS: Final = {5: 0.65, 10: 0.72}
"""By so many finds, the share of answers that must be among them."""
FUNCTIONS: Final = {10: 0.57}
_ADVERSARIAL: Final = 5
"""LoCoMo's category of questions that nothing answers."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and which records answer it."""

    text: str
    right: Set[str]
    """Native ids, any of them."""
    project: str = ""


def locomo(folder: Path, path: Path) -> Iterator[Result]:
    """Shares of evidence found among LoCoMo's turns."""
    home, asked = folder / "home", list[Question]()
    for number, talk in enumerate(json.loads(path.read_text())):
        said = talk_written(home, number, talk["conversation"])
        project = _project(number)
        for one in talk["qa"]:
            ids = " ".join(one.get("evidence", ())).replace(";", " ").split()
            right = {said[i] for i in ids if i in said}
            if right and one["category"] != _ADVERSARIAL:
                asked.append(Question(_plain(one["question"]), right, project))
    yield from _shares("LoCoMo turns", asked, folder, home, TALKS)


def cosqa(folder: Path, path: Path) -> Iterator[Result]:
    """Shares of questions whose function is found among CoSQA's."""
    home = folder / "home"
    functions = json.loads((path / "code_idx_map.txt").read_text())
    said = {n: function_written(home, n, code) for code, n in functions.items()}
    asked = [
        Question(_plain(one["doc"]), {said[one["retrieval_idx"]]})
        for one in json.loads((path / "cosqa-retrieval-test-500.json").read_text())
    ]
    yield from _shares("CoSQA functions", asked, folder, home, FUNCTIONS)


def talk_written(home: Path, number: int, talk: Mapping[str, Any]) -> dict[str, str]:
    """A talk's sessions as transcripts; the record of each of its turns."""
    said = {}
    for place in range(1, 100):
        if not (turns := talk.get(f"session_{place}")):
            continue
        when = datetime.strptime(
            talk[f"session_{place}_date_time"], "%I:%M %p on %d %B, %Y"
        )
        session = HeldSession(
            home, session=str(uuid.UUID(int=number * 100 + place)),
            cwd=f"/home/dev/src/{_project(number)}",
            start_ms=int(when.replace(tzinfo=UTC).timestamp() * 1_000),
        )  # fmt: skip
        for turn in turns:
            seen = turn.get("blip_caption", "")
            text = f"{turn['speaker']}: {turn['text']} {seen}".strip()
            said[turn["dia_id"]] = session.prompt(text)
        session.save()
    return said


def function_written(home: Path, number: int, code: str) -> str:
    """A session in which a person showed a function; the record of that."""
    session = HeldSession(
        home, session=str(uuid.UUID(int=number + 1)), cwd="/home/dev/src/functions",
        start_ms=1_780_000_000_000 + number * 60_000,
    )  # fmt: skip
    own = session.prompt(code)
    session.save()
    return own


def _shares(
    what: str,
    asked: Sequence[Question],
    folder: Path,
    home: Path,
    goals: Mapping[int, float],
) -> Iterator[Result]:
    sync(folder / "data", Settings(), home=home)
    found = [_found(one, home, folder / "data") for one in asked]
    for most, goal in goals.items():
        shares = [
            len(one.right & set(records[:most])) / len(one.right)
            for one, records in zip(asked, found, strict=True)
        ]
        yield Result(
            what=f"R@{most} of {len(asked)} questions, {what}",
            ours=sum(shares) / len(shares), floor=goal, unit="", goal=0, least=0.9999,
            floor_is="the goal",
        )  # fmt: skip


def _found(one: Question, home: Path, data: Path) -> list[str]:
    """Records in the order of the finds, each once."""
    words = f"project:{one.project} {one.text}" if one.project else one.text
    said = io.StringIO()
    here = {"HOME": str(home), "MEMTUI_DATA_DIR": str(data)}
    with patch.dict(os.environ, here), contextlib.redirect_stdout(said):
        code = main(["search", "--json", "--limit", str(2 * FOUND), "--", words])
    if code:
        raise RuntimeError(f"search ended with {code}: {words}")
    rows = map(json.loads, said.getvalue().splitlines())
    return list(
        dict.fromkeys(e["record"] for row in rows for e in row.get("evidence", ()))
    )


def _plain(text: str) -> str:
    """Words alone, nothing that a query language reads."""
    return " ".join(text.replace('"', " ").replace(":", " ").split()).replace(" -", " ")


def _project(number: int) -> str:
    return f"talk-{number}"
