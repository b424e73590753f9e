"""Processes of Linux, by /proc, prctl and our mark."""

import ctypes
import os
import signal
from typing import Any, Callable, Collection, Dict, List, Optional, Union

from .posix_tree import PosixTree

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class LinuxTree(PosixTree):
    def __init__(self, adopts: bool = True) -> None:
        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        # Orphans of ours come to us instead of to init, so that they can be found and ended.
        if adopts:
            self._prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def spawn_options(self, death_signal: str, in_child: Optional[Callable[[], None]] = None) -> Dict[str, Any]:
        prctl, parent = self._prctl, os.getpid()
        number = getattr(signal, death_signal)

        def die_with_parent() -> None:
            prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
            # The parent may have died before the request was in place.
            if os.getppid() != parent:
                os._exit(1)
            if in_child is not None:
                in_child()

        return {"start_new_session": True, "preexec_fn": die_with_parent}

    def processes(self) -> Dict[int, int]:
        parents = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                fields = living(name)
                if fields is not None:
                    parents[int(name)] = int(fields[1])
        return parents

    def start_time(self, pid: int) -> Optional[int]:
        fields = living(pid)
        return None if fields is None else int(fields[19])

    def children_of(self, pid: int) -> List[int]:
        found: List[int] = []
        try:
            for thread in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, thread)) as children:
                    found += map(int, children.read().split())
        except OSError:
            pass
        return [child for child in found if self.start_time(child) is not None]

    def catches(self, pid: int, number: int) -> bool:
        try:
            with open("/proc/%d/status" % pid) as status:
                masks = [line.split()[1] for line in status if line.startswith("SigCgt:")]
        except OSError:
            return False
        return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)

    def stopped(self, pids: Collection[int]) -> List[int]:
        return [pid for pid in pids if (stat_fields(pid) or [""])[0] == "T"]

    def marked(self, mark: str) -> List[int]:
        needle = mark.encode()
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open("/proc/%s/environ" % name, "rb") as environ:
                    if needle in environ.read() and living(name) is not None:
                        found.append(int(name))
            except OSError:
                continue
        return found


def living(pid: Union[int, str]) -> Optional[List[str]]:
    """The fields of a process that has not ended. A zombie has: its parent may not have buried it yet."""
    fields = stat_fields(pid)
    return None if fields is None or fields[0] in ("Z", "X") else fields


def stat_fields(pid: Union[int, str]) -> Optional[List[str]]:
    """The fields of proc_pid_stat(5) from the third, the state; None where there is no such process."""
    try:
        with open("/proc/%s/stat" % pid, "rb") as stat:
            # The name is in parentheses and may contain anything, also ") R 1".
            return stat.read().decode("latin-1").rpartition(")")[2].split() or None
    except OSError:
        return None
