"""Caches bytecode in a folder of the extension if Python cannot cache it next to the modules.

This is the case if the packages are read-only or PYTHONDONTWRITEBYTECODE is set, as in many container images. The modules
would then be compiled at each start, which takes longer than everything else.
"""

import contextlib
import importlib.util
import os
import stat
import sys
from typing import Iterator, Optional


@contextlib.contextmanager
def kept_in(folder: Optional[str], module: str) -> Iterator[None]:
    """Makes Python read and write bytecode in the folder meanwhile, if it does not cache the bytecode of `module`."""
    if folder is None or not (lacks_bytecode(module) and is_ours(folder)):
        yield
        return
    before = sys.dont_write_bytecode
    # Python still ignores bytecode that does not match its source.
    sys.pycache_prefix, sys.dont_write_bytecode = folder, False
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = None, before


def lacks_bytecode(module: str) -> bool:
    """Whether the module has no cached bytecode, and importing it would not write any."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or spec.cached is None or sys.pycache_prefix is not None:
        return False
    if os.path.exists(spec.cached):
        return False
    return sys.dont_write_bytecode or not is_writable(os.path.dirname(spec.cached))


def is_writable(folder: str) -> bool:
    """Whether files can be created in the folder. If it does not exist, it would be created first."""
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return os.access(folder, os.W_OK)


def is_ours(folder: str) -> bool:
    """Whether only this user can write to the folder: its contents are executed."""
    if sys.platform == "win32":
        return False
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
