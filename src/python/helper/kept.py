"""Texts that workers read as files and other users must not: in memory where the system can, else in the run directory."""

import os


class KeptTexts:
    def __init__(self):
        self._descriptors = []
        self._files = []

    def keep(self, text, directory):
        """Gives the path at which processes of this user can read it, until `close`."""
        return {"path": self._in_memory(text) or self._in_file(text, directory)}

    def close(self):
        for descriptor in self._descriptors:
            os.close(descriptor)
        for file in self._files:
            try:
                os.unlink(file)
            except OSError:
                pass
        self._descriptors, self._files = [], []

    def _in_memory(self, text):
        try:
            descriptor = os.memfd_create("serve-bento")
        except (AttributeError, OSError):
            # Not Linux, or a container that does not allow it.
            return None
        self._descriptors.append(descriptor)
        with open(descriptor, "w", encoding="utf-8", closefd=False) as file:
            file.write(text)
        path = "/proc/%d/fd/%d" % (os.getpid(), descriptor)
        return path if os.access(path, os.R_OK) else None

    def _in_file(self, text, directory):
        path = os.path.join(directory, "k%d" % len(self._files))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._files.append(path)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path
