"""Whether a shell above us would bring a suspended app back."""

import os
from pathlib import Path


def can_come_back() -> bool:
    """Whether a process of our session, but of another job, stands above us.

    A terminal or a tmux pane that runs the app itself has no such shell: there the
    kernel drops the signal that suspends, and nobody would ever continue the app.
    """
    above = os.getppid()
    try:
        while above > 1 and os.getsid(above) == os.getsid(0):
            if os.getpgid(above) != os.getpgrp():
                return True
            above = _parent_of(above)
    except OSError:
        return True  # no /proc: the kernel is asked by trying
    return False


def _parent_of(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])
