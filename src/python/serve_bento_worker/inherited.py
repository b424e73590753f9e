"""Packages that a forked worker inherits, hidden until the worker imports them.

Some workers refuse to run if a package is in `sys.modules` too early, because they first set variables that the package
reads when it is imported. The fork server checks that it has not read any of these variables.
"""

import copy
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Iterable, Optional, Sequence


def hide(names: Iterable[str]) -> None:
    """Hides the packages until they are imported. Their submodules stay in `sys.modules`."""
    for name in names:
        if name in sys.modules:
            sys.meta_path.insert(0, InheritedPackage(sys.modules.pop(name)))


class InheritedPackage(MetaPathFinder, Loader):
    """Finds a package that was imported before the fork, and does not execute it again."""

    def __init__(self, package: ModuleType) -> None:
        self._package = package

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        original = self._package.__spec__
        if name != self._package.__name__ or original is None:
            return None
        spec = copy.copy(original)
        spec.loader, spec.loader_state = self, original
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        sys.meta_path.remove(self)
        return self._package

    def exec_module(self, module: ModuleType) -> None:
        """Restores the spec that the import machinery has replaced."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state
