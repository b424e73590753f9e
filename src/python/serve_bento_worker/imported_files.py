"""Which code a worker runs, so that a change restarts the workers that use it, and no others."""

import functools
import hashlib
import json
import os
import sys
import sysconfig
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Dict, Optional, Sequence, Tuple

# Parts of the paths of packages that are installed, not written here.
INSTALLED = ("site-packages", "dist-packages")
# Bytecode is compared by whole seconds: what was compiled this soon after a save may be that of another save.
RACY = 2.0


class ImportedFiles:
    """A finder that finds nothing by itself: it asks those after it, and notes where the module comes from.

    Two kinds of lines, each a JSON array:
    `["file", PATH, DIGEST]`: it was imported; SHA-256 of its content, null for what is installed or no source;
    `["place", PATH, KIND]`: a module was looked for there, at a path without extension, and this is what was found.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._standard = standard_folders()
        self._users: Dict[str, bool] = {}

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        for finder in sys.meta_path:
            # Old finders have no `find_spec`.
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: Optional[ModuleSpec] = find(name, path, target) if find else None
            if spec is not None:
                if spec.has_location and spec.origin is not None:
                    self._note_places(name, path, spec.origin)
                    self._note_file(spec.origin, spec.cached)
                elif spec.origin is None:
                    self._note_places(name, path, None)
                return spec
        self._note_places(name, path, None)
        return None

    def _note_file(self, origin: str, compiled: Optional[str]) -> None:
        file = os.path.abspath(origin)
        digest = None
        if file.endswith(".py") and is_text(file) and self._is_the_users(os.path.dirname(file)):
            forget_racy(compiled, file)
            digest = digest_of(file)
        self._write("file", os.path.realpath(file) if digest is None else file, digest)

    def _note_places(self, name: str, path: Optional[Sequence[str]], origin: Optional[str]) -> None:
        """Where it would be found before the place where it was: what comes there later is imported instead."""
        last = name.rpartition(".")[2]
        for entry in sys.path if path is None else path:
            if not isinstance(entry, str):
                continue
            folder = os.path.abspath(entry)
            if not self._is_the_users(folder):
                if origin is not None and origin.startswith(os.path.join(folder, "")):
                    return
                continue
            place = os.path.join(folder, last)
            if is_text(place):
                self._write("place", place, kind_of(place))
            if origin is not None and os.path.abspath(origin).startswith((place + ".", place + os.sep)):
                return

    def _is_the_users(self, folder: str) -> bool:
        known = self._users.get(folder)
        if known is None:
            real = os.path.join(os.path.realpath(folder), "")
            installed = any(part in INSTALLED for part in real.split(os.sep))
            # The standard library may be an archive, too.
            known = not (installed or real.startswith(self._standard) or folder.endswith(".zip"))
            self._users[folder] = known
        return known

    def _write(self, *line: Optional[str]) -> None:
        try:
            os.write(self._fd, json.dumps(line).encode("ascii") + b"\n")
        except OSError:
            # A full disk is no reason to fail an import.
            pass


@functools.lru_cache(maxsize=None)
def standard_folders() -> Tuple[str, ...]:
    """Returns the folders of the standard library. The fork server calls it first, because it takes a while."""
    return tuple({os.path.join(os.path.realpath(sysconfig.get_path(name)), "") for name in ("stdlib", "platstdlib")})


def is_text(path: str) -> bool:
    """Other names than UTF-8 cannot be told to the extension."""
    try:
        path.encode("utf-8")
        return True
    except UnicodeEncodeError:
        return False


def forget_racy(compiled: Optional[str], source: str) -> None:
    if compiled is None:
        return
    try:
        if os.stat(compiled).st_mtime - os.stat(source).st_mtime < RACY:
            os.unlink(compiled)
    except OSError:
        # There is none, or its folder is read-only.
        pass


def digest_of(file: str) -> Optional[str]:
    try:
        with open(file, "rb") as source:
            return hashlib.sha256(source.read()).hexdigest()
    except OSError:
        return None


def kind_of(place: str) -> str:
    """What Python would find at the place, in its order."""
    if os.path.isfile(os.path.join(place, "__init__.py")):
        return "package"
    if os.path.isfile(place + ".py"):
        return "module"
    return "namespace" if os.path.isdir(place) else "none"


def note_imports(path: str) -> None:
    """Without such a file, every change counts."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    except OSError:
        return
    sys.meta_path.insert(0, ImportedFiles(fd))
