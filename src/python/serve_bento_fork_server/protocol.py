"""The protocol between the helper and the fork server: JSON lines on a Unix stream socket.

The helper sends one `PrepareRequest`, which is answered with `{"ready": true}` or `{"unfit": REASON}`, then one
`ForkRequest` for each worker, with the descriptors of its output and its sockets. The answer is `{"pid": PID}` or
`{"refused": REASON}`. Each side waits for the other: no request is sent before the last one is answered. One exception: once
the fork server has sent `{"canPlan": true}`, a planner can be forked between two of the imports that are left.

Before each module that is imported the fork server sends `{"importing": NAME}`: if it dies there, that is its last line.
"""

import array
import socket
import sys
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, TypedDict

from serve_bento_shared.json_lines import LineReader, Message, decode, encode

CHUNK = 65536
# More than a worker ever gets.
MOST_DESCRIPTORS = 16


class PrepareRequest(TypedDict):
    # The generation of the services: see stacks.py.
    stack: str
    # Modules to import beside those of the stack.
    preload: List[str]
    # A directory for metrics, which must stay empty.
    metrics: Optional[str]
    # A folder for bytecode that Python cannot cache next to the modules: see bytecode.py.
    bytecode: Optional[str]


class ForkRequest(TypedDict):
    argv: List[str]
    env: Dict[str, str]
    cwd: str
    # The numbers that the worker knows its sockets by.
    fds: List[int]
    # The process id of the helper, which becomes the worker's parent.
    parent: int
    # The signal that the worker gets when the helper dies.
    deathSignal: str
    # Where the worker lists the files that it imports.
    imports: Optional[str]


def send(channel: socket.socket, message: Mapping[str, object], descriptors: Sequence[int] = ()) -> None:
    data = encode(message)
    if descriptors:
        data = data[_send_first(channel, data, descriptors) :]
    channel.sendall(data)


def _send_first(channel: socket.socket, data: bytes, descriptors: Sequence[int]) -> int:
    """Sends the descriptors with the first bytes, and returns how many these were."""
    if sys.platform == "win32":
        raise OSError("this system cannot send descriptors")
    else:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))]
        return channel.sendmsg([data], rights)


def receive(channel: socket.socket) -> Tuple[Optional[Message], List[int]]:
    """Waits for one message and its descriptors; None where the other end is closed."""
    reader = LineReader()
    descriptors = array.array("i")
    while True:
        data = _receive_piece(channel, descriptors)
        for line in reader.feed(data):
            return decode(line), list(descriptors)
        if not data:
            return None, list(descriptors)


def _receive_piece(channel: socket.socket, descriptors: "array.array[int]") -> bytes:
    """Adds the descriptors that come with this piece."""
    if sys.platform == "win32":
        raise OSError("this system cannot receive descriptors")
    else:
        room = socket.CMSG_LEN(MOST_DESCRIPTORS * descriptors.itemsize)
        data, ancillary, _, _ = channel.recvmsg(CHUNK, room)
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
        return data
