"""What another memory tool's start of a session costs, beside ours.

claude-mem is installed into a folder of its own (``--peers``) and run with a home of
its own, where no network is but loopback: what a person has of it is not touched.
Its worker is warm and its store empty, which is the least that it can have to do.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from memtui.inject.render import envelope
from tests.benchmarks import hook
from tests.benchmarks.measure import Result, environment, in_turn

PEER: Final = "claude-mem"
VERSION: Final = "13.25.3"
TIMES_FASTER: Final = 100
_INSTALL: Final = f"""
    npm pack --silent {PEER}@{VERSION} && tar xzf {PEER}-{VERSION}.tgz &&
    npm install --silent --ignore-scripts --no-audit --no-fund --prefix . bun &&
    cp node_modules/@oven/*/bin/bun bin/ &&
    cd package/plugin && ../../bin/bun install --frozen-lockfile --ignore-scripts
"""


def results(folder: Path, *, peers: Path, times: int) -> Iterator[Result]:
    """Its pair of SessionStart hooks against our hook, and against our pair."""
    plugin = installed(peers)
    project = folder / "project"
    project.mkdir()
    data = folder / ".local" / "share" / "memtui"
    export = data / "export" / str(project).lstrip("/") / "startup.json"
    export.parent.mkdir(parents=True)
    export.write_bytes(envelope("x" * hook.UNITS))
    env = environment(folder) | {"CLAUDE_PROJECT_DIR": str(project), "CLAUDECODE": "1"}
    told, read = hook.wired(data)
    home = peers / "home"
    with _alone(home, folder) as inside:
        theirs = _pair(plugin)
        around = {
            "PATH": f"{peers / 'bin'}:{os.environ['PATH']}", "HOME": str(home),
            "LANG": "C.UTF-8", "CLAUDE_PLUGIN_ROOT": str(plugin), "CLAUDECODE": "1",
        }  # fmt: skip
        peer = partial(_wall, [[*inside, *one] for one in theirs], around, project)
        peer()  # the first one starts its worker
        for what, ours in (("hook", [told]), ("pair of hooks", [told, read])):
            wall, floor = in_turn(peer, partial(_wall, ours, env, project), times)
            yield Result(
                what=f"SessionStart pair of {PEER} {VERSION}, wall", ours=wall * 1000,
                floor=floor * 1000, unit="ms", goal=0,
                least=TIMES_FASTER if len(ours) == 1 else 0, floor_is=f"our {what}",
            )  # fmt: skip


def installed(peers: Path) -> Path:
    """Its plugin, fetched once into this folder.

    Raises:
        RuntimeError: npm or the network is missing.
    """
    peers = peers.absolute()
    plugin = peers / "package" / "plugin"
    if not (plugin / "node_modules").is_dir():
        (peers / "bin").mkdir(parents=True, exist_ok=True)
        env = {**os.environ, "HOME": str(peers / "home")}
        (peers / "home").mkdir(exist_ok=True)
        done = subprocess.run(
            ["sh", "-ec", _INSTALL], cwd=peers, env=env, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{PEER} cannot be installed: {done.stderr[-500:]}")
    return plugin


def _pair(plugin: Path) -> list[list[str]]:
    said = json.loads((plugin / "hooks" / "hooks.json").read_text())
    (group,) = said["hooks"]["SessionStart"]
    return [["bash", "-c", one["command"]] for one in group["hooks"]]


@contextmanager
def _alone(home: Path, ours: Path) -> Iterator[list[str]]:
    """Words before a command that sees loopback only; what both leave is ended."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    loopback = "ip link set lo up && echo ready && exec sleep 3600"
    holder = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", loopback], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    try:
        if not holder.stdout.readline():
            raise RuntimeError("No network namespace can be made here.")
        yield ["nsenter", "-n", "-t", str(holder.pid)]
    finally:
        while left := [*_of_home(home), *_of_home(ours)]:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        holder.kill()
        holder.wait()
        holder.stdout.close()


def _of_home(home: Path) -> Iterator[int]:
    """Processes whose home this is."""
    mark = f"HOME={home}\0".encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                if mark in (folder / "environ").read_bytes():
                    yield int(folder.name)
            except OSError:
                continue  # it has ended, or is another's


def _wall(commands: list[list[str]], env: dict[str, str], cwd: Path) -> float:
    """Seconds until all of them have ended, begun together as a client does."""
    asked = {
        "session_id": "11111111-1111-4111-8111-111111111111", "cwd": str(cwd),
        "hook_event_name": "SessionStart", "source": "startup",
    }  # fmt: skip
    begun = time.perf_counter()
    running = [
        subprocess.Popen(
            words, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]  # fmt: skip
    for one in running:
        _, _ = one.communicate(json.dumps(asked).encode())
    took = time.perf_counter() - begun
    if any(one.returncode for one in running):
        raise RuntimeError(f"A hook failed: {[one.returncode for one in running]}")
    return took
