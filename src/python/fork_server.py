"""Imports what BentoML's workers import, and nothing of the user's, and forks workers from it (Linux).

Usage: python fork_server.py FD, where FD is a Unix stream socket to the helper; serve_bento_fork_server/protocol.py says
what is sent there.
"""

import os
import socket
import sys
import types
from typing import Optional

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH: bool = getattr(sys.flags, "safe_path", False)
if SAFE_PATH:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# Our modules leave no bytecode in the extension's folder.
WRITE_BYTECODE, sys.dont_write_bytecode = sys.dont_write_bytecode, True

from serve_bento_fork_server.become import become, place_descriptors  # noqa: E402
from serve_bento_fork_server.server import Forked, ForkServer  # noqa: E402

sys.dont_write_bytecode = WRITE_BYTECODE


def main() -> Optional[Forked]:
    """Returns in each worker, and when the helper is gone."""
    # Our folder must not hide modules that are imported; the folder of a worker's modules takes its place.
    sys.path[0] = os.path.join(os.sep, "nowhere")
    try:
        ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
    except Forked as forked:
        return forked
    return None


if __name__ == "__main__":
    worker = main()
    if worker is not None:
        # `__main__` is the worker's module now, and what is here goes with its frames.
        sys.modules["__main__"] = types.ModuleType("__main__")
        place_descriptors(worker.descriptors, worker.request["fds"])
        become(worker.request, hidden=worker.hidden, safe_path=SAFE_PATH)
