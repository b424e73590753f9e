"""Ends what the helper leaves when it is killed together with the extension host (Linux).

Workers die with the helper; what they have started does not, and nobody else would look for it until the extension runs
again. The guard is a small process that waits for the end of the helper, and ends whatever carries its mark.
"""

import ctypes
import os
import shutil
import signal
import time
from typing import List

from serve_bento_shared.json_lines import LineReader, decode
from serve_bento_shared.process_title import overwrite, start_memory

from .linux_tree import LinuxTree

# Seconds after which what does not end is left: it waits for a device, and no signal reaches it.
LIMIT = 10.0
TITLE = b"serve-bento guard"


def run_guard(reading: int, mark: str) -> None:
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
    hide()
    folders: List[str] = []
    reader = LineReader()
    while True:
        data = os.read(reading, 65536)
        if not data:
            break
        for line in reader.feed(data):
            message = decode(line)
            if message.get("done"):
                return
            folders = message["remove"]
    sweep(mark)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(mark: str) -> None:
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


def hide() -> None:
    """Shows a title of its own, and no mark: the guard is not one of those that are to be ended."""
    memory = start_memory()
    ctypes.memset(memory.variables, 0, memory.variables_end - memory.variables)
    overwrite(memory.arguments, memory.arguments_end - memory.arguments, TITLE)
