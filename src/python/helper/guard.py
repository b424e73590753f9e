"""Starts the process that ends what the helper leaves when it is killed together with the extension host (Linux)."""

import os
import sys
from typing import Any, Mapping, Optional, Sequence

from serve_bento_shared.json_lines import encode


class Guard:
    """The helper's end of the guard's pipe; elsewhere than on Linux there is none."""

    def __init__(self, fd: Optional[int] = None) -> None:
        self._fd = fd

    def remember(self, folders: Sequence[str]) -> None:
        """Has the guard remove these folders where the helper cannot do it."""
        self._send({"remove": list(folders)})

    def dismiss(self) -> None:
        """The helper has ended everything itself."""
        self._send({"done": True})

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._fd is None:
            return
        try:
            os.write(self._fd, encode(message))
        except OSError:
            # Somebody has killed it.
            pass


def start_guard(mark: str) -> Guard:
    """To be called first: the guard inherits what is open, and must be nobody's child."""
    if sys.platform == "linux":
        from .guard_process import run_guard

        reading, writing = os.pipe()
        try:
            between = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            return Guard()
        if between == 0:
            try:
                if os.fork() == 0:
                    run_guard(reading, mark)
            finally:
                os._exit(0)
        os.waitpid(between, 0)
        os.close(reading)
        return Guard(writing)
    else:
        return Guard()
