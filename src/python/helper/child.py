"""One process that was started here."""

import subprocess
from typing import IO, Callable, Dict, Optional, Union

Pump = Callable[[Optional[bytes]], None]


class ForkedProcess:
    """A process that the fork server has forked, with those parts of `subprocess.Popen` that are used."""

    def __init__(self, pid: int, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
        self.returncode: Optional[int] = None


Process = Union["subprocess.Popen[bytes]", ForkedProcess]


class Child:
    def __init__(self, name: str, group: str, process: Process) -> None:
        self.name = name
        self.group = group
        self.process = process
        self.pid = process.pid
        # By the descriptor that each relays.
        self.pumps: Dict[int, Pump] = {}
