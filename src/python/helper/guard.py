"""Ends what the helper leaves when it is killed together with the extension host (Linux).

Workers die with the helper; what they have started does not, and nobody else would look for it until the extension runs
again. The guard is a small process that waits for the end of the helper, and ends whatever carries its mark.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
import time

from tree import LinuxTree

# Said by a helper that has ended everything itself.
DONE = b"done\n"
# Seconds after which what does not end is left: it waits for a device, and no signal reaches it.
LIMIT = 10.0
TITLE = b"serve-bento guard"


class Guard:
    """The helper's end of the guard's pipe; elsewhere than on Linux there is none."""

    def __init__(self, fd=None):
        self._fd = fd

    def remember(self, folders):
        """To be removed when the helper cannot do it."""
        self._write(json.dumps(list(folders)).encode("ascii") + b"\n")

    def dismiss(self):
        self._write(DONE)

    def _write(self, data):
        if self._fd is None:
            return
        try:
            os.write(self._fd, data)
        except OSError:
            # Somebody has killed it.
            pass


def start_guard(mark):
    """To be called first: the guard inherits what is open, and must be nobody's child."""
    if sys.platform != "linux":
        return Guard()
    reading, writing = os.pipe()
    try:
        between = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return Guard()
    if between == 0:
        try:
            if os.fork() == 0:
                guard(reading, mark)
        finally:
            os._exit(0)
    os.waitpid(between, 0)
    os.close(reading)
    return Guard(writing)


def guard(reading, mark):
    os.setsid()
    os.chdir("/")
    # Not the life line, nor the pipes to the extension host.
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    reading = os.dup2(reading, 3)
    os.closerange(4, 4096)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    become_unmarked()
    said = b""
    while True:
        data = os.read(reading, 65536)
        if not data:
            break
        said += data
    if not said.endswith(DONE):
        sweep(mark)
        for folder in folders_in(said):
            shutil.rmtree(folder, ignore_errors=True)


def sweep(mark):
    """In rounds: what forks while it is being killed is found by the next one."""
    tree = LinuxTree(adopts=False)
    until = time.monotonic() + LIMIT
    pause = 0.01
    while time.monotonic() < until:
        pids = [pid for pid in tree.with_descendants([], mark) if pid != os.getpid()]
        if not pids:
            return
        for pid in pids:
            tree.kill(pid)
        time.sleep(pause)
        pause = min(2 * pause, 0.16)


def folders_in(said):
    lines = [line for line in said.split(b"\n") if line.startswith(b"[")]
    return json.loads(lines[-1].decode("ascii")) if lines else []


def become_unmarked():
    """Shows a name of its own, and no mark: it is not one of those that are to be ended."""
    with open("/proc/self/stat", "rb") as stat:
        fields = stat.read().rpartition(b")")[2].split()
    # Numbers 48 to 51 of proc_pid_stat(5); the name was the second.
    arguments, arguments_end, variables, variables_end = (int(field) for field in fields[45:49])
    ctypes.memset(variables, 0, variables_end - variables)
    room = arguments_end - arguments
    ctypes.memmove(arguments, TITLE[: room - 1].ljust(room, b"\0"), room)
