"""Our end of the fork server, which forks workers that would otherwise be started (see ../fork_server.py)."""

import array
import json
import os
import select
import signal
import socket
import struct
import subprocess
import time

# Seconds. A fork takes milliseconds; a fork server that does not answer is ended, and the worker started as usual.
FORK_LIMIT = 5
# Workers show their own command and mark where the system keeps those of the fork server: as long as they may be.
COMMAND_ROOM = 4096
MARK_ROOM = 1024


# What no library takes for itself. Given to each forked worker, which ends politely at it (Linux).
RETIRE = int(getattr(signal, "SIGRTMIN", 0)) + 7


class NotForked(Exception):
    """Why the worker has to be started as usual."""


class Silence(OSError):
    """The process is there, and does not answer."""


class ForkServer:
    def __init__(self, loop, channel):
        self._loop = loop
        self._channel = channel
        self._socket = None
        self._heard = b""
        self._ready = False
        self._importing = None
        self._is_read = False
        # Nothing is reported any more: it has refused, does not answer, or is not wanted.
        self._is_over = False
        self.pid = None

    def start(self, spawn, argv, prepare):
        """Starts the process and has it import the modules; the event `forkServer` tells how that ended."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.pid = spawn([*argv, str(theirs.fileno()), " " * COMMAND_ROOM], (theirs.fileno(),))
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._socket = ours
        self._heard, self._ready, self._importing = b"", False, None
        self._is_over = False
        self._send(prepare, ())
        self._loop.read(ours.fileno(), self._prepared)
        self._is_read = True

    def _prepared(self, data):
        if data is None:
            return
        self._heard += data
        answer = self._frame()
        while answer is not None and "importing" in answer:
            self._importing = answer["importing"]
            answer = self._frame()
        if answer is None:
            if not data:
                # Its end is reported when it is reaped: only then is it known how it ended.
                self._stop_reading()
            return
        self._stop_reading()
        if answer.get("ready"):
            self._ready, self._importing = True, None
            self._channel.send({"event": "forkServer", "ready": True, "why": None})
        else:
            self.end()
            self._lost(answer["refused"])

    def ended(self, code, signal_name):
        """The process is gone: reports how, and what it was importing, unless it had refused or was ended by us."""
        if self._is_read:
            # Its last frames. A process that it left behind may hold the other end open.
            self._prepared(self._loop.peek(self._socket.fileno()))
        if self._is_over:
            return
        self._close()
        self._lost(None, {"code": code, "signal": signal_name, "importing": self._importing})

    def fork(self, request, descriptors):
        """The pid of a new worker, a child of ours. @throws NotForked."""
        if not self._ready:
            state = "is gone" if self._socket is None else "is not ready"
            raise NotForked("the process that workers are forked from %s" % state)
        try:
            self._send(dict(request, parent=os.getpid()), descriptors)
            answer = self._answer()
        except (Silence, socket.timeout):
            why = "the process that workers are forked from did not answer within %d s" % FORK_LIMIT
            self.end()
            # One that is stopped does not see that nobody wants it any more.
            os.kill(self.pid, signal.SIGKILL)
            self._lost(why)
            raise NotForked(why)
        except OSError:
            # How it ended is reported when it is reaped.
            self._close()
            raise NotForked("the process that workers are forked from has ended")
        if "pid" not in answer:
            raise NotForked(answer["refused"])
        return answer["pid"]

    def end(self):
        """Nothing is forked any more; the process ends when it sees that, which is not reported."""
        self._is_over = True
        self._close()

    def _lost(self, why, death=None):
        self._is_over = True
        self._channel.send({"event": "forkServer", "ready": False, "why": why, "death": death})

    def _close(self):
        self._stop_reading()
        if self._socket is not None:
            self._socket.close()
        self._socket, self._ready = None, False

    def _stop_reading(self):
        if self._is_read:
            self._loop.forget(self._socket.fileno())
            self._is_read = False

    def _send(self, message, descriptors):
        text = json.dumps(message).encode("utf-8")
        frame = struct.pack(">I", len(text)) + text
        self._socket.settimeout(FORK_LIMIT)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        # With the length alone, so that the other end gets them with its first four bytes.
        self._socket.sendmsg([frame[:4]], rights)
        self._socket.sendall(frame[4:])

    def _answer(self):
        until = time.monotonic() + FORK_LIMIT
        self._socket.setblocking(False)
        self._heard = b""
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                raise Silence()
            data = self._socket.recv(4096)
            if not data:
                raise OSError("it has ended")
            self._heard += data
            answer = self._frame()
            if answer is not None:
                return answer

    def _frame(self):
        if len(self._heard) < 4:
            return None
        (length,) = struct.unpack(">I", self._heard[:4])
        text = self._heard[4 : 4 + length]
        if len(text) < length:
            return None
        self._heard = self._heard[4 + length :]
        return json.loads(text.decode("utf-8"))


class Forked:
    """What the rest knows of a process that it would have started, as `subprocess.Popen` has it."""

    def __init__(self, pid, stdout, stderr):
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode = None


def forked(fork_server, argv, env, cwd, fds, death_signal, imports):
    """Has the fork server fork what `subprocess.Popen` would start. @throws NotForked."""
    out, out_end = os.pipe()
    err, err_end = os.pipe()
    try:
        request = {"argv": argv, "env": env, "cwd": cwd, "fds": list(fds), "deathSignal": death_signal}
        request.update(imports=imports, retire=RETIRE)
        pid = fork_server.fork(request, [out_end, err_end, *fds])
    except NotForked:
        os.close(out)
        os.close(err)
        raise
    finally:
        os.close(out_end)
        os.close(err_end)
    return Forked(pid, os.fdopen(out, "rb", 0), os.fdopen(err, "rb", 0))
