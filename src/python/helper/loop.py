"""Waits for pipes and children, and calls back on the main thread."""

import os
import queue
import signal
import sys
import threading
import time

CHUNK = 65536


class Timer:
    """One thing that is done again and again while the loop runs."""

    _interval = None
    _action = None
    _next = 0.0

    def every(self, seconds, action):
        """From now on; None ends it."""
        self._interval = seconds
        self._action = action
        self._next = time.monotonic() + (seconds or 0)

    def _left(self):
        return None if self._interval is None else max(0.0, self._next - time.monotonic())

    def _ring(self):
        if self._interval is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._interval
            self._action()


class PosixLoop(Timer):
    """Single-threaded, so that forking with a `preexec_fn` is safe and parent-death signals hold."""

    def __init__(self):
        import selectors

        self._selector = selectors.DefaultSelector()
        self._running = True
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        self._wake = wake_read
        self._on_child_exit = lambda: None
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(wake_read, selectors.EVENT_READ, None)

    def on_child_exit(self, callback):
        self._on_child_exit = callback

    def read(self, fd, callback):
        """Calls back with each piece, and with b"" once at the end; None means nothing was there after all."""
        os.set_blocking(fd, False)
        self._selector.register(fd, 1, callback)

    def forget(self, fd):
        self._selector.unregister(fd)

    def peek(self, fd):
        """What is there now: at most a pipe's fill, which is one piece."""
        return _read(fd)

    def stop(self):
        self._running = False

    def run(self):
        while self._running:
            self.step(self._left())
            self._ring()

    def step(self, seconds):
        """One round of at most `seconds`; None waits for something to happen."""
        for key, _ in self._selector.select(seconds):
            if key.fd == self._wake:
                _drain(self._wake)
                self._on_child_exit()
            elif key.fd in self._selector.get_map():
                key.data(_read(key.fd))


def _read(fd):
    try:
        return os.read(fd, CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _drain(fd):
    while _read(fd):
        pass


class WindowsLoop(Timer):
    """Pipes cannot be waited for together on Windows: a thread for each hands its pieces to the main one."""

    def __init__(self):
        # Bounded: a thread that cannot hand over stops reading, which is the back-pressure.
        self._pieces = queue.Queue(maxsize=16)
        self._running = True
        self._on_child_exit = lambda: None

    def on_child_exit(self, callback):
        self._on_child_exit = callback

    def read(self, fd, callback):
        def pump():
            while True:
                try:
                    data = os.read(fd, CHUNK)
                except OSError:
                    data = b""
                self._pieces.put((callback, data))
                if not data:
                    return

        threading.Thread(target=pump, daemon=True).start()

    def forget(self, fd):
        pass

    def peek(self, fd):
        """The thread of the pipe brings what is there."""
        return None

    def stop(self):
        self._running = False

    def run(self):
        while self._running:
            self.step(0.1)
            self._ring()

    def step(self, seconds):
        try:
            callback, data = self._pieces.get(timeout=seconds)
            callback(data)
        except queue.Empty:
            pass
        self._on_child_exit()


def make_loop():
    return WindowsLoop() if sys.platform == "win32" else PosixLoop()
