"""Has workers attach to the debug adapters that the extension has started for them.

A running worker is called by a signal, one that starts comes by itself; both ask at our Unix socket what to do.
"""

import os
import socket
import sys
from typing import Any, Dict, List, Mapping, Optional, cast

from serve_bento_debug import arming
from serve_bento_debug.protocol import Failure, Request
from serve_bento_shared.json_lines import LineReader, Message, decode, encode

from .channel import Channel
from .loop import Loop
from .tree import Tree

# In the run directory, which only this user can open.
SOCKET_NAME = "d"
BACKLOG = 64


class NotArmed(Exception):
    """The worker does not wait for the signal, which would end it."""


class Debugging:
    def __init__(self, loop: Loop, channel: Channel, tree: Tree) -> None:
        self._loop = loop
        self._channel = channel
        self._tree = tree
        self._listener: Optional[socket.socket] = None
        self._path = ""
        # What each worker is to do, by its process id, until it has asked.
        self._requests: Dict[int, List[Request]] = {}

    def open(self, folder: str) -> None:
        """Waits for workers. Where that is impossible (Windows, a path that is too long), none of them is armed."""
        if sys.platform == "win32":
            return
        else:
            path = os.path.join(folder, SOCKET_NAME)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listener.bind(path)
                os.chmod(path, 0o600)
                listener.listen(BACKLOG)
            except OSError as error:
                listener.close()
                print(f"workers cannot be debugged: {error}", file=sys.stderr)
                return
            listener.setblocking(False)
            self._path, self._listener = path, listener
            self._loop.on_ready(listener.fileno(), self._accept)

    def close(self) -> None:
        if self._listener is not None:
            self._loop.forget(self._listener.fileno())
            self._listener.close()
            self._listener = None

    def environment(self, at_start: bool) -> Mapping[str, str]:
        """Variables of a worker that can be debugged; with `at_start` it asks before it imports the service."""
        if self._listener is None:
            return {}
        return {arming.SOCKET: self._path, **({arming.AT_START: "1"} if at_start else {})}

    def expect(self, pid: int, request: Request) -> None:
        """The worker asks as soon as it starts."""
        self._requests.setdefault(pid, []).append(request)

    def ask(self, pid: int, request: Request) -> None:
        """Asks a worker that runs. An event reports how that ended, if it ever does."""
        if sys.platform == "win32":
            raise NotArmed("there are no signals on this system")
        else:
            if self._listener is None or not self._tree.catches(pid, arming.SIGNAL):
                raise NotArmed("the process %d does not wait for a debugger" % pid)
            self.expect(pid, request)
            os.kill(pid, arming.SIGNAL)

    def forget(self, pid: int) -> None:
        """The process has ended; another one may get its id."""
        self._requests.pop(pid, None)

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            worker = self._listener.accept()[0]
        except OSError:
            # It has gone again.
            return
        Conversation(self, self._loop, worker)

    def take(self, pid: int) -> Optional[Request]:
        waiting = self._requests.get(pid)
        return waiting.pop(0) if waiting else None

    def report(self, pid: int, failure: Optional[Failure]) -> None:
        self._channel.send({"event": "debugger", "pid": pid, "failure": failure})


class Conversation:
    """A worker that asks what to do, gets an answer, and reports."""

    def __init__(self, debugging: Debugging, loop: Loop, worker: socket.socket) -> None:
        self._debugging = debugging
        self._loop = loop
        self._worker = worker
        self._reader = LineReader()
        # Once it has got a request.
        self._pid: Optional[int] = None
        loop.read(worker.fileno(), self._receive)

    def _receive(self, data: Optional[bytes]) -> None:
        if data is None:
            return
        try:
            for line in self._reader.feed(data):
                self._take(decode(line))
        except (ValueError, KeyError, OSError):
            # It has ended, or it is no worker of ours.
            data = b""
        if not data:
            self._end()

    def _take(self, message: Message) -> None:
        if self._pid is None:
            pid: Any = message["pid"]
            request = self._debugging.take(pid) if type(pid) is int else None
            if request is None:
                raise ValueError("there is nothing to do for it")
            self._pid = pid
            # Much less than what fits into the socket.
            self._worker.sendall(encode(cast(Mapping[str, Any], request)))
        else:
            self._debugging.report(self._pid, message["failure"])
            self._pid = None
            raise ValueError("all is said")

    def _end(self) -> None:
        self._loop.forget(self._worker.fileno())
        self._worker.close()
        if self._pid is not None:
            failure: Failure = {"code": "gone", "message": "it left without a report"}
            self._debugging.report(self._pid, failure)
