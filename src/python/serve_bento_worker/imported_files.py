"""Which files a worker imports, so that a changed one restarts the workers that use it, and no others."""

import os
import sys


class ImportedFiles:
    """A finder that finds nothing by itself: it asks those after it, and notes where the module comes from."""

    def __init__(self, fd):
        self._fd = fd

    def find_spec(self, name, path=None, target=None):
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find and find(name, path, target)
            if spec:
                if spec.has_location:
                    self._note(spec.origin)
                return spec
        return None

    def _note(self, file):
        try:
            os.write(self._fd, os.fsencode(os.path.realpath(file)) + b"\n")
        except OSError:
            # A full disk is no reason to fail an import.
            pass


def note_imports(path):
    """Without such a file, every change counts."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    sys.meta_path.insert(0, ImportedFiles(fd))
