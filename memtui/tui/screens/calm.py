"""A trouble with the store is said in the status line; it never ends the app."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from memtui.errors import MemtuiError

Work = TypeVar("Work", bound=Callable[..., Coroutine[Any, Any, None]])


class Says(Protocol):
    """A screen with a status line."""

    def say(self, text: str) -> None:
        """A message that stays until the next key."""


def calm(work: Work) -> Work:
    """Say what went wrong instead of failing. For methods of screens."""

    @wraps(work)
    async def said(self: Says, *args: object, **kwargs: object) -> None:
        try:
            await work(self, *args, **kwargs)
        except MemtuiError as error:
            self.say(f"{error.message} {error.hint}".strip())

    return cast(Work, said)
