"""How the process of a call ends."""

import subprocess
import sys

CODE = """
import atexit, gc
atexit.register(lambda: print("out of sight:", gc.get_freeze_count() > 0))
from memtui.cli import main
for _ in range(2):
    assert main(["--help"]) == 0
assert gc.get_freeze_count() == 0
"""


def test_python_looks_for_no_cycles_as_it_ends_but_until_then_as_ever() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("out of sight: True\n")
