"""Runs debugpy's adapter on sockets that are bound already: nobody can connect before, and none has to be reported.

The editor's socket is a Unix socket in a private folder, or a `Gate` in a container: whoever connects there executes code
in the worker. The worker's is a port of this machine, where each side has to show a token of its own.
"""

import atexit
import importlib
import os
import socket
import sys
import threading
from typing import Any, Dict, Optional, Tuple

from .gate import Gate
from .protocol import tokens

# The environment variable with the token: command lines can be read by every user.
TOKEN = "SERVE_BENTO_DEBUG_TOKEN"
# In place of the host that a socket is bound to.
EDITOR, WORKER = "editor", "worker"


class UnixListener(socket.socket):
    """Has the names and addresses of a TCP socket, which debugpy expects."""

    def getsockname(self) -> Tuple[str, int]:
        return "127.0.0.1", 0

    def accept(self) -> Tuple[socket.socket, Any]:
        return super().accept()[0], self.getsockname()


def run_adapter(folder: str, editor_fd: int, worker_fd: int, gate: Optional[Gate] = None) -> None:
    """Returns when the worker has ended, and the sessions with it. @param gate in place of the editor's Unix socket"""
    adapter_token, worker_token = tokens(os.environ.pop(TOKEN))
    sys.path.insert(0, folder)
    adapter: Any = importlib.import_module("debugpy.adapter")
    clients: Any = importlib.import_module("debugpy.adapter.clients")
    servers: Any = importlib.import_module("debugpy.adapter.servers")
    sessions: Any = importlib.import_module("debugpy.adapter.sessions")
    sockets: Any = importlib.import_module("debugpy.common.sockets")
    sys.path.remove(folder)
    servers.access_token, adapter.access_token = adapter_token, worker_token
    listeners: Dict[str, socket.socket] = {
        EDITOR: gate or UnixListener(fileno=editor_fd),
        WORKER: socket.socket(fileno=worker_fd),
    }
    create_server = sockets.create_server

    def bound_already(host: str, *args: Any, **kwargs: Any) -> socket.socket:
        return listeners[host] if host in listeners else create_server(host, *args, **kwargs)

    sockets.create_server = bound_already
    accepted = threading.Event()

    def accept(connected: socket.socket) -> None:
        """Waits for the token. A connection without the token is closed, and the others continue."""
        if servers.Connection(connected).pid is not None:
            accepted.set()

    def accept_beside(connected: socket.socket) -> None:
        """Accepts the worker while another connection is silent. debugpy itself accepts one at a time."""
        threading.Thread(target=accept, args=[connected], daemon=True).start()

    clients.serve(EDITOR, 0)
    # The same as `servers.serve`, except that connections are accepted by us.
    servers.listener = sockets.serve("Server", accept_beside, WORKER, 0)
    atexit.register(servers.stop_serving)
    atexit.register(clients.stop_serving)
    accepted.wait()
    while servers.connections():
        servers.wait_until_disconnected()
    sessions.wait_until_ended()
