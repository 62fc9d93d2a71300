"""Writing a file so that a reader sees the old one or the new one, never a part."""

import os
import tempfile
from pathlib import Path


def replace_file(
    path: Path, data: bytes, *, mode: int = 0o600, at_ns: int | None = None
) -> None:
    """Write, flush to the disk, then put in place.

    Args:
        at_ns: the time that the file is to bear, in Unix ns; None: the present.

    Raises:
        OSError: nothing was changed.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        if at_ns is not None:
            os.utime(name, ns=(at_ns, at_ns))
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
