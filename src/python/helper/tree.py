"""Knows and ends a whole tree of processes, with what each system offers for it."""

import abc
import sys
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from .child import Child

# Differs between two processes that had the same id; None where it is unknown.
StartTime = Optional[Union[int, str]]
# A process id, its exit code, and the name of the signal that ended it.
Ended = Tuple[int, Optional[int], Optional[str]]


class Tree(abc.ABC):
    @abc.abstractmethod
    def spawn_options(self, death_signal: str, in_child: Optional[Callable[[], None]] = None) -> Dict[str, Any]:
        """Options of `subprocess.Popen`. `in_child` is called in the child before it runs its program (Linux)."""

    def adopt(self, child: Child) -> None:
        """Prepares for the end of the tree of this child."""
        return

    @abc.abstractmethod
    def terminate(self, child: Child) -> None:
        """Asks the child to end."""

    @abc.abstractmethod
    def kill(self, pid: int) -> None: ...

    def kill_job(self, child: Child) -> None:
        """Ends the whole tree of the child at once, where the system can."""
        return

    @abc.abstractmethod
    def ended(self, children: Mapping[int, Child]) -> Iterator[Ended]:
        """Yields what has ended since the last call."""

    @abc.abstractmethod
    def start_time(self, pid: int) -> StartTime: ...

    def is_alive(self, pid: int, started: StartTime) -> bool:
        """Whether the process is alive, and the one that started then."""
        return started is not None and self.start_time(pid) == started

    def stopped(self, pids: Collection[int]) -> List[int]:
        """Those that a signal has stopped, where the system can say; not those that a debugger holds."""
        return []

    def catches(self, pid: int, number: int) -> bool:
        """Whether the process has a handler of that signal, where the system can say."""
        return False

    @abc.abstractmethod
    def children_of(self, pid: int) -> List[int]: ...

    @abc.abstractmethod
    def with_descendants(self, roots: Collection[int], mark: Optional[str] = None) -> List[int]:
        """The living ones of these processes, their descendants, and what carries the mark where the system can say."""

    @abc.abstractmethod
    def everything(self, seed: str) -> List[int]:
        """All that is left of us: our descendants, and on Linux what carries our mark."""


def make_tree() -> Tree:
    if sys.platform == "linux":
        from .linux_tree import LinuxTree

        return LinuxTree()
    elif sys.platform == "win32":
        from .windows_tree import WindowsTree

        return WindowsTree()
    else:
        from .darwin_tree import DarwinTree

        return DarwinTree()
