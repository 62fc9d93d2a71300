"""The one HTTP client: 60 seconds of silence end it, and so do ten minutes of talk."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from memtui.compress.endpoint import TIMEOUT_S, WHOLE_S

if TYPE_CHECKING:
    import httpx2


def be_quiet() -> None:
    """Let no library log what is sent: ``ANTHROPIC_LOG`` and the like would."""
    for name in ("anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.ERROR)


@contextmanager
def to_nobody() -> "Iterator[tuple[httpx2.Client, list[bytes]]]":
    """A client that sends nothing, and the bodies that it did not send."""
    import httpx2

    sent: list[bytes] = []

    def keep(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.read())
        return httpx2.Response(418)

    with httpx2.Client(transport=httpx2.MockTransport(keep), trust_env=False) as made:
        yield made, sent


def client(
    url: str, *, timeout: float | None = None, whole: float | None = None
) -> "httpx2.Client":
    """A client that follows nothing and reads nothing from the environment.

    No redirect (it would take the key elsewhere), no proxy and no ``.netrc`` that a
    variable names: what is sent goes where the config says.

    Args:
        url: where it will go; without TLS no certificates are loaded, which takes
            longer than a request to this machine.
        timeout: seconds of silence; None: ``TIMEOUT_S``.
        whole: seconds of an answer; None: ``WHOLE_S``.
    """
    import httpx2  # only who asks a model pays for it

    be_quiet()

    silence = TIMEOUT_S if timeout is None else timeout
    longest = WHOLE_S if whole is None else whole

    class Bounded(httpx2.SyncByteStream):
        """A body that has to end in time: bytes may trickle for ever."""

        def __init__(self, inner: httpx2.SyncByteStream) -> None:
            self._inner = inner
            self._until = time.monotonic() + longest

        def __iter__(self) -> Iterator[bytes]:
            for piece in self._inner:
                if time.monotonic() > self._until:
                    raise httpx2.ReadTimeout("The answer did not end in time.")
                yield piece

        def close(self) -> None:
            self._inner.close()

    class Transport(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            response = super().handle_request(request)
            assert isinstance(response.stream, httpx2.SyncByteStream)
            response.stream = Bounded(response.stream)
            return response

    return httpx2.Client(
        transport=Transport(verify=not url.startswith("http://"), trust_env=False),
        timeout=silence,
        follow_redirects=False,
        trust_env=False,
    )
