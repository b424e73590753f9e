"""Whether a process waits for connections, which no log says reliably (Linux)."""

import os
from typing import Optional, Set


def accepts(pid: int, inodes: Set[int]) -> Optional[bool]:
    """Whether it waits for events of one of the sockets; None where the system cannot say."""
    folder = "/proc/%d/fdinfo" % pid
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return any(inodes & _watched("%s/%s" % (folder, name)) for name in names)


def _watched(info: str) -> Set[int]:
    """Inodes of what an epoll descriptor watches: `tfd: … ino:HEX …` (proc_pid_fdinfo(5))."""
    try:
        with open(info) as lines:
            return {
                int(field[4:], 16)
                for line in lines
                if line.startswith("tfd:")
                for field in line.split()
                if field.startswith("ino:")
            }
    except OSError:
        return set()
