"""The loop of Linux and macOS."""

import os
import selectors
import signal
import time
from typing import Dict, Optional, Tuple

from .loop import Action, Callback, Loop

CHUNK = 65536
# After BURST pieces in a row, each smaller than SMALL bytes and less than GAP seconds after the one before, the output is
# read only every REST seconds, together with that of all other processes. A small piece costs the helper and the extension
# about as much as a large one, and a server under load writes hundreds of lines a second.
BURST = 10
GAP = 0.05
SMALL = 4096
REST = 0.025


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
        # The descriptors that are not read for now: until when, and what to call then. Ordered by time.
        self._resting: Dict[int, Tuple[float, Action]] = {}

    def read(self, fd: int, callback: Callback) -> None:
        os.set_blocking(fd, False)
        self.on_ready(fd, lambda: callback(_read(fd)))

    def read_output(self, fd: int, callback: Callback) -> None:
        os.set_blocking(fd, False)
        last, quick = 0.0, 0

        def read() -> None:
            nonlocal last, quick
            data = _read(fd)
            callback(data)
            now = time.monotonic()
            quick = quick + 1 if data and len(data) < SMALL and now - last < GAP else 0
            last = now
            if quick >= BURST and fd in self._selector.get_map():
                self._selector.unregister(fd)
                self._resting[fd] = (end_of_rest(now), read)

        self.on_ready(fd, read)

    def on_ready(self, fd: int, action: Action) -> None:
        self._selector.register(fd, selectors.EVENT_READ, action)

    def forget(self, fd: int) -> None:
        if self._resting.pop(fd, None) is None:
            self._selector.unregister(fd)

    def peek(self, fd: int) -> Optional[bytes]:
        return _read(fd)

    def run(self) -> None:
        while self._running:
            self.step(self._seconds_left())
            self._ring()

    def step(self, seconds: Optional[float]) -> None:
        for until, _ in self._resting.values():
            left = max(0.0, until - time.monotonic())
            seconds = left if seconds is None else min(left, seconds)
            break
        ready = self._selector.select(seconds)
        self._end_rests()
        for key, _ in ready:
            if key.fd == self._wake:
                while _read(self._wake):
                    pass
                self._on_child_exit()
            # What came before may have forgotten it, and even have the descriptor read for something else.
            elif self._selector.get_map().get(key.fd) is key:
                key.data()

    def _end_rests(self) -> None:
        now = time.monotonic()
        for fd, (until, action) in list(self._resting.items()):
            if until > now:
                break
            del self._resting[fd]
            self.on_ready(fd, action)


def end_of_rest(now: float) -> float:
    """Returns a time that is the same for all descriptors that rest now."""
    return (now // REST + 1) * REST


def _read(fd: int) -> Optional[bytes]:
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""
