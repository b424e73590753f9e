"""Changes modules when a worker imports them, and not before."""

import importlib.abc
import sys
from typing import Any, Callable

Change = Callable[[Any], None]


def after_import(name: str, change: Change) -> None:
    """Calls `change` with the module once it has been imported; at once when it has been already."""
    package = name.partition(".")[0]
    if name in sys.modules and package in sys.modules:
        change(sys.modules[name])
    elif name in sys.modules:
        # Inherited: see inherited.py.
        after_import(package, lambda _: change(sys.modules[name]))
    else:
        sys.meta_path.insert(0, AfterImport(name, change))


class AfterImport(importlib.abc.MetaPathFinder):
    """Finds the module through the finders after it, and lets go of it once it is found."""

    def __init__(self, name: str, change: Change) -> None:
        self._name = name
        self._change = change

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self._name:
            return None
        after = sys.meta_path[sys.meta_path.index(self) + 1 :]
        sys.meta_path.remove(self)
        spec = next((spec for finder in after for spec in [find(finder, name, path, target)] if spec), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                self._change(module)

            loader: Any = spec.loader
            loader.exec_module = exec_module
        return spec


def find(finder: Any, name: str, path: Any, target: Any) -> Any:
    find_spec = getattr(finder, "find_spec", None)
    return find_spec and find_spec(name, path, target)
