"""Makes workers attach to the debug adapters that the extension has started for them.

A signal calls a running worker; a starting worker comes without one. Both fetch their requests at our Unix socket.
"""

import os
import socket
import sys
from typing import Any, Dict, List, Mapping, Optional, Tuple, cast

from serve_bento_debug import arming
from serve_bento_debug.protocol import Failure, Request
from serve_bento_shared.json_lines import LineReader, Message, decode, encode

from .channel import Channel
from .loop import Loop
from .tree import Tree

# In the run directory, which only this user can open.
SOCKET_NAME = "d"
BACKLOG = 64
ATTACH, PROFILE = "attach", "profile"
# The failure code for a worker that has ended.
GONE = "gone"


def events_of(request: Mapping[str, Any]) -> List[Mapping[str, Any]]:
    """The events for the reports that follow the request; a failure is the last one."""
    if request["kind"] == ATTACH:
        return [{"event": "debugger", "adapter": request["adapter"]}]
    return [{"event": "profile", "file": request["file"], "done": done} for done in (False, True)]


class NotArmed(Exception):
    """The worker does not wait for the signal, which would end it."""


class Debugging:
    def __init__(self, loop: Loop, channel: Channel, tree: Tree) -> None:
        self._loop = loop
        self._channel = channel
        self._tree = tree
        self._listener: Optional[socket.socket] = None
        # The inode of our socket; 0 if there is no socket.
        self._inode = 0
        self._folder = ""
        # Requests that workers have not fetched yet, by process id.
        self._requests: Dict[int, List[Request]] = {}
        # With workers that are being profiled, by the file that they write.
        self._profiles: Dict[str, WorkerConnection] = {}

    def open(self, folder: str) -> None:
        """Waits for workers. Where that is impossible (Windows, a path that is too long), none of them is armed."""
        self._folder = folder
        self._listen()

    def _listen(self) -> None:
        if sys.platform == "win32":
            return
        else:
            path = self._path
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listener.bind(path)
                os.chmod(path, 0o600)
                listener.listen(BACKLOG)
                self._inode = os.stat(path).st_ino
            except OSError as error:
                listener.close()
                print(f"workers cannot be debugged: {error}", file=sys.stderr)
                return
            listener.setblocking(False)
            self._listener = listener
            self._loop.on_ready(listener.fileno(), self._accept)

    def _mend(self) -> None:
        """Opens the socket again at the same path if a cleaner of temporary files has removed it."""
        if not self._inode or not os.path.isdir(self._folder):
            return
        try:
            if os.stat(self._path).st_ino == self._inode:
                return
            os.unlink(self._path)
        except FileNotFoundError:
            pass
        self._close_listener()
        self._listen()

    @property
    def _path(self) -> str:
        return os.path.join(self._folder, SOCKET_NAME)

    def close(self) -> None:
        self._close_listener()
        self._inode = 0

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._loop.forget(self._listener.fileno())
            self._listener.close()
            self._listener = None

    def environment(self, at_start: bool) -> Mapping[str, str]:
        """Variables of a worker that can be debugged; with `at_start` it asks before it imports the service."""
        self._mend()
        if self._listener is None:
            return {}
        return {arming.SOCKET: self._path, **({arming.AT_START: "1"} if at_start else {})}

    def expect(self, pid: int, request: Request) -> None:
        """Stores a request until the worker fetches it. Replaces an earlier request to attach."""
        waiting = self._requests.setdefault(pid, [])
        if request["kind"] == ATTACH:
            waiting[:] = [other for other in waiting if other["kind"] != ATTACH]
        waiting.append(request)

    def withdraw(self, key: str, value: str) -> None:
        """Drops requests with that value that have not been fetched yet. Nothing is reported for them."""
        for waiting in self._requests.values():
            waiting[:] = [one for one in waiting if cast(Mapping[str, Any], one).get(key) != value]

    def withdraw_all(self) -> None:
        self._requests.clear()

    def ask(self, pid: int, request: Request) -> None:
        """Asks a worker that runs. An event reports how that ended, if it ever does."""
        self._mend()
        self._check_armed(pid, arming.SIGNAL)
        self.expect(pid, request)
        os.kill(pid, arming.SIGNAL)

    def end_profile(self, file: str) -> None:
        """Ends a profile, or withdraws the request for it, without a result."""
        self.withdraw("file", file)
        connection = self._profiles.get(file)
        if connection is not None:
            connection.end_sending()

    def dump_stacks(self, pid: int) -> Tuple[str, int]:
        """Has a worker write its stacks. Gives the file, and where in it they begin."""
        self._check_armed(pid, arming.STACKS_SIGNAL)
        path = arming.stacks_file(self._folder, pid)
        size = os.stat(path).st_size
        os.kill(pid, arming.STACKS_SIGNAL)
        return path, size

    def forget(self, pid: int) -> None:
        """The process has ended; another one may get its id."""
        for request in self._requests.pop(pid, []):
            event = events_of(cast(Mapping[str, Any], request))[-1]
            self.report(event, pid, {"code": GONE, "message": "it ended before it asked what to do"})
        if self._listener is not None:
            try:
                os.unlink(arming.stacks_file(self._folder, pid))
            except OSError:
                # It had none.
                pass

    def _check_armed(self, pid: int, number: int) -> None:
        if self._listener is None or not self._is_armed(pid, number):
            raise NotArmed("the process %d does not wait for a signal" % pid)

    def _is_armed(self, pid: int, number: int) -> bool:
        if sys.platform == "linux":
            return self._tree.catches(pid, number)
        else:
            # Elsewhere the system does not say what it catches.
            return os.path.exists(arming.stacks_file(self._folder, pid))

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            worker = self._listener.accept()[0]
        except OSError:
            # It has gone again.
            return
        WorkerConnection(self, self._loop, worker)

    def take(self, pid: int) -> Optional[Request]:
        waiting = self._requests.get(pid)
        return waiting.pop(0) if waiting else None

    def profile_begins(self, file: str, connection: "WorkerConnection") -> None:
        self._profiles[file] = connection

    def connection_ends(self, connection: "WorkerConnection") -> None:
        self._profiles = {file: one for file, one in self._profiles.items() if one is not connection}

    def report(self, event: Mapping[str, Any], pid: int, failure: Optional[Failure]) -> None:
        self._channel.send({**event, "pid": pid, "failure": failure})


class WorkerConnection:
    """The connection of one worker, which fetches a request and reports the result."""

    def __init__(self, debugging: Debugging, loop: Loop, worker: socket.socket) -> None:
        self._debugging = debugging
        self._loop = loop
        self._worker = worker
        self._reader = LineReader()
        self._pid = 0
        # Events that have not been reported yet.
        self._events: List[Mapping[str, Any]] = []
        loop.read(worker.fileno(), self._receive)

    def end_sending(self) -> None:
        """Tells the worker that its request is withdrawn."""
        try:
            self._worker.shutdown(socket.SHUT_WR)
        except OSError:
            # It has ended meanwhile.
            pass

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
        if not self._pid:
            pid: Any = message["pid"]
            request = self._debugging.take(pid) if type(pid) is int else None
            if request is None:
                raise ValueError("there is nothing to do for it")
            self._pid = pid
            said = cast(Mapping[str, Any], request)
            self._events = events_of(said)
            if request["kind"] == PROFILE:
                self._debugging.profile_begins(said["file"], self)
            # Much less than what fits into the socket.
            self._worker.sendall(encode(said))
        else:
            failure: Optional[Failure] = message["failure"]
            event = self._events[-1 if failure is not None else 0]
            self._events = self._events[1:] if failure is None else []
            self._debugging.report(event, self._pid, failure)
            if not self._events:
                raise ValueError("all events are reported")

    def _end(self) -> None:
        self._loop.forget(self._worker.fileno())
        self._worker.close()
        self._debugging.connection_ends(self)
        if self._events:
            failure: Failure = {"code": GONE, "message": "it left without a report"}
            self._debugging.report(self._events[-1], self._pid, failure)
