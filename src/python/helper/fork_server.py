"""Our end of the fork server, which forks workers that would otherwise be started (Linux)."""

import os
import select
import signal
import socket
import sys
import time
from typing import Callable, List, Mapping, Optional, Sequence

from serve_bento_fork_server.protocol import ForkRequest, PrepareRequest, send
from serve_bento_shared.json_lines import LineReader, Message, decode

from .channel import Channel
from .child import ForkedProcess
from .loop import Loop

# Seconds. A fork takes milliseconds; a fork server that does not answer is ended, and the worker started as usual.
FORK_LIMIT = 5
# Seconds. Before it is ready, it answers between two imports, which take long on a slow disk.
IMPORT_LIMIT = 30
# Workers show their own command and mark where the system keeps those of the fork server: as long as they may be.
COMMAND_ROOM = 4096
MARK_ROOM = 1024
CHUNK = 65536

Start = Callable[[List[str], Sequence[int]], int]


class NotForked(Exception):
    """The reason why the worker has to be started as usual."""


class Silence(OSError):
    """The process exists, but does not answer."""


class ForkServer:
    def __init__(self, loop: Loop, channel: Channel) -> None:
        self._loop = loop
        self._channel = channel
        self._socket: Optional[socket.socket] = None
        self._reader = LineReader()
        self._ready = False
        # A planner can be forked, even before workers can be.
        self._can_plan = False
        self._importing: Optional[str] = None
        self._is_read = False
        # Nothing more is reported: it has refused, does not answer, or is no longer needed.
        self._is_over = False
        self.pid: Optional[int] = None

    def start(self, start: Start, argv: Sequence[str], prepare: PrepareRequest) -> int:
        """Starts the process and has it import the modules; the event `forkServer` reports how that ended.

        Before that, the event `canPlan` reports that a planner can be forked.
        """
        if sys.platform == "win32":
            raise OSError("there is no fork on this system")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.pid = start([*argv, str(theirs.fileno()), " " * COMMAND_ROOM], (theirs.fileno(),))
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._socket = ours
        self._reader, self._ready, self._can_plan, self._importing = LineReader(), False, False, None
        self._is_over = False
        ours.settimeout(FORK_LIMIT)
        send(ours, prepare)
        self._loop.read(ours.fileno(), self._take_preparation)
        self._is_read = True
        return self.pid

    def _take_preparation(self, data: Optional[bytes]) -> None:
        if data is None:
            return
        for line in self._reader.feed(data):
            self._note(decode(line))
        if not data:
            # Its end is reported when it is reaped: only then is it known how it ended.
            self._stop_reading()

    def _note(self, line: Message) -> bool:
        """Takes a line about the preparation. Returns False if it is an answer to a request for a fork."""
        if "importing" in line:
            self._importing = line["importing"]
        elif "canPlan" in line:
            self._can_plan = True
            self._channel.send({"event": "canPlan"})
        elif "ready" in line:
            self._stop_reading()
            self._ready, self._importing = True, None
            self._channel.send({"event": "forkServer", "ready": True, "why": None})
        elif "unfit" in line:
            self.end()
            self._report_lost(line["unfit"])
        else:
            return False
        return True

    def report_end(self, code: Optional[int], signal_name: Optional[str]) -> None:
        """Reports how the process died, and what it was importing, unless it had refused or was ended by us."""
        if self._is_read and self._socket is not None:
            # Its last lines. A process that it left behind may hold the other end open.
            self._take_preparation(self._loop.peek(self._socket.fileno()))
        if self._is_over:
            return
        self._close()
        self._report_lost(None, {"code": code, "signal": signal_name, "importing": self._importing})

    def fork(
        self,
        argv: List[str],
        env: Mapping[str, str],
        cwd: str,
        fds: Sequence[int],
        death_signal: str,
        imports: Optional[str],
    ) -> ForkedProcess:
        """Forks a worker, which becomes a child of ours. Raises `NotForked`."""
        request: ForkRequest = {
            "argv": argv,
            "env": dict(env),
            "cwd": cwd,
            "fds": list(fds),
            "parent": os.getpid(),
            "deathSignal": death_signal,
            "imports": imports,
        }
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        try:
            pid = self._request(request, [out_end, err_end, *fds])
        except NotForked:
            os.close(out)
            os.close(err)
            raise
        finally:
            os.close(out_end)
            os.close(err_end)
        return ForkedProcess(pid, os.fdopen(out, "rb", 0), os.fdopen(err, "rb", 0))

    def _request(self, request: ForkRequest, descriptors: List[int]) -> int:
        if self._socket is None:
            raise NotForked("the process that workers are forked from is gone")
        # The extension asks for nothing but a planner before it is ready.
        if not (self._ready or self._can_plan):
            raise NotForked("the process that workers are forked from is not ready")
        limit = FORK_LIMIT if self._ready else IMPORT_LIMIT
        try:
            self._socket.settimeout(FORK_LIMIT)
            send(self._socket, request, descriptors)
            answer = self._answer(self._socket, limit)
        except (Silence, socket.timeout) as error:
            why = "the process that workers are forked from did not answer within %d s" % limit
            self._kill()
            self._report_lost(why)
            raise NotForked(why) from error
        except OSError as error:
            # How it ended is reported when it is reaped.
            self._close()
            raise NotForked("the process that workers are forked from has ended") from error
        if "pid" not in answer:
            raise NotForked(answer["refused"])
        return int(answer["pid"])

    def _answer(self, channel: socket.socket, limit: float) -> Message:
        until = time.monotonic() + limit
        channel.setblocking(False)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([channel], [], [], left)[0]:
                raise Silence
            data = channel.recv(CHUNK)
            if not data:
                raise OSError("it has ended")
            lines = [decode(line) for line in self._reader.feed(data)]
            answers = [line for line in lines if not self._note(line)]
            if answers:
                return answers[0]
            if self._socket is None:
                raise OSError("it was ended")

    def end(self) -> None:
        """Nothing is forked any more; the process ends when it sees that, which is not reported."""
        self._is_over = True
        self._close()

    def _kill(self) -> None:
        self.end()
        # A process that is stopped does not see that its socket is closed.
        if sys.platform != "win32" and self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)

    def _report_lost(self, why: Optional[str], death: Optional[Mapping[str, object]] = None) -> None:
        self._is_over = True
        self._channel.send({"event": "forkServer", "ready": False, "why": why, "death": death})

    def _close(self) -> None:
        self._stop_reading()
        if self._socket is not None:
            self._socket.close()
        self._socket, self._ready, self._can_plan = None, False, False

    def _stop_reading(self) -> None:
        if self._is_read and self._socket is not None:
            self._loop.forget(self._socket.fileno())
        self._is_read = False
