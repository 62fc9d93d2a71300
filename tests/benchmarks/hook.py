"""What the SessionStart hook costs a session that starts."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from memtui.inject.render import envelope
from tests.benchmarks.measure import CHECKOUT, Result, environment, in_turn

ANSWER = (
    '{"hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"%s"}}'
)
UNITS = 4_000


def results(folder: Path, *, times: int) -> Iterator[Result]:
    """Print one export, against ``cat`` of the same file. Default data path."""
    project = folder / "src" / "harbor-api"
    (project / ".git").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    root = folder / ".local" / "share" / "memtui" / "export"
    export = root / str(project).lstrip("/") / "startup.json"
    export.parent.mkdir(parents=True)
    export.write_bytes(envelope("x" * UNITS))
    hook = [str(CHECKOUT / "hooks" / "session-start"), "startup"]
    cat = ["sh", "-c", f"exec cat '{export}'"]
    env = environment(folder) | {"CLAUDE_PROJECT_DIR": str(project)}
    said = subprocess.run(hook, env=env, cwd=project, capture_output=True, check=True)
    if said.stdout != export.read_bytes():
        raise RuntimeError(f"the hook did not print the export: {said.stdout[:200]!r}")
    ours, floor = in_turn(
        lambda: _wall(hook, env, project), lambda: _wall(cat, env, project), times
    )
    yield Result(
        what="SessionStart hook, wall", ours=ours * 1000, floor=floor * 1000, unit="ms",
        goal=1.5, floor_is="sh -c 'exec cat FILE'",
    )  # fmt: skip


def _wall(command: list[str], env: dict[str, str], cwd: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=env, cwd=cwd, capture_output=True, check=True)
    return time.perf_counter() - begun
