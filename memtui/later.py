"""Modules that are imported when something in them is first asked for.

Starting the app is mostly importing, and most of what can be asked of the store is
not asked before something is on the screen. Types see the real modules::

    if TYPE_CHECKING:
        from memtui.store.search import find
    else:
        find = later("memtui.store.search.find")
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType


class Later(ModuleType):
    """Stands for a module until something in it is asked for, and after."""

    def __getattr__(self, name: str) -> object:
        # not looked up by hand: another thread may be half way through it
        return getattr(import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    """The module of this full name, not imported yet."""
    return Later(name)


def names_later(own: str, places: Mapping[str, str]) -> Callable[[str], object]:
    """A module's ``__getattr__``: names that it has from elsewhere, when asked for.

    Args:
        own: the module's name.
        places: full name of the module, by the name that comes from there.
    """

    def found(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {own!r} has no attribute {name!r}")
        return getattr(import_module(places[name]), name)

    return found
