"""Processes of macOS, by ps."""

import subprocess
from typing import Collection, Dict, List, NamedTuple, Optional, Tuple

from .posix_tree import PosixTree


class Row(NamedTuple):
    parent: int
    started: str


class DarwinTree(PosixTree):
    """macOS has no subreaper: what was seen as a descendant once is remembered with its start time."""

    def __init__(self) -> None:
        self._remembered: Dict[Tuple[int, ...], Dict[int, str]] = {}

    def _table(self) -> Dict[int, Row]:
        listed = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,stat=,lstart="],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=5,
            check=False,
        ).stdout.decode("utf-8", "replace")
        rows = (line.split(None, 3) for line in listed.splitlines())
        return {int(r[0]): Row(int(r[1]), r[3]) for r in rows if len(r) == 4 and not r[2].startswith("Z")}

    def processes(self) -> Dict[int, int]:
        return {pid: row.parent for pid, row in self._table().items()}

    def start_time(self, pid: int) -> Optional[str]:
        row = self._table().get(pid)
        return None if row is None else row.started

    def with_descendants(self, roots: Collection[int], mark: Optional[str] = None) -> List[int]:
        table = self._table()
        found = super().with_descendants(roots, mark)
        known = self._remembered.setdefault(tuple(roots), {})
        for pid in found:
            if pid in table:
                known[pid] = table[pid].started
        escaped = [
            pid for pid, started in known.items() if pid not in found and pid in table and table[pid].started == started
        ]
        return found + escaped
