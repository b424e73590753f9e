"""Our end of the fork server, which forks workers that would otherwise be started (Linux)."""

import errno
import os
import select
import signal
import socket
import sys
import time
from typing import Callable, List, Mapping, NamedTuple, Optional, Sequence

from serve_bento_fork_server.protocol import ForkRequest, PrepareRequest, send
from serve_bento_shared.json_lines import LineReader, Message, decode

from .channel import Channel
from .child import ForkedProcess
from .loop import Loop

# Seconds. A fork takes milliseconds; a fork server that does not answer is ended, and the worker started as usual.
FORK_LIMIT = 5
# Workers show their own command and mark where the system keeps those of the fork server: as long as they may be.
COMMAND_ROOM = 4096
MARK_ROOM = 1024
CHUNK = 65536

Start = Callable[[List[str], Sequence[int]], int]
# Returns the process, or raises the reason why it was not forked.
ForkOutcome = Callable[[], ForkedProcess]
Settle = Callable[[ForkOutcome], None]


class NotForked(Exception):
    """The reason why the worker has to be started as usual."""


class Silence(OSError):
    """The process exists, but does not answer."""


class Waiting(NamedTuple):
    """A process that is to be forked between two imports."""

    group: str
    output: "Output"
    settle: Settle


class ForkServer:
    def __init__(self, loop: Loop, channel: Channel) -> None:
        self._loop = loop
        self._channel = channel
        self._socket: Optional[socket.socket] = None
        self._reader = LineReader()
        self._ready = False
        # A planner can be forked, even before workers can be.
        self._can_plan = False
        self._waiting: Optional[Waiting] = None
        self._importing: Optional[str] = None
        self._is_read = False
        # Nothing more is reported: it has refused, does not answer, or is no longer needed.
        self._is_over = False
        self.pid: Optional[int] = None

    @property
    def is_importing(self) -> bool:
        return self._socket is not None and not self._ready

    @property
    def can_fork_later(self) -> bool:
        """Whether a process can be forked between two of the imports that are left."""
        return self._can_plan and self.is_importing and self._waiting is None

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
            self._take(decode(line))
        if not data:
            # Its end is reported when it is reaped: only then is it known how it ended.
            self._stop_reading()

    def _take(self, line: Message) -> bool:
        """Takes a line about the preparation, or about a process that waits. Returns False if it is another answer."""
        if "importing" in line:
            self._importing = line["importing"]
        elif "canPlan" in line:
            self._can_plan = True
            self._channel.send({"event": "canPlan"})
        elif "ready" in line:
            self._ready, self._importing = True, None
            self._channel.send({"event": "forkServer", "ready": True, "why": None})
        elif "unfit" in line:
            self.end()
            self._report_lost(line["unfit"])
        elif self._waiting is not None:
            self._settle(line)
        else:
            return False
        if self._ready and self._waiting is None:
            self._stop_reading()
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

    def request(
        self,
        argv: List[str],
        env: Mapping[str, str],
        cwd: str,
        fds: Sequence[int],
        death_signal: str,
        imports: Optional[str],
    ) -> ForkRequest:
        return {
            "argv": argv,
            "env": dict(env),
            "cwd": cwd,
            "fds": list(fds),
            "parent": os.getpid(),
            "deathSignal": death_signal,
            "imports": imports,
        }

    def fork(self, request: ForkRequest) -> ForkedProcess:
        """Forks a worker, which becomes a child of ours. Raises `NotForked`."""
        if self._socket is not None and not self._ready:
            raise NotForked("the process that workers are forked from is not ready")
        if self._waiting is not None:
            raise NotForked("the process that workers are forked from is forking another one")
        output = self._send(request)
        try:
            answer = self._await_answer()
        except OSError as error:
            output.close()
            raise self._lost(error) from error
        return output.of(answer)

    def fork_later(self, request: ForkRequest, group: str, settle: Settle) -> None:
        """Has a process forked between two imports; `settle` gets it, or the reason why there is none."""
        try:
            self._waiting = Waiting(group, self._send(request), settle)
        except NotForked as error:
            settle(raising(error))

    def take_answer(self) -> None:
        """Takes the answer about the process that waits to be forked, if it has come."""
        if self._waiting is not None and self._socket is not None:
            self._take_preparation(self._loop.peek(self._socket.fileno()))

    def withdraw(self, group: Optional[str] = None) -> None:
        """Ends the process of the group that waits to be forked. Default: of any group."""
        waiting = self._waiting
        if waiting is None or waiting.settle is kill_withdrawn or group not in (None, waiting.group):
            return
        # It still takes the answer, so that the process is ended as soon as it has been forked.
        self._waiting = waiting._replace(group="", settle=kill_withdrawn)
        waiting.settle(raising(ProcessLookupError(errno.ESRCH, "it was ended before it was forked")))

    def _send(self, request: ForkRequest) -> "Output":
        if self._socket is None:
            raise NotForked("the process that workers are forked from is gone")
        output = Output()
        try:
            self._socket.settimeout(FORK_LIMIT)
            send(self._socket, request, [*output.theirs, *request["fds"]])
        except OSError as error:
            output.close()
            raise self._lost(error) from error
        finally:
            output.close_theirs()
        return output

    def _lost(self, error: OSError) -> NotForked:
        """Returns the reason why nothing was forked, after an error of the connection."""
        if isinstance(error, (Silence, socket.timeout)):
            why = "the process that workers are forked from did not answer within %d s" % FORK_LIMIT
            self._kill()
            self._report_lost(why)
            return NotForked(why)
        # How it ended is reported when it is reaped, with its last lines if it was importing.
        if not self._is_read:
            self._close()
        return NotForked("the process that workers are forked from has ended")

    def _await_answer(self) -> Message:
        until = time.monotonic() + FORK_LIMIT
        while self._socket is not None:
            self._socket.setblocking(False)
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                raise Silence
            data = self._socket.recv(CHUNK)
            if not data:
                break
            answers = [line for line in map(decode, self._reader.feed(data)) if not self._take(line)]
            if answers:
                return answers[0]
        raise OSError("it has ended")

    def end(self) -> None:
        """Nothing is forked any more; the process ends when it sees that, which is not reported."""
        was_waited_for = self._waiting is not None
        self._is_over = True
        self._close()
        # It would still fork that one.
        if was_waited_for and self.pid is not None:
            kill(self.pid)

    def _kill(self) -> None:
        self.end()
        # A process that is stopped does not see that its socket is closed.
        if self.pid is not None:
            kill(self.pid)

    def _report_lost(self, why: Optional[str], death: Optional[Mapping[str, object]] = None) -> None:
        self._is_over = True
        self._channel.send({"event": "forkServer", "ready": False, "why": why, "death": death})

    def _close(self) -> None:
        self._stop_reading()
        if self._socket is not None:
            self._socket.close()
        self._socket, self._ready, self._can_plan = None, False, False
        if self._waiting is not None:
            self._settle({"refused": "the process that workers are forked from has ended"})

    def _settle(self, answer: Message) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.settle(lambda: waiting.output.of(answer))

    def _stop_reading(self) -> None:
        if self._is_read and self._socket is not None:
            self._loop.forget(self._socket.fileno())
        self._is_read = False


class Output:
    """The pipes for the output of a process that is to be forked."""

    def __init__(self) -> None:
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        self._ours, self.theirs = (out, err), (out_end, err_end)

    def close(self) -> None:
        for fd in self._ours:
            os.close(fd)

    def close_theirs(self) -> None:
        for fd in self.theirs:
            os.close(fd)

    def of(self, answer: Message) -> ForkedProcess:
        """Returns the process. Raises `NotForked` if the answer is a refusal."""
        if "pid" not in answer:
            self.close()
            raise NotForked(answer["refused"])
        out, err = self._ours
        return ForkedProcess(int(answer["pid"]), os.fdopen(out, "rb", 0), os.fdopen(err, "rb", 0))


def raising(error: Exception) -> ForkOutcome:
    def outcome() -> ForkedProcess:
        raise error

    return outcome


def kill_withdrawn(outcome: ForkOutcome) -> None:
    """Kills a process that was withdrawn before it was forked."""
    try:
        process = outcome()
    except NotForked:
        return
    process.stdout.close()
    process.stderr.close()
    kill(process.pid)


def kill(pid: int) -> None:
    """Kills a process that may have ended."""
    if sys.platform != "win32":
        from .posix_tree import send_signal

        send_signal(pid, signal.SIGKILL)
