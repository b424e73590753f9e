"""Imports that leave no files beside ours: the extension checks that its folder has only the files that came with it."""

import contextlib
import sys
from typing import Iterator


@contextlib.contextmanager
def not_written() -> Iterator[None]:
    """While it lasts, modules are imported without writing their bytecode."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
