"""The pictures: the same bytes each time, and whole without the net."""

import asyncio
import re
from pathlib import Path

import pytest

from memtui import demo
from tests import screenshots
from tests.screenshots import NOW_MS, PICTURES, SMALL


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The smallest picture, drawn from two builds of the demo."""
    (picture,) = (p for p in PICTURES if p.size == SMALL and p.name == "1-timeline")
    pictures = []
    for _ in range(2):
        data = tmp_path_factory.mktemp("picture")
        demo.build(data, today_ms=NOW_MS)
        pictures.append(asyncio.run(screenshots.draw(picture, data)))
    return pictures


@pytest.mark.tui
def test_a_picture_is_the_same_each_time(drawn: list[str]) -> None:
    first, second = drawn

    assert first == second


@pytest.mark.tui
def test_a_picture_asks_the_net_for_nothing(drawn: list[str]) -> None:
    links = re.findall(r"(?:url\(|href=|src=)[\"']?(?!#)[^)\"'\s]*", drawn[0])

    assert "@font-face" not in drawn[0]
    assert links == []


@pytest.mark.tui
def test_a_picture_shows_the_demo_and_says_so(drawn: list[str]) -> None:
    text = re.sub(r"<[^>]+>", "", drawn[0]).replace("&#160;", " ")

    assert "demo store, nothing of yours is read" in text
    assert "Serial ids follow inserts, not commits" in text


def test_every_picture_is_committed_and_no_other() -> None:
    committed = {file.name for file in Path(screenshots.FOLDER).glob("*.svg")}

    assert committed == {picture.file for picture in PICTURES}
