"""Properties that cost a store per example: a few in each run, many in a soak."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy


def few_or_many(
    few: int, many: int, *strategies: SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[[int], None]]:
    """Give the test ``few`` examples of these strategies; in a soak, ``many``.

    Explicit examples run in both.
    """

    def decorate(check: Callable[..., None]) -> Callable[[int], None]:
        numbers = [few, pytest.param(many, marks=pytest.mark.soak)]

        @pytest.mark.parametrize("examples", numbers)
        def run(examples: int) -> None:
            settings(max_examples=examples)(given(*strategies)(check))()

        run.__name__, run.__doc__ = check.__name__, check.__doc__
        return run

    return decorate
