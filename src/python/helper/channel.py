"""JSON lines, one message a line, to and from the extension; raw output follows the line that tells its length."""

import json
import os
import threading


# In bytes: far beyond any command. Of a line that is longer the rest is dropped, so that it does not fill the memory.
LONGEST = 16 * 1024 * 1024


class ChannelClosed(Exception):
    """The extension's end is gone."""


class Channel:
    def __init__(self, incoming, outgoing):
        self.incoming = incoming
        # Children must not inherit either end: the life line has to break when the extension dies.
        self._out = os.dup(outgoing)
        if os.name == "posix":
            os.set_blocking(self._out, True)
        self._rest = []
        self._length = 0
        self._muted = False
        self._lock = threading.Lock()
        # What is printed by accident must not end up among the messages.
        os.dup2(2, outgoing)

    def feed(self, data):
        """The lines completed by this piece."""
        *ended, rest = data.split(b"\n")
        for part in ended:
            self._keep(part)
            # Joined once, when the end is there: a line may come in many pieces.
            line = b"".join(self._rest)
            self._rest, self._length = [], 0
            yield line
        self._keep(rest)

    def _keep(self, part):
        if self._length < LONGEST:
            self._rest.append(part)
            self._length += len(part)

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
