"""Runs one of BentoML's workers with the arguments and model aliases of a build file that BentoML does not read by itself.

Usage: python build_file_worker.py JSON -m MODULE ARGUMENT…, or JSON FILE ARGUMENT…, as `python -m MODULE ARGUMENT…`.
"""

import importlib.abc
import importlib.machinery
import json
import os
import runpy
import sys
from typing import Any, Callable

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH = getattr(sys.flags, "safe_path", False)
CONTAINERS = "bentoml._internal.configuration.containers"


class AfterContainers(importlib.abc.MetaPathFinder):
    """Acts once BentoML has imported the module that holds the values: runners refuse a BentoML imported before them."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != CONTAINERS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader: Any = spec.loader
        exec_module = loader.exec_module

        def execute(module: Any) -> None:
            exec_module(module)
            self._act()

        loader.exec_module = execute
        return spec


def main() -> None:
    values = json.loads(sys.argv[1])
    here = os.path.dirname(os.path.abspath(__file__))
    if SAFE_PATH:
        sys.path.insert(0, here)
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    from serve_bento_planner import build_file

    sys.dont_write_bytecode = write_bytecode
    # As `python -m` has it; our modules would otherwise be in the way of the user's.
    if SAFE_PATH:
        sys.path.remove(here)
    else:
        sys.path[0] = os.getcwd()
    if CONTAINERS in sys.modules:
        build_file.set_values(values)
    else:
        sys.meta_path.insert(0, AfterContainers(lambda: build_file.set_values(values)))
    if sys.argv[2] == "-m":
        module = sys.argv[3]
        sys.argv = sys.argv[3:]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = sys.argv[2:]
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
