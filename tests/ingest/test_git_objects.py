"""Commits are found in loose objects and packs, and nothing broken gets out."""

import hashlib
import os
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.ingest.git_objects import Repository

WHO = "A Dev <dev@example.com> 1780000000 +0000"
git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


def commit_bytes(subject: str, body: str = "") -> bytes:
    head = f"tree {'0' * 40}\nauthor {WHO}\ncommitter {WHO}\n\n"
    return f"{head}{subject}\n\n{body}".encode()


def named(data: bytes) -> str:
    return hashlib.sha1(b"commit %d\0" % len(data) + data).hexdigest()


def loose(objects: Path, data: bytes, kind: bytes = b"commit") -> str:
    whole = kind + b" %d\0" % len(data) + data
    sha = hashlib.sha1(whole).hexdigest()
    path = objects / sha[:2] / sha[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.compress(whole))
    return sha


def pack(objects: Path, entries: list[tuple[str, int, bytes, bytes]]) -> None:
    """A pack of (name, type, what stands before the data, data) and its index."""
    folder = objects / "pack"
    folder.mkdir(parents=True, exist_ok=True)
    body, offsets = b"PACK" + struct.pack(">2I", 2, len(entries)), {}
    for sha, kind, before, data in entries:
        offsets[sha] = len(body)
        size, head = len(data), bytearray()
        head.append(kind << 4 | size & 15)
        size >>= 4
        while size:
            head[-1] |= 0x80
            head.append(size & 0x7F)
            size >>= 7
        body += bytes(head) + before + zlib.compress(data)
    (folder / "pack-a.pack").write_bytes(body + bytes(20))
    names = sorted(offsets)
    fan = [sum(n < f"{i + 1:02x}" for n in names) if i < 255 else len(names)
           for i in range(256)]  # fmt: skip
    index = b"\xfftOc" + struct.pack(">I", 2) + struct.pack(">256I", *fan)
    index += b"".join(map(bytes.fromhex, names)) + bytes(4 * len(names))
    index += b"".join(struct.pack(">I", offsets[n]) for n in names) + bytes(40)
    (folder / "pack-a.idx").write_bytes(index)


def delta(base: bytes, tail: bytes, keep: int) -> bytes:
    """A delta that keeps the first bytes of its base and adds some."""

    def size(n: int) -> bytes:
        found = bytearray()
        while n > 0x7F:
            found.append(n & 0x7F | 0x80)
            n >>= 7
        return bytes([*found, n])

    copy = bytes([0x80 | 0x10 | 0x20, keep & 0xFF, keep >> 8])
    return size(len(base)) + size(keep + len(tail)) + copy + bytes([len(tail)]) + tail


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    return tmp_path / "objects"


def test_a_loose_commit_is_found_by_its_abbreviated_hash(
    tmp_path: Path, objects: Path
) -> None:
    sha = loose(objects, commit_bytes("Start the lease clock at the first attempt"))
    with Repository(tmp_path) as repository:
        found = repository.commit(sha[:7])
    assert found is not None
    assert found.sha == sha
    assert found.subject == "Start the lease clock at the first attempt"
    assert found.at == 1_780_000_000_000


@pytest.mark.parametrize("by", ["whole", "offset", "name"])
def test_a_packed_commit_is_found_whole_and_as_a_delta(
    tmp_path: Path, objects: Path, by: str
) -> None:
    base = commit_bytes("Name the queue", "x" * 300)
    made = commit_bytes("Name the queue", "x" * 280 + "other words")
    keep = len(base) - 20
    assert made[:keep] == base[:keep]
    entries = [(named(base), 1, b"", base)]
    if by == "whole":
        entries.append((named(made), 1, b"", made))
    else:
        packed = delta(base, made[keep:], keep)
        distance = len(zlib.compress(base)) + 2
        near = bytes([distance & 0x7F])
        far = bytes([max(0, (distance >> 7) - 1) | 0x80]) + near
        back = near if distance < 0x80 else far
        before = back if by == "offset" else bytes.fromhex(named(base))
        entries.append((named(made), 6 if by == "offset" else 7, before, packed))
    pack(objects, entries)
    with Repository(tmp_path) as repository:
        found = repository.commit(named(made)[:10])
    assert found is not None
    assert (found.sha, found.subject) == (named(made), "Name the queue")


def test_only_the_one_commit_that_begins_so_is_meant(
    tmp_path: Path, objects: Path
) -> None:
    made = [loose(objects, commit_bytes(f"Change {n}")) for n in range(40)]
    blob = loose(objects, b"no commit", kind=b"blob")
    several = next(s[:1] for s in made if sum(o[0] == s[0] for o in made) > 1)
    with Repository(tmp_path) as repository:
        assert repository.commit(several) is None  # and too short besides
        assert repository.commit(blob[:12]) is None
        assert repository.commit("0" * 12) is None
        assert repository.commit("../../etc") is None
        assert all(repository.commit(sha) for sha in made)


def test_borrowed_objects_are_found_and_circles_end(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    sha = loose(theirs / "objects", commit_bytes("Borrowed"))
    for one, other in ((ours, theirs), (theirs, ours)):
        (one / "objects" / "info").mkdir(parents=True)
        path = other / "objects"
        (one / "objects" / "info" / "alternates").write_text(f"{path}\n")
    with Repository(ours) as repository:
        found = repository.commit(sha[:8])
    assert found is not None
    assert found.subject == "Borrowed"


def test_of_names_that_all_begin_alike_none_is_meant(
    tmp_path: Path, objects: Path
) -> None:
    data = commit_bytes("Flood the pond")
    alike = [(f"abcdef{n:034x}", 1, b"", data) for n in range(200)]
    pack(objects, [*alike, (named(data), 1, b"", data)])
    with Repository(tmp_path) as repository:
        assert repository.commit("abcdef") is None
        assert repository.commit(named(data)[:9]) is not None


def test_a_repository_that_unpacks_to_too_much_is_left_where_that_shows(
    tmp_path: Path, objects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memtui.ingest.git_objects._MOST_READ", 100_000)
    large = commit_bytes("Fill the pond", "z" * 90_000)
    pack(objects, [(named(large), 1, b"", large)])
    with Repository(tmp_path) as repository:
        assert repository.commit(named(large)) is not None
        assert repository.commit(named(large)) is None  # twice is too much


def test_a_list_of_folders_to_borrow_from_is_read_only_so_far(tmp_path: Path) -> None:
    info = tmp_path / "ours" / "objects" / "info"
    info.mkdir(parents=True)
    theirs = tmp_path / "theirs" / "objects"
    sha = loose(theirs, commit_bytes("Borrowed"))
    far = [str(tmp_path / f"pond-{n}") for n in range(100)]
    (info / "alternates").write_text("\n".join([*far, str(theirs)]))
    with Repository(tmp_path / "ours") as repository:
        assert repository.commit(sha) is None


def test_a_folder_that_is_gone_holds_no_commit(tmp_path: Path) -> None:
    with Repository(tmp_path / "nowhere") as repository:
        assert repository.commit("1234567") is None


@given(place=st.integers(0, 2_000), byte=st.integers(0, 255), end=st.integers(0, 4_000))
def test_no_torn_or_changed_pack_gets_out(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, end: int
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    data = commit_bytes("Name the queue", "y" * 100)
    pack(folder / "objects", [(named(data), 1, b"", data)])
    for name in ("pack-a.idx", "pack-a.pack"):
        path = folder / "objects" / "pack" / name
        whole = bytearray(path.read_bytes())
        whole[place % len(whole)] = byte
        path.write_bytes(whole[: max(1, end)])
    with Repository(folder) as repository:
        found = repository.commit(named(data)[:9])
    assert found is None or found.sha.startswith(named(data)[:9])


def test_a_pipe_in_the_place_of_an_object_does_not_hold_us_up(
    tmp_path: Path, objects: Path
) -> None:
    (objects / "12").mkdir(parents=True)
    os.mkfifo(objects / "12" / ("3" * 38))
    with Repository(tmp_path) as repository:
        assert repository.commit("12333") is None


@git
def test_what_git_itself_wrote_is_read(tmp_path: Path) -> None:
    env = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path),
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
        "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip

    def run(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=tmp_path, env=env, check=True, capture_output=True,
            text=True,
        ).stdout.strip()  # fmt: skip

    run("init", "-q")
    made = {}
    for number in range(30):
        run("commit", "-q", "--allow-empty", "-m", f"Change {number}\n\n{'z' * 500}")
        made[run("rev-parse", "HEAD")] = f"Change {number}"
        if number == 20:
            run("gc", "-q", "--aggressive")
    with Repository(tmp_path / ".git") as repository:
        found = {sha: repository.commit(sha[:10]) for sha in made}
    assert {sha: c.subject for sha, c in found.items() if c} == made
