"""BentoML's arbiters: they start workers by themselves, and again when one ends, and report neither."""

from typing import Dict

from .channel import Channel
from .child import Child
from .loop import Loop
from .tree import StartTime, Tree

# Seconds from one look to the next.
INTERVAL = 0.25


class Arbiters:
    def __init__(self, loop: Loop, channel: Channel, tree: Tree) -> None:
        self._loop = loop
        self._channel = channel
        self._tree = tree
        self._workers: Dict[Child, Dict[int, StartTime]] = {}

    def watch(self, child: Child) -> None:
        self._workers[child] = {}
        self._loop.every(INTERVAL, self._look)

    def forget(self, child: Child) -> None:
        if self._workers.pop(child, None) is not None and not self._workers:
            self._loop.cancel_timer()

    def _look(self) -> None:
        for child, known in self._workers.items():
            listed = self._tree.children_of(child.pid)
            # A list of children may miss one while another ends: only what is gone has died.
            died = [pid for pid, started in known.items() if pid not in listed and not self._tree.is_alive(pid, started)]
            found = [pid for pid in listed if pid not in known]
            if not died and not found:
                continue
            for pid in died:
                del known[pid]
            known.update((pid, self._tree.start_time(pid)) for pid in found)
            self._channel.send({"event": "workers", "process": child.name, "alive": sorted(known), "died": died})
