"""Reports which of the user's files is being imported, so that it is known when Python dies without a word."""

import contextlib
import importlib.machinery
import os
from typing import Any, Callable, Iterator, List, Optional

from .sources import OURS, is_the_users, standard_folders


@contextlib.contextmanager
def reporting(report: Callable[[Optional[str]], None]) -> Iterator[None]:
    """While it lasts, `report` gets the innermost file that is being imported, at every change; None for no file."""
    loader = importlib.machinery.SourceFileLoader
    execute = loader.exec_module
    files: List[str] = []
    others = (*standard_folders(), os.path.join(os.path.dirname(os.__file__), ""), os.path.join(OURS, ""))

    def exec_module(self: Any, module: Any) -> None:
        path = getattr(self, "path", "")
        if not is_the_users(path, others):
            return execute(self, module)
        files.append(path)
        report(path)
        try:
            return execute(self, module)
        finally:
            files.remove(path)
            report(files[-1] if files else None)

    # Tracebacks and warnings leave out frames of the import system by this name.
    exec_module.__code__ = exec_module.__code__.replace(co_filename=execute.__code__.co_filename)
    loader.exec_module = exec_module  # type: ignore[method-assign]
    try:
        yield
    finally:
        del loader.exec_module

