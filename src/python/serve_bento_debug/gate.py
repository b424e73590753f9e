"""The port of a debug adapter in a container, through which the editor reaches it from outside.

The port is on the container's own loopback interface. A forwarded port can be reached by every user of the machine that
forwards it, so a connection first sends a line of JSON with the token and what it is for:

- `session`: what follows is the Debug Adapter Protocol;
- `worker`: it gets a line with the process id of the worker, and the reason if that cannot be debugged. It is closed when
  the adapter ends, which it does together with its worker.
"""

import hmac
import json
import os
import queue
import socket
import threading
from typing import Any, Dict, Optional, Tuple

# The environment variable with the token: command lines can be read by every user.
ACCESS = "SERVE_BENTO_DEBUG_ACCESS"
LONGEST_LINE = 4096
# The time limit, in seconds, for a connection to send the token.
LIMIT = 10.0


class Gate(socket.socket):
    """Accepts sessions that have sent the token. Has the methods of a socket that debugpy uses."""

    def __init__(self, fd: int, report_fd: int) -> None:
        super().__init__(fileno=fd)
        self._token = os.environ.pop(ACCESS).encode()
        self._report_fd = report_fd
        self._report = b""
        self._is_reported = threading.Event()
        self._sessions: queue.Queue[Optional[socket.socket]] = queue.Queue()
        for work in (self._accept_all, self._read_report):
            threading.Thread(target=work, daemon=True).start()

    def accept(self) -> Tuple[socket.socket, Any]:
        session = self._sessions.get()
        if session is None:
            raise OSError("the adapter ends")
        return session, session.getpeername()

    def close(self) -> None:
        self._sessions.put(None)
        super().close()

    def _accept_all(self) -> None:
        while True:
            try:
                connection = super().accept()[0]
            except OSError:
                # It is closed.
                return
            threading.Thread(target=self._open, args=[connection], daemon=True).start()

    def _open(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(LIMIT)
            kind = self._kind_of(connection)
            connection.settimeout(None)
            if kind == "session":
                self._sessions.put(connection)
                return
            if kind == "worker":
                self._is_reported.wait()
                connection.sendall(self._report)
                # Until the other side closes it.
                while connection.recv(LONGEST_LINE):
                    pass
            connection.close()
        except (OSError, ValueError, AttributeError):
            # It is not a JSON object, or the other side has closed the connection.
            connection.close()

    def _kind_of(self, connection: socket.socket) -> Optional[str]:
        line = b""
        # Do not read more: the rest belongs to the session.
        while not line.endswith(b"\n"):
            byte = connection.recv(1)
            if not byte or len(line) == LONGEST_LINE:
                raise ValueError("no line")
            line += byte
        hello: Dict[str, str] = json.loads(line)
        is_known = hmac.compare_digest(str(hello.get("token")).encode(), self._token)
        return hello.get("kind") if is_known else None

    def _read_report(self) -> None:
        """Reads what the worker reports. A worker that is not debugged still serves: the adapter ends after it."""
        with os.fdopen(self._report_fd, "rb") as worker:
            self._report = worker.readline()
            self._is_reported.set()
            is_debugged = self._report != b"" and json.loads(self._report)["failure"] is None
            worker.read()
        if not is_debugged:
            os._exit(0)
