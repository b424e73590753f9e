"""Changes what the system shows as the command and the environment of this process (Linux)."""

import ctypes
from typing import NamedTuple


class StartMemory(NamedTuple):
    """Addresses of the arguments and variables that this process was started with."""

    arguments: int
    arguments_end: int
    variables: int
    variables_end: int


def start_memory() -> StartMemory:
    with open("/proc/self/stat", "rb") as stat:
        # The second field, the name, is in parentheses and may contain anything.
        fields = stat.read().rpartition(b")")[2].split()
    # Fields 48 to 51 of proc_pid_stat(5).
    return StartMemory(*map(int, fields[45:49]))


def overwrite(start: int, room: int, text: bytes) -> None:
    """Puts the text there, cut to the room and filled up with zeros."""
    ctypes.memmove(start, text[: room - 1].ljust(room, b"\0"), room)
