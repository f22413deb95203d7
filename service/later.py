"""Modules that are loaded when first used: a command that needs no database and no lake does not wait for them to load."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def later(name: str) -> ModuleType:
    """The module of this name, read when one of its names is first asked for. Raises ModuleNotFoundError when there is none."""
    if name in sys.modules:
        return sys.modules[name]
    spec: ModuleSpec | None = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"no module named {name!r}", name=name)
    loader = LazyLoader(spec.loader)
    spec.loader = loader
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module
