"""Processes of Windows, by job objects."""

import os
import signal
import subprocess
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional

from . import windows_job
from .child import Child
from .tree import Ended, StartTime, Tree


class WindowsTree(Tree):
    """The helper's own job takes everything along when the helper ends; one per child ends the tree of that child."""

    def __init__(self) -> None:
        self._jobs: Dict[int, windows_job.Handle] = {}
        # Not inherited by children, so that the last handle closes with this process.
        self._own = windows_job.create(kill_on_close=True)
        windows_job.assign_self(self._own)

    def spawn_options(self, death_signal: str, in_child: Optional[Callable[[], None]] = None) -> Dict[str, Any]:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def adopt(self, child: Child) -> None:
        job = windows_job.create(kill_on_close=False)
        windows_job.assign(job, windows_job.handle_of(started(child)))
        self._jobs[child.pid] = job

    def terminate(self, child: Child) -> None:
        try:
            started(child).send_signal(signal.CTRL_BREAK_EVENT)
        except OSError:
            pass

    def kill_job(self, child: Child) -> None:
        job = self._jobs.get(child.pid)
        if job is not None:
            windows_job.terminate(job)

    def kill(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError:
            pass

    def ended(self, children: Mapping[int, Child]) -> Iterator[Ended]:
        for pid, child in list(children.items()):
            code = started(child).poll()
            if code is not None:
                yield pid, code, None

    def start_time(self, pid: int) -> StartTime:
        return None

    def is_alive(self, pid: int, started: StartTime) -> bool:
        # The list of a job is true at each moment.
        return False

    def children_of(self, pid: int) -> List[int]:
        return [one for one in self.with_descendants([pid]) if one != pid]

    def with_descendants(self, roots: Collection[int], mark: Optional[str] = None) -> List[int]:
        return [pid for root in roots for pid in windows_job.members(self._jobs.get(root), root)]

    def everything(self, seed: str) -> List[int]:
        return [pid for pid in windows_job.members(self._own, os.getpid()) if pid != os.getpid()]


def started(child: Child) -> "subprocess.Popen[bytes]":
    """Nothing is forked on Windows."""
    assert isinstance(child.process, subprocess.Popen)
    return child.process
