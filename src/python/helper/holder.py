"""Who listens on a port, as far as the system says."""

import functools
import os
import shutil
import subprocess
import sys
from typing import Any, Callable, Collection, Dict, Iterator, List, Optional, Set, Tuple

# A process id, or 0 when it cannot be seen; the address; a function that gives the name.
Holder = Tuple[int, str, Callable[[], str]]


def holder_of(port: int) -> Optional[Dict[str, Any]]:
    """`{"pid", "name"}` of a process that listens on the port, or None. Never raises."""
    try:
        for pid, _, name in _holders(port) if port else ():
            if pid:
                return {"pid": pid, "name": name()}
    except Exception:
        pass
    return None


def is_held_by(pids: Collection[int], port: int) -> Optional[bool]:
    """Whether one of the processes listens on the port and no other does at the same address; None where nothing says."""
    try:
        holders = [(pid, address) for pid, address, _ in _holders(port)]
    except Exception:
        return None
    own = {address for pid, address in holders if pid in pids}
    return bool(own) and all(pid in pids for pid, address in holders if address in own)


def listening_inodes(port: int) -> Set[int]:
    """Of the sockets that listen on the port, whoever has them (Linux)."""
    return {int(link[len("socket:[") : -1]) for link in _listening(port)}


def _holders(port: int) -> Iterator[Holder]:
    """All that listen on the port."""
    if sys.platform == "linux":
        return _linux(port)
    return _windows(port) if sys.platform == "win32" else _lsof(port)


def _linux(port: int) -> Iterator[Holder]:
    addresses = _listening(port)
    seen = set()
    for pid in filter(str.isdigit, os.listdir("/proc") if addresses else ()):
        for socket in set(_descriptors(pid)).intersection(addresses):
            seen.add(socket)
            yield int(pid), addresses[socket], functools.partial(_name, pid)
    for socket in set(addresses) - seen:
        # Of another user, or of a process that ended meanwhile.
        yield 0, addresses[socket], str


def _listening(port: int) -> Dict[str, str]:
    """{what a descriptor links to: local address} of the sockets that listen on the port."""
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table) as lines:
                next(lines)
                for line in lines:
                    fields = line.split()
                    # 0A is TCP_LISTEN; a socket that is bound and does not listen is in no table.
                    if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                        found["socket:[%s]" % fields[9]] = fields[1]
        except OSError:
            continue
    return found


def _descriptors(pid: str) -> Iterator[str]:
    folder = "/proc/%s/fd" % pid
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield os.readlink("%s/%s" % (folder, name))
        except OSError:
            continue


def _name(pid: str) -> str:
    try:
        with open("/proc/%s/comm" % pid) as name:
            text = name.read().strip()
        # Node names its main thread so.
        return os.path.basename(os.readlink("/proc/%s/exe" % pid)) if text == "MainThread" else text
    except OSError:
        return ""


def _lsof(port: int) -> Iterator[Holder]:
    tool = shutil.which("lsof") or "/usr/sbin/lsof"
    pid, name = 0, ""
    for line in _output([tool, "-nP", "-iTCP:%d" % port, "-sTCP:LISTEN", "-Fpcn"]).splitlines():
        kind, value = line[:1], line[1:]
        if kind == "p":
            pid = int(value)
        elif kind == "c":
            name = value
        elif kind == "n":
            yield pid, value, functools.partial(str, name)


def _windows(port: int) -> Iterator[Holder]:
    for line in _output(["netstat", "-ano", "-p", "TCP"]).splitlines():
        fields = line.split()
        # The state is translated, the foreign address of a listener is not.
        if len(fields) == 5 and fields[1].endswith(":%d" % port) and fields[2].endswith(":0"):
            yield int(fields[4]), fields[1], functools.partial(_task, fields[4])


def _task(pid: str) -> str:
    said = _output(["tasklist", "/FI", "PID eq %s" % pid, "/FO", "CSV", "/NH"])
    return said.split('"')[1] if '"' in said else ""


def _output(command: List[str]) -> str:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=2, check=False
    ).stdout.decode("utf-8", "replace")
