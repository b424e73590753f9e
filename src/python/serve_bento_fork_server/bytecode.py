"""Bytecode that is kept in a folder of the extension, where Python keeps none beside the modules.

That is so where packages cannot be written to, or where PYTHONDONTWRITEBYTECODE is set, as in many container images: the
modules are then compiled at each start, which takes longer than everything else.
"""

import contextlib
import importlib.util
import os
import stat
import sys
from typing import Iterator, Optional


@contextlib.contextmanager
def kept_in(folder: Optional[str], module: str) -> Iterator[None]:
    """While it lasts, bytecode is read from the folder and written to it, if Python keeps none of `module`."""
    if folder is None or not (lacks_bytecode(module) and is_ours(folder)):
        yield
        return
    before = sys.dont_write_bytecode
    # As ever, Python uses none that is older than its source.
    sys.pycache_prefix, sys.dont_write_bytecode = folder, False
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = None, before


def lacks_bytecode(module: str) -> bool:
    """Whether there is no bytecode of the module, and an import would not write it."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or spec.cached is None or sys.pycache_prefix is not None:
        return False
    if os.path.exists(spec.cached):
        return False
    return sys.dont_write_bytecode or not is_writable(os.path.dirname(spec.cached))


def is_writable(folder: str) -> bool:
    """Whether files can be made in the folder, which is made first if it does not exist."""
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return os.access(folder, os.W_OK)


def is_ours(folder: str) -> bool:
    """Whether nobody else can write there: what it has is executed."""
    if sys.platform == "win32":
        return False
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
