"""The loop of Windows, where pipes cannot be waited for together."""

import os
import queue
import threading
from typing import Optional, Tuple

from .loop import Action, Callback, Loop

CHUNK = 65536
# Seconds: the end of a child is found by looking.
STEP = 0.1


class WindowsLoop(Loop):
    """A thread for each pipe hands its pieces to the main one."""

    def __init__(self) -> None:
        super().__init__()
        # Bounded: a thread that cannot hand over stops reading, which is the back-pressure.
        self._pieces: queue.Queue[Tuple[Callback, bytes]] = queue.Queue(maxsize=16)

    def read(self, fd: int, callback: Callback) -> None:
        def pump() -> None:
            while True:
                try:
                    data = os.read(fd, CHUNK)
                except OSError:
                    data = b""
                self._pieces.put((callback, data))
                if not data:
                    return

        threading.Thread(target=pump, daemon=True).start()

    def on_ready(self, fd: int, action: Action) -> None:
        raise OSError("there are no Unix sockets on this system")

    def forget(self, fd: int) -> None:
        """The thread ends with the pipe."""

    def peek(self, fd: int) -> Optional[bytes]:
        """Reads nothing: the thread of the pipe brings what is there."""
        return None

    def run(self) -> None:
        while self._running:
            self.step(STEP)
            self._ring()

    def step(self, seconds: Optional[float]) -> None:
        try:
            callback, data = self._pieces.get(timeout=seconds)
            callback(data)
        except queue.Empty:
            pass
        self._on_child_exit()
