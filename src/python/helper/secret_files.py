"""Texts that workers read as files and other users must not: in memory where the system can, else in the run directory."""

import os
import sys
from typing import List, Optional


class SecretFiles:
    def __init__(self) -> None:
        self._descriptors: List[int] = []
        self._files: List[str] = []

    def write(self, text: str, directory: str) -> str:
        """Returns the path at which processes of this user can read the text, until `close`."""
        return self._in_memory(text) or self._in_file(text, directory)

    def close(self) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        for file in self._files:
            try:
                os.unlink(file)
            except OSError:
                pass
        self._descriptors, self._files = [], []

    def _in_memory(self, text: str) -> Optional[str]:
        if sys.platform != "linux":
            return None
        try:
            descriptor = os.memfd_create("serve-bento")
        except (AttributeError, OSError):
            # An old C library, or a container that does not allow it.
            return None
        self._descriptors.append(descriptor)
        with open(descriptor, "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
        path = "/proc/%d/fd/%d" % (os.getpid(), descriptor)
        return path if os.access(path, os.R_OK) else None

    def _in_file(self, text: str, directory: str) -> str:
        path = os.path.join(directory, "k%d" % len(self._files))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._files.append(path)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path
