"""The loop of Linux and macOS."""

import os
import selectors
import signal
from typing import Optional

from .loop import Action, Callback, Loop

CHUNK = 65536


class PosixLoop(Loop):
    """Single-threaded, so that forking with a `preexec_fn` is safe and parent-death signals hold."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = selectors.DefaultSelector()
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        self._wake = wake_read
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(wake_read, selectors.EVENT_READ, None)

    def read(self, fd: int, callback: Callback) -> None:
        os.set_blocking(fd, False)
        self.on_ready(fd, lambda: callback(_read(fd)))

    def on_ready(self, fd: int, action: Action) -> None:
        self._selector.register(fd, selectors.EVENT_READ, action)

    def forget(self, fd: int) -> None:
        self._selector.unregister(fd)

    def peek(self, fd: int) -> Optional[bytes]:
        return _read(fd)

    def run(self) -> None:
        while self._running:
            self.step(self._seconds_left())
            self._ring()

    def step(self, seconds: Optional[float]) -> None:
        for key, _ in self._selector.select(seconds):
            if key.fd == self._wake:
                while _read(self._wake):
                    pass
                self._on_child_exit()
            elif key.fd in self._selector.get_map():
                key.data()


def _read(fd: int) -> Optional[bytes]:
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
