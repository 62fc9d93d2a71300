"""Whether search finds what answers a question, on data sets that others made.

LoCoMo (``locomo10.json``): long talks of two people, and questions whose answer
stands in turns of theirs. CoSQA (a folder with ``cosqa-retrieval-test-500.json``
and ``code_idx_map.txt``): what people asked a web search, and Python functions.
Neither is ours to ship: give their path on the command line. Both go the product's
own way: transcripts, ``sync``, ``search --json``. Where the extra ``semantic`` is
installed ``search --meaning`` is asked as well; each turn has a vector there, for of
what was only said once nothing would be a memory.
"""

import contextlib
import io
import json
import os
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from memtui.cli import main
from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.search import meaning
from memtui.settings import Settings
from memtui.store.search.vectors import Vectors, Wanted
from tests.benchmarks.corpus import HeldSession
from tests.benchmarks.measure import Result

FOUND: Final = 10
TALKS: Final = {5: 0.65, 10: 0.72}
"""By so many finds, the share of answers that must be among them."""
TALKS_BY_MEANING: Final = {5: 0.66, 10: 0.74}
FUNCTIONS: Final = {10: 0.57}
FUNCTIONS_BY_MEANING: Final = {10: 0.71}
TURNS: Final = """
    select d.id, r.native_id || '/' || r.part, substr(r.text, 1, 2000)
    from doc d join record r on r.id = d.record_id
    where d.live = 1 and r.kind = 'prompt' order by length(r.text)
"""
"""Texts of one length together: a shorter one is filled up to the longest."""
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
    sync(folder / "data", Settings(), home=home)
    yield from _shares("LoCoMo turns", asked, folder, TALKS)
    yield from _by_meaning("LoCoMo turns", asked, folder, TALKS_BY_MEANING)


def cosqa(folder: Path, path: Path) -> Iterator[Result]:
    """Shares of questions whose function is found among CoSQA's."""
    home = folder / "home"
    functions = json.loads((path / "code_idx_map.txt").read_text())
    said = {n: function_written(home, n, code) for code, n in functions.items()}
    asked = [
        Question(_plain(one["doc"]), {said[one["retrieval_idx"]]})
        for one in json.loads((path / "cosqa-retrieval-test-500.json").read_text())
    ]
    sync(folder / "data", Settings(), home=home)
    yield from _shares("CoSQA functions", asked, folder, FUNCTIONS)
    yield from _by_meaning("CoSQA functions", asked, folder, FUNCTIONS_BY_MEANING)


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


def _by_meaning(
    what: str, asked: Sequence[Question], folder: Path, goals: Mapping[int, float]
) -> Iterator[Result]:
    """The same with likeness of meaning; nothing without the extra."""
    if find_spec("onnxruntime") is None:
        return
    embedder = meaning.Embedder()
    vectors = Vectors(store_path(folder / "data"))
    with closing(sqlite3.connect(store_path(folder / "data"))) as conn:
        turns = [Wanted(*row) for row in conn.execute(TURNS)]
    for start in range(0, len(turns), meaning.BATCH):
        some = turns[start : start + meaning.BATCH]
        made = embedder.embed([turn.text for turn in some])
        vectors.put(zip(some, made, strict=True))
    with patch.object(meaning, "Embedder", lambda: embedder):  # loaded once, not 1,500
        yield from _shares(f"{what}, by meaning", asked, folder, goals, "--meaning")


def _shares(
    what: str,
    asked: Sequence[Question],
    folder: Path,
    goals: Mapping[int, float],
    *options: str,
) -> Iterator[Result]:
    found = [_found(one, folder, *options) for one in asked]
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


def _found(one: Question, folder: Path, *options: str) -> list[str]:
    """Records in the order of the finds, each once."""
    words = f"project:{one.project} {one.text}" if one.project else one.text
    said = io.StringIO()
    here = {"HOME": str(folder / "home"), "MEMTUI_DATA_DIR": str(folder / "data")}
    asked = ["search", *options, "--json", "--limit", str(2 * FOUND), "--", words]
    with patch.dict(os.environ, here), contextlib.redirect_stdout(said):
        code = main(asked)
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
