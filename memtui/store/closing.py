"""What holds a connection for as long as its ``with`` lasts."""

import sqlite3
from typing import Self


class Closing:
    """Gives its connection back when it is closed, or at the end of its ``with``."""

    _conn: sqlite3.Connection

    def close(self) -> None:
        """Give the connection back."""
        self._conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
