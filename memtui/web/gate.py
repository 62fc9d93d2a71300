"""Who may see the app in a browser. Pure: no server, no clock.

Any program of any user of this machine can reach a port of it, and any page that a
browser shows can ask for one. So the address is secret twice: its path, and a token
that enters once and is exchanged for a cookie. The names that the server answers to
are fixed, so that no name elsewhere can be made to lead here, and a page of another
origin cannot open its socket.
"""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import compare_digest
from typing import Final

COOKIE: Final = "memtui"
_BYTES: Final = 24


class Verdict(StrEnum):
    """What becomes of a request."""

    PASS = "pass"
    ENTER = "enter"
    """The token was right, and is spent: it gets the cookie."""
    SPENT = "This address was used already. Start memtui serve again."
    REFUSED = "This is memtui of somebody else."


def _drawn() -> str:
    return secrets.token_hex(_BYTES)  # of other letters our own mask would hide it


@dataclass(slots=True)
class Gate:
    """One server's gate."""

    port: int
    base: str = field(default_factory=_drawn)
    token: str = field(default_factory=_drawn)
    session: str = field(default_factory=_drawn)
    """What the cookie holds."""
    _spent: bool = False

    @property
    def origin(self) -> str:
        """The one name that the server answers to, as a browser names it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def path(self) -> str:
        """Everything lies below it."""
        return f"/{self.base}/"

    @property
    def address(self) -> str:
        """What a person opens, once."""
        return f"{self.origin}{self.path}?token={self.token}"

    @property
    def cookie(self) -> str:
        """The header that lets a browser come back; no script reads it, and no other
        path, so no other port of this machine, is sent it."""
        return f"{COOKIE}={self.session}; Path={self.path}; HttpOnly; SameSite=Strict"

    def judge(
        self,
        *,
        host: str,
        path: str,
        origin: str | None = None,
        cookie: str = "",
        token: str | None = None,
    ) -> Verdict:
        """What becomes of a request.

        Args:
            host: its ``Host`` header.
            origin: its ``Origin`` header; None: it has none.
            cookie: the value of ours; empty: it has none.
            token: the one in its address; None: there is none.
        """
        if f"http://{host}" != self.origin or origin not in (None, self.origin):
            return Verdict.REFUSED
        if not _same(path[: len(self.path)], self.path):
            return Verdict.REFUSED
        if _same(cookie, self.session):
            return Verdict.PASS
        if token is None or path != self.path or not _same(token, self.token):
            return Verdict.REFUSED
        if self._spent:
            return Verdict.SPENT
        self._spent = True
        return Verdict.ENTER


def _same(one: str, other: str) -> bool:
    """Compared in a time that says nothing of where they differ."""
    return compare_digest(one.encode("utf-8", "replace"), other.encode())
