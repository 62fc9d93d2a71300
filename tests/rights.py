"""Processes that may write only where the modes let them, whoever runs the tests."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def by_nobody_special(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """A call by somebody who is not above the modes of files."""

    def drop() -> None:
        libc = ctypes.CDLL(None)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)

    if os.geteuid() == 0 and not sys.platform.startswith("linux"):
        pytest.skip("the superuser can write anywhere")
    return subprocess.run(
        words, preexec_fn=drop if os.geteuid() == 0 else None,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
