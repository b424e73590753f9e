"""JSON lines: how the helper, the fork server, the guard and the planner frame their messages."""

import json
import os
from typing import Any, Dict, Iterator, List, Mapping

Message = Dict[str, Any]

# In bytes: far beyond any message. The rest of a longer line is dropped, so that it does not fill the memory.
LONGEST_LINE = 16 * 1024 * 1024


def encode(message: Mapping[str, Any]) -> bytes:
    """One line of ASCII."""
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> Message:
    """Raises a ValueError where the line is not a JSON object."""
    message = json.loads(line.decode("utf-8"))
    if not isinstance(message, dict):
        raise ValueError("not a JSON object")
    return message


class LineReader:
    """Joins pieces of a stream to lines."""

    def __init__(self) -> None:
        self._pieces: List[bytes] = []
        self._length = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yields the lines that this piece completes."""
        *ended, rest = data.split(b"\n")
        for piece in ended:
            self._append(piece)
            # Joined once, at the end of the line, which may come in many pieces.
            line = b"".join(self._pieces)
            self._pieces, self._length = [], 0
            yield line
        self._append(rest)

    def _append(self, piece: bytes) -> None:
        if self._length < LONGEST_LINE:
            self._pieces.append(piece)
            self._length += len(piece)


def write_all(fd: int, data: bytes) -> None:
    """Writes until everything is written. Raises an OSError where the other end is closed."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
