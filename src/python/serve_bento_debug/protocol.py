"""What a worker and the helper say to each other: JSON lines on the helper's Unix socket, which only its user can open.

The worker sends one `Hello`. The answer is an `AttachRequest`, or the end of the connection when nobody wants to debug
it. The worker sends an `AttachReport` once the debugger is connected, or cannot be.
"""

from typing import Optional, TypedDict


class Hello(TypedDict):
    pid: int


class AttachRequest(TypedDict):
    # The folder that the package debugpy is in.
    debugpy: str
    # Where the debug adapter waits for the worker, on this machine.
    port: int
    # Both show it to each other.
    token: str
    # Debug the processes that the worker starts, too.
    subProcess: bool
    # Seconds to wait for the editor, which may have breakpoints in what is imported next; 0 goes on at once.
    wait: float


class AttachFailure(TypedDict):
    # `no-debugpy`, `already-debugged`, or the name of the exception.
    code: str
    message: str


class AttachReport(TypedDict):
    # None when the debugger is connected.
    failure: Optional[AttachFailure]
