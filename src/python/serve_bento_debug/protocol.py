"""The messages between a worker and the helper: JSON lines on the helper's Unix socket, which only its user can open.

The worker sends one `Hello`. The answer is a request, which its `kind` names, or the end of the connection when there is
none. A worker that gets an `AttachRequest` sends a `Report` once the debugger is connected, or cannot be. One that gets
a `ProfileRequest` sends one when it begins, and another one when the file is written; it stops without one when the
helper closes its side.
"""

from typing import Optional, Tuple, TypedDict


class Hello(TypedDict):
    pid: int


class Request(TypedDict):
    # The kinds that there are: `attach`, `profile`.
    kind: str


class AttachRequest(Request):
    # The name of the debug adapter, which the helper's report of the result contains.
    adapter: str
    # The folder that the package debugpy is in.
    debugpy: str
    # Where the debug adapter waits for the worker, on this machine.
    port: int
    # See `tokens`.
    token: str
    # Debug the processes that the worker starts, too.
    subProcess: bool
    # Seconds to wait for the editor, which may have breakpoints in what is imported next; 0 goes on at once.
    wait: float


class ProfileRequest(Request):
    # How long, and how often it looks at the stacks.
    seconds: float
    interval: float
    # The file to write, in the format of V8; it must not exist.
    file: str


def tokens(token: str) -> Tuple[str, str]:
    """Splits a token into what the adapter sends to a worker, and what the worker sends back.

    They differ because the adapter speaks first, to any process that connects: it must not accept what it has sent.
    """
    half = len(token) // 2
    return token[:half], token[half:]


class Failure(TypedDict):
    # `no-debugpy`, `already-debugged`, `already-profiled`, or the name of the exception.
    code: str
    message: str


class Report(TypedDict):
    # None when the worker does what it was asked for.
    failure: Optional[Failure]
