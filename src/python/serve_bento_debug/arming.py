"""Has a worker do what the helper asks for, such as attaching a debugger, without a restart.

Only signal handlers are installed: no thread, no socket, and nothing of the debugger is imported before it is needed.
"""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from typing import Any

# Environment variables of workers: the helper's socket, and whether to ask there before the service is imported.
SOCKET = "SERVE_BENTO_DEBUG"
AT_START = "SERVE_BENTO_DEBUG_AT_START"
# No library uses it (Linux); what is not armed ignores it (macOS). Windows has neither, and no socket.
SIGNAL = int(getattr(signal, "SIGRTMIN", -8)) + 8 or int(getattr(signal, "SIGINFO", 0))
# Has the stacks of all threads written, by C code, so that it works for whatever the interpreter is busy with.
STACKS_SIGNAL = int(getattr(signal, "SIGRTMIN", -9)) + 9 or int(getattr(signal, "SIGEMT", 0))


def arm() -> None:
    """Must be called by the main thread, which is the one that handles signals."""
    path = os.environ.pop(SOCKET, None)
    at_start = os.environ.pop(AT_START, None) is not None
    if path is None:
        return

    def handle(*_: Any) -> None:
        if starts_thread():
            # Requests start threads, so try again when this thread has started.
            os.kill(os.getpid(), SIGNAL)
        else:
            handle_requests(path)

    signal.signal(SIGNAL, handle)
    with contextlib.suppress(OSError):
        arm_stacks(stacks_file(os.path.dirname(path), os.getpid()))
    if at_start:
        handle_requests(path)


def stacks_file(folder: str, pid: int) -> str:
    """Returns the file for stacks. Its first line describes the main thread. It exists once the worker is armed."""
    return os.path.join(folder, "stacks-%d" % pid)


def arm_stacks(path: str) -> None:
    if sys.platform == "win32":
        return
    else:
        partial = path + ".partial"
        # Removes the files of an earlier process with the same id.
        for one in (partial, path):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(one)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        # Stays open: there is no time to open it when it is needed.
        file = os.open(partial, flags, 0o600)
        faulthandler.register(STACKS_SIGNAL, file, all_threads=True)
        os.write(file, b"main %d %s\n" % (threading.get_ident(), outermost_call()))
        os.rename(partial, path)


def outermost_call() -> bytes:
    """Returns the name and the file of this thread's outermost call, escaped as by `faulthandler`."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
    return f"{frame.f_code.co_name} {frame.f_code.co_filename}".encode("ascii", "backslashreplace")


def starts_thread() -> bool:
    """Whether the interrupted code may be starting a thread, with a lock that it would wait for itself."""
    lock: Any = getattr(threading, "_active_limbo_lock", None)
    if lock is None:
        return False
    if lock.acquire(blocking=False):
        lock.release()
        return False
    return True


def handle_requests(path: str) -> None:
    """Handles all requests of the helper. Our modules are on the import path only while they are imported."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, here)
    try:
        from . import requests
    finally:
        sys.path.remove(here)
        sys.dont_write_bytecode = write_bytecode
    # One signal may stand for several requests.
    while requests.handle_next(path):
        pass
