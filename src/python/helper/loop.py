"""Waits for pipes, children and one timer, and calls back on the main thread."""

import abc
import sys
import time
from typing import Callable, Optional

# Gets each piece, and b"" once at the end; None means that nothing was there after all.
Callback = Callable[[Optional[bytes]], None]
Action = Callable[[], None]


class Loop(abc.ABC):
    def __init__(self) -> None:
        self._running = True
        self._on_child_exit: Action = lambda: None
        self._interval: Optional[float] = None
        self._action: Action = lambda: None
        self._next = 0.0

    def on_child_exit(self, callback: Action) -> None:
        self._on_child_exit = callback

    @abc.abstractmethod
    def read(self, fd: int, callback: Callback) -> None:
        """Calls back with what comes there until `forget`."""

    def read_output(self, fd: int, callback: Callback) -> None:
        """Like `read`, for a process that may write many small pieces: they may be combined, after a short delay."""
        self.read(fd, callback)

    @abc.abstractmethod
    def on_ready(self, fd: int, action: Action) -> None:
        """Calls back whenever something can be read or accepted there, which the action does, until `forget`."""

    @abc.abstractmethod
    def forget(self, fd: int) -> None: ...

    @abc.abstractmethod
    def peek(self, fd: int) -> Optional[bytes]:
        """Reads what is there now: at most a pipe's fill, which is one piece."""

    @abc.abstractmethod
    def step(self, seconds: Optional[float]) -> None:
        """Waits once, for at most `seconds`; None waits for something to happen."""

    @abc.abstractmethod
    def run(self) -> None:
        """Waits until `stop`."""

    def stop(self) -> None:
        self._running = False

    def every(self, seconds: float, action: Action) -> None:
        """Sets the timer, in place of the one that is set."""
        self._interval = seconds
        self._action = action
        self._next = time.monotonic() + seconds

    def cancel_timer(self) -> None:
        self._interval = None

    def _seconds_left(self) -> Optional[float]:
        return None if self._interval is None else max(0.0, self._next - time.monotonic())

    def _ring(self) -> None:
        if self._interval is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._interval
            self._action()


def make_loop() -> Loop:
    if sys.platform == "win32":
        from .windows_loop import WindowsLoop

        return WindowsLoop()
    else:
        from .posix_loop import PosixLoop

        return PosixLoop()
