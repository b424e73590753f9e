"""Looks at the stacks of all threads again and again."""

import _thread
import sys
import threading
import time
from types import FrameType
from typing import Callable, Dict, List, Optional, Tuple

from .call_tree import IDLE, CallTree
from .clocks import thread_time
from .waiting import waits

# The share of the time since the last look that a thread must have computed to be one that runs.
LEAST_SHARE = 0.05


class ThreadSamples:
    """What one thread did: nodes in the order of time, each with the seconds that it took."""

    def __init__(self, tree: CallTree, name: str, used: Optional[float]) -> None:
        self.node = tree.child(tree.root, f"Thread {name}")
        self.busy = 0.0
        self.samples: List[Tuple[int, float]] = []
        # Seconds of processor time, where they are known.
        self.used = used
        self.was_idle = False

    def add(self, node: int, seconds: float) -> None:
        if self.samples and self.samples[-1][0] == node:
            seconds += self.samples[-1][1]
            self.samples.pop()
        self.samples.append((node, seconds))

    def repeat(self, seconds: float) -> None:
        node, before = self.samples[-1]
        self.samples[-1] = (node, before + seconds)


class Sampler:
    def __init__(self) -> None:
        self.tree = CallTree()
        # By the thread's id and its name: ids are used again.
        self.threads: Dict[Tuple[int, str], ThreadSamples] = {}

    def run(self, seconds: float, interval: float, wait: Callable[[float], bool]) -> bool:
        """Looks every `interval` seconds, until they are over. False: `wait` has said that it is to end before."""
        begin = last = time.monotonic()
        self.look(None)
        following = begin + interval
        while last - begin < seconds:
            if not wait(max(0.0, following - time.monotonic())):
                return False
            now = time.monotonic()
            self.look(now - last)
            last = now
            # What came too late, because another thread did not let go of the interpreter, is not made up for.
            following = max(following + interval, now + interval / 2)
        return True

    def look(self, elapsed: Optional[float]) -> None:
        """Notes what each thread does. The first time nothing has elapsed, and only their clocks are read."""
        own = _thread.get_ident()
        # Private, but looking it up takes no lock, which the service may hold.
        known: Dict[int, threading.Thread] = threading._active  # type: ignore[attr-defined]
        for ident, frame in sys._current_frames().items():
            thread = known.get(ident)
            if ident == own or getattr(thread, "is_pydev_daemon_thread", False):
                continue
            name = str(ident) if thread is None else str(thread.name)
            used = thread_time(getattr(thread, "native_id", None))
            samples = self.threads.get((ident, name))
            if samples is None:
                # One that comes later has computed only since.
                before = used if used is None or elapsed is None else 0.0
                samples = self.threads[ident, name] = ThreadSamples(self.tree, name, before)
            if elapsed is not None:
                self._note(samples, frame, used, elapsed)

    def _note(self, samples: ThreadSamples, frame: FrameType, used: Optional[float], elapsed: float) -> None:
        before, samples.used = samples.used, used
        computed = None if used is None or before is None else used - before
        if computed == 0 and samples.was_idle:
            # It has not run since: its stack is the same.
            samples.repeat(elapsed)
            return
        node = self.tree.stack(samples.node, frame)
        samples.was_idle = waits(frame.f_code) or (computed is not None and computed < LEAST_SHARE * elapsed)
        if samples.was_idle:
            node = self.tree.child(node, IDLE)
        else:
            samples.busy += elapsed
            # Some instructions belong to no line.
            self.tree.count(node, frame.f_lineno or frame.f_code.co_firstlineno)
        samples.add(node, elapsed)
