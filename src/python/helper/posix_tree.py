"""What Linux and macOS have in common; they differ in how processes are listed."""

import abc
import os
import signal
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional, Set

from .child import Child
from .tree import Ended, Tree


class PosixTree(Tree):
    @abc.abstractmethod
    def processes(self) -> Dict[int, int]:
        """The parent of each living process."""

    def marked(self, mark: str) -> List[int]:
        """Processes whose environment holds the mark, where the system can say."""
        return []

    def spawn_options(self, death_signal: str, in_child: Optional[Callable[[], None]] = None) -> Dict[str, Any]:
        return {"start_new_session": True}

    def terminate(self, child: Child) -> None:
        # To the process itself: a worker that forked drains its own children; the sweep takes the rest.
        send_signal(child.pid, signal.SIGTERM)
        send_signal(child.pid, signal.SIGCONT)

    def kill(self, pid: int) -> None:
        send_signal(pid, signal.SIGKILL)

    def ended(self, children: Mapping[int, Child]) -> Iterator[Ended]:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if os.WIFSIGNALED(status):
                yield pid, None, signal_name(os.WTERMSIG(status))
            else:
                yield pid, os.WEXITSTATUS(status), None

    def children_of(self, pid: int) -> List[int]:
        return [child for child, parent in self.processes().items() if parent == pid]

    def with_descendants(self, roots: Collection[int], mark: Optional[str] = None) -> List[int]:
        parents = self.processes()
        children: Dict[int, List[int]] = {}
        for pid, parent in parents.items():
            children.setdefault(parent, []).append(pid)
        found: List[int] = []
        todo = [pid for pid in roots if pid in parents]
        if mark is not None:
            todo += self.marked(mark)
        seen: Set[int] = set()
        while todo:
            pid = todo.pop(0)
            if pid in seen:
                continue
            seen.add(pid)
            found.append(pid)
            todo += children.get(pid, [])
        return found

    def everything(self, seed: str) -> List[int]:
        return [pid for pid in self.with_descendants([os.getpid()], seed) if pid != os.getpid()]


def send_signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        pass


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIG%d" % number
