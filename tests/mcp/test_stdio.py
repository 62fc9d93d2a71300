"""The program itself on a pipe, as a client starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from memtui.ingest.lock import ingesting
from tests.factories import transcript
from tests.mcp.conftest import Caller, Connect

CHECKOUT: Final = Path(__file__).resolve().parents[2]
HELLO: Final = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "codex-mcp-client", "version": "0"},
    },
}  # fmt: skip
STARTED: Final = {"jsonrpc": "2.0", "method": "notifications/initialized"}
OWN_MEMORY: Final = 80 << 10
"""KiB that the server may take, libraries and all."""


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


def request(id_: int, method: str, **params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def called(id_: int, tool: str, **arguments: object) -> dict[str, object]:
    return request(id_, "tools/call", name=tool, arguments=arguments)


PATIENT: Final = (
    "import sys; from memtui.cli import main; from memtui.mcp.fresh import Freshness; "
    "Freshness.freshen.__defaults__ = (600.0,); sys.exit(main(['mcp']))"
)
"""The same program, which waits for what is being read however slow the machine is."""


def talk(
    folder: Path, *messages: object, how: tuple[str, ...] = ("-m", "memtui", "mcp")
) -> list[dict[str, Any]]:
    """Say everything, close, and read what was answered."""
    lines = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
    done = subprocess.run(
        [sys.executable, *how], cwd=folder, env=environ(),
        input=b"".join(line + b"\n" for line in lines), capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_the_sdks_client_talks_with_the_program(project: Path) -> None:
    program = StdioServerParameters(
        command=sys.executable, args=["-m", "memtui", "mcp"], cwd=project,
        env=environ(),
    )  # fmt: skip
    async with Client(stdio_client(program)) as client:
        call = Caller(client)
        assert (await call("search", query="deadlines"))["project"] == "harbor-api"
        assert "memtui" in (client.instructions or "")


def test_it_answers_what_was_asked_before_the_client_left_and_ends(
    project: Path,
) -> None:
    said = talk(
        project, HELLO, STARTED, request(2, "tools/list"),
        called(3, "search", query="deadlines"), called(4, "recent"),
    )  # fmt: skip
    assert [one["id"] for one in said] == [1, 2, 3, 4]
    assert said[0]["result"]["serverInfo"]["name"] == "memtui"
    assert all("result" in one for one in said)


def test_unknown_methods_and_broken_lines_do_not_end_it(project: Path) -> None:
    said = talk(
        project,
        request(0, "server/discover"),
        HELLO,
        STARTED,
        request(5, "prompts/get", name="x"),
        request(6, "no/such/method"),
        b"\xff\xfe not json \x00",
        b"[1, 2",
        b'{"jsonrpc": "2.0", "id": {}, "method": 7}',
        called(7, "no_such_tool"),
        request(8, "tools/call", name=7, arguments=[1]),
        called(9, "recent"),
    )
    answers = {one["id"]: one for one in said if "id" in one}
    for asked in (5, 6):
        assert answers[asked]["error"]["code"] == -32601
    for asked in (7, 8):
        assert answers[asked]["error"]["code"] == -32602
    assert not answers[9]["result"]["isError"]


def test_whoever_sends_a_request_with_a_slip_is_told(project: Path) -> None:
    deep = "[" * 300 + "]" * 300
    said = talk(
        project, HELLO, STARTED,
        b'{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": '
        b'"remember", "arguments": {"text": "half \\ud800 a pair"}}}',
        b'{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": [1]}',
        b'{"jsonrpc": "2.0", "id": 4, "method": 7}',
        b'{"jsonrpc": "2.0", "id": "five", "method": "tools/call", "params": {"a": '
        + deep.encode() + b"}}",
        b"no json at all",
        b'{"jsonrpc": "2.0", "method": "notifications/odd", "params": [1]}',
        b"[" * 100_000,
        called(6, "remember", text="x" * (2 << 20)),
        b'{"method": "x", "params": {"id": 99, "a": "' + b"x" * (2 << 20)
        + b'"}, "jsonrpc": "2.0", "id": 7}',
        called(8, "recent"),
    )  # fmt: skip
    codes = [(one["id"], one["error"]["code"]) for one in said if "error" in one]
    assert sorted(codes, key=str) == sorted(
        [(2, -32602), (3, -32602), (4, -32600), ("five", -32602), (None, -32700),
         (None, -32600), (6, -32600), (7, -32600)],
        key=str,
    )  # fmt: skip
    assert any(one["id"] == 8 and "result" in one for one in said)


def test_a_request_under_an_id_that_is_none_is_told_so(project: Path) -> None:
    said = talk(
        project, HELLO,
        b'{"jsonrpc": "2.0", "id": null, "method": "notifications/initialized"}',
        b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}',
        b'{"jsonrpc": "2.0", "id": null, "method": "tools/list"}',
        b'{"jsonrpc": "2.0", "id": true, "method": "tools/list", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "odd", "params": {"id": 7}}',
        called(8, "recent"),
    )  # fmt: skip
    slips = [(one["id"], one["error"]["code"]) for one in said if "error" in one]
    assert slips == [(None, -32600)] * 3
    assert any(one["id"] == 8 and "result" in one for one in said)


def test_it_reads_what_is_new_before_it_answers(project: Path, home: Path) -> None:
    transcript(home=home, cwd=str(project), turns=["Paint the zeppelin green"])
    search = called(2, "search", query="zeppelin")
    *_, found = talk(project, HELLO, STARTED, search, how=("-c", PATIENT))
    assert "zeppelin" in found["result"]["content"][0]["text"]


def test_a_store_that_somebody_reads_into_is_looked_at_as_it_is(
    project: Path, home: Path, data: Path
) -> None:
    transcript(home=home, cwd=str(project), turns=["Paint the zeppelin green"])
    with ingesting(data):
        *_, found = talk(project, HELLO, STARTED, called(2, "search", query="zeppelin"))
    assert not found["result"]["isError"]
    assert '"found": []' in found["result"]["content"][0]["text"]


def test_the_clients_own_name_is_whose_word_it_is(
    project: Path, connect: Connect, data: Path
) -> None:
    made = called(2, "remember", text="The port is 8700.")
    *_, found = talk(project, HELLO, STARTED, made)
    assert not found["result"]["isError"]
    done = subprocess.run(
        [sys.executable, "-m", "memtui", "journal", "--json"], env=environ(),
        cwd=project, capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[0])["actor"] == "codex"


def test_the_project_is_the_one_that_the_client_names(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", str(project))
    *_, found = talk(tmp_path, HELLO, STARTED, called(2, "recent"))
    assert "harbor-api" in found["result"]["content"][0]["text"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_takes_little_memory_of_its_own(
    project: Path, added: Callable[..., str]
) -> None:
    for n in range(20):
        added(f"Lantern {n} is lit at dusk", project)
    program = subprocess.Popen(
        [sys.executable, "-m", "memtui", "mcp"], cwd=project, env=environ(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert program.stdin
    assert program.stdout
    with program:
        asked = [called(n, "search", query=f"lantern {n}") for n in range(2, 22)]
        for message in (HELLO, STARTED, *asked):
            program.stdin.write(json.dumps(message).encode() + b"\n")
        program.stdin.flush()
        answers = [json.loads(program.stdout.readline()) for _ in range(21)]
        assert not answers[-1]["result"]["isError"]
        status = Path(f"/proc/{program.pid}/status").read_text()
        program.stdin.close()
    took = {line.split()[0]: int(line.split()[1]) for line in status.splitlines()
            if line.startswith("Vm")}  # fmt: skip
    assert took["VmHWM:"] < OWN_MEMORY  # libraries that others share are in it


SLIM: Final = """
import sys
from memtui.mcp import slim
{before}
server = slim.server()
packages = {{name.partition(".")[0] for name in sys.modules}}
print(sorted(packages & {{"httpx2", "mcp", "starlette"}}))
print("mcp.client" in sys.modules, callable(server.serve))
"""


def imported(before: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", SLIM.format(before=before)],
        env=environ(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_of_the_sdk_no_client_is_imported() -> None:
    assert imported() == ["['mcp', 'starlette']", "False True"]


def test_what_reads_transcripts_is_loaded_after_the_client_was_answered() -> None:
    told = "import memtui.mcp.tools, memtui.mcp.fresh, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told],
        env=environ(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(done.stdout.split())
    assert "memtui.mcp.looking" in loaded
    late = {"memtui.ingest", "memtui.readers", "memtui.distil"}
    assert not {name for name in loaded if ".".join(name.split(".")[:2]) in late}


def test_a_version_of_the_sdk_that_asks_for_more_is_imported_as_it_is() -> None:
    nothing_there = (
        "slim._pass_through = lambda _, do=slim._pass_through: do(['/none'])"
    )
    assert imported(nothing_there) == ["['httpx2', 'mcp', 'starlette']", "True True"]
