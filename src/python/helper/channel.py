"""JSON lines to and from the extension; raw output follows the line that gives its length."""

import os
import sys
import threading
from typing import Any, Iterator, Mapping

from serve_bento_shared.json_lines import LineReader, encode, write_all


class ChannelClosed(Exception):
    """The extension's end is gone."""


class Channel:
    def __init__(self, incoming: int, outgoing: int) -> None:
        self.incoming = incoming
        # Children must not inherit either end: the life line has to break when the extension dies.
        self._out = os.dup(outgoing)
        if sys.platform != "win32":
            os.set_blocking(self._out, True)
        self._reader = LineReader()
        self._muted = False
        self._lock = threading.Lock()
        # What is printed by accident must not end up among the messages.
        os.dup2(2, outgoing)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yields the lines that this piece completes."""
        return self._reader.feed(data)

    def send(self, message: Mapping[str, Any], output: bytes = b"") -> None:
        """Blocks while the extension does not read: that is the back-pressure on the children's output."""
        if self._muted:
            return
        with self._lock:
            try:
                write_all(self._out, encode(message) + output)
            except OSError:
                raise ChannelClosed from None

    def mute(self) -> None:
        self._muted = True
