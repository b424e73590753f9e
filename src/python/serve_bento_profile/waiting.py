"""Knows functions of the standard library in which a thread only waits."""

import os
import threading
from types import CodeType

LIBRARY = os.path.dirname(threading.__file__)
# Their innermost Python function: what they call is native.
WAITING = {
    "selectors.py": {"select"},
    "threading.py": {"wait", "join", "_wait_for_tstate_lock", "acquire"},
    "queue.py": {"get"},
    os.path.join("concurrent", "futures", "thread.py"): {"_worker"},
    os.path.join("multiprocessing", "connection.py"): {"_recv", "accept", "wait"},
    os.path.join("multiprocessing", "popen_fork.py"): {"poll"},
    "socket.py": {"accept"},
    "subprocess.py": {"_try_wait", "_communicate"},
}
CODES = {(os.path.join(LIBRARY, file), name) for file, names in WAITING.items() for name in names}


def waits(code: CodeType) -> bool:
    return (code.co_filename, code.co_name) in CODES
