"""On what kind of file system a store lies: some cannot do what it needs."""

import os
import re
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
_NETWORK: Final = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs",
        "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs",
        "drvfs",
    }
)  # fmt: skip
"""Locks and shared memory of such hold for one machine at most, or not at all."""
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def network_kind(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of network file system a folder lies on; empty: none that we know.

    Args:
        mounts: as Linux tells them; elsewhere there is no such file, and no answer.
    """
    try:
        told = mounts.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    place = os.path.realpath(folder)
    best, kind = -1, ""
    for line in told.splitlines():
        fields, _, rest = line.partition(" - ")
        names = fields.split(" ")
        if len(names) < 5 or not rest:
            continue
        root = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), names[4])
        inside = place == root or place.startswith(root.rstrip("/") + "/")
        if inside and len(root) >= best:
            best, kind = len(root), rest.split(" ")[0]
    return kind if kind in _NETWORK else ""
