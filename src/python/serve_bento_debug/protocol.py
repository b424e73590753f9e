"""What a worker and the helper say to each other: JSON lines on the helper's Unix socket, which only its user can open.

The worker sends one `Hello`. The answer is a request, which its `kind` names, or the end of the connection when there is
none. A worker that gets an `AttachRequest` sends a `Report` once the debugger is connected, or cannot be.
"""

from typing import Optional, TypedDict


class Hello(TypedDict):
    pid: int


class Request(TypedDict):
    # The kinds that there are: `attach`.
    kind: str


class AttachRequest(Request):
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


class Failure(TypedDict):
    # `no-debugpy`, `already-debugged`, or the name of the exception.
    code: str
    message: str


class Report(TypedDict):
    # None when the worker does what it was asked for.
    failure: Optional[Failure]
