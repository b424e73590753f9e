"""Has a worker do what the helper asks for, such as attaching a debugger, without a restart.

Only a signal handler is installed: no thread, no socket, and nothing of the debugger is imported before it is needed.
"""

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


def arm() -> None:
    """Must be called by the main thread, which is the one that handles signals."""
    path = os.environ.pop(SOCKET, None)
    at_start = os.environ.pop(AT_START, None) is not None
    if path is None:
        return

    def handle(*_: Any) -> None:
        if starts_thread():
            # What is asked for starts threads: once this one has been started.
            os.kill(os.getpid(), SIGNAL)
        else:
            obey_helper(path)

    signal.signal(SIGNAL, handle)
    if at_start:
        obey_helper(path)


def starts_thread() -> bool:
    """Whether the interrupted code may be starting a thread, with a lock that it would wait for itself."""
    lock: Any = getattr(threading, "_active_limbo_lock", None)
    if lock is None:
        return False
    if lock.acquire(blocking=False):
        lock.release()
        return False
    return True


def obey_helper(path: str) -> None:
    """Imports our modules, as the debugger's are, from a folder that is on the path no longer than that takes."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, here)
    try:
        from . import door
    finally:
        sys.path.remove(here)
        sys.dont_write_bytecode = write_bytecode
    # One signal may stand for several requests.
    while door.ask_helper(path):
        pass
