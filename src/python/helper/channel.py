"""JSON lines, one message a line, to and from the extension; raw output follows the line that tells its length."""

import json
import os
import threading


class ChannelClosed(Exception):
    """The extension's end is gone."""


class Channel:
    def __init__(self, incoming, outgoing):
        self.incoming = incoming
        # Children must not inherit either end: the life line has to break when the extension dies.
        self._out = os.dup(outgoing)
        if os.name == "posix":
            os.set_blocking(self._out, True)
        self._rest = b""
        self._muted = False
        self._lock = threading.Lock()
        # What is printed by accident must not end up among the messages.
        os.dup2(2, outgoing)

    def feed(self, data):
        """The messages completed by this piece."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if line.strip():
                yield json.loads(line.decode("utf-8"))

    def send(self, message, output=None):
        """Blocks while the extension does not read: that is the back-pressure on the children's output."""
        if self._muted:
            return
        if output is not None:
            message = dict(message, bytes=len(output))
        line = (json.dumps(message, separators=(",", ":")) + "\n").encode("ascii")
        data = memoryview(line + (output or b""))
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._out, data):]
            except OSError:
                raise ChannelClosed from None

    def mute(self):
        self._muted = True
