"""Modules that are loaded when first used: a command that needs no database and no lake does not wait for them to load."""

from importlib import import_module
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module until one of its names is asked for; then it is imported as any other.

    importlib's own LazyLoader leaves half-made modules where others import them from: packages like SQLAlchemy break on that.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def later(name: str) -> ModuleType:
    """The module of this name, imported when one of its names is first asked for: then raises ModuleNotFoundError when there is none."""
    return Later(name)
