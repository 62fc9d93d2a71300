"""Modules that are imported when something in them is first asked for."""

import importlib.util
import sys
import threading
from pathlib import Path

import pytest

from memtui.later import later, names_later
from memtui.tui import NEXT


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that waits half way for ``go_on``, found by its name."""
    (tmp_path / "seldom_asked.py").write_text(
        "import threading\n"
        "begun, go_on = threading.current_thread().begun, "
        "threading.current_thread().go_on\n"
        "begun.set()\n"
        "go_on.wait(60)\n"
        "answer = 42\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "seldom_asked", raising=False)
    return "seldom_asked"


class _First(threading.Thread):
    """Imports the module and stops half way."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._module = later(name)

    def run(self) -> None:
        assert self._module.answer == 42


def test_a_module_is_imported_when_it_is_asked_for_and_not_before() -> None:
    module = later("colorsys")
    sys.modules.pop("colorsys", None)
    assert "colorsys" not in sys.modules
    assert module.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules


def test_a_module_that_another_thread_is_half_way_through_is_waited_for(
    slow: str,
) -> None:
    first = _First(slow)
    first.start()
    assert first.begun.wait(60)
    assert slow in sys.modules
    told: list[object] = []
    second = threading.Thread(target=lambda: told.append(later(slow).answer))
    second.start()
    first.go_on.set()
    first.join(60)
    second.join(60)
    assert told == [42]


def test_a_name_from_elsewhere_is_found_and_no_other() -> None:
    found = names_later("mine", {"Path": "pathlib"})
    assert found("Path") is Path
    with pytest.raises(AttributeError, match="'mine' has no attribute 'Paths'"):
        found("Paths")


def test_what_is_imported_ahead_is_there() -> None:
    assert all(importlib.util.find_spec(module) for module in NEXT)
