"""Profiles this worker beside what it does, and reports to the helper."""

import _thread
import selectors
import socket
from typing import Optional

from serve_bento_debug.protocol import Failure, ProfileRequest, Report
from serve_bento_shared.json_lines import encode

from .cpuprofile import write
from .sampler import Sampler

# Seconds in which a profile that has been ended lets go.
END_LIMIT = 2.0

_runs = _thread.allocate_lock()


def start_profile(request: ProfileRequest, helper: socket.socket) -> None:
    """Starts a thread that ends by itself, at the latest when the helper ends its side of the connection."""
    # Not one of `threading`: nothing of the service waits for it, and it is in no list.
    _thread.start_new_thread(answer, (request, helper))


def answer(request: ProfileRequest, helper: socket.socket) -> None:
    try:
        with helper:
            helper.settimeout(None)
            if not _runs.acquire(timeout=END_LIMIT):
                report(helper, {"code": "already-profiled", "message": "it is being profiled already"})
                return
            try:
                profile(request, helper)
            finally:
                _runs.release()
    except OSError:
        # The helper is gone, and ends this process.
        pass


def profile(request: ProfileRequest, helper: socket.socket) -> None:
    report(helper, None)
    sampler = Sampler()
    if not sampler.run(request["seconds"], request["interval"], lambda seconds: is_wanted(helper, seconds)):
        return
    failure: Optional[Failure] = None
    try:
        write(sampler, request["file"], request["interval"], lambda: is_wanted(helper, 0))
    except OSError as error:
        failure = {"code": type(error).__name__, "message": str(error)}
    report(helper, failure)


def is_wanted(helper: socket.socket, seconds: float) -> bool:
    """Waits so long. The helper says nothing more: what can be read is the end."""
    with selectors.DefaultSelector() as selector:
        selector.register(helper, selectors.EVENT_READ)
        return not selector.select(seconds)


def report(helper: socket.socket, failure: Optional[Failure]) -> None:
    said: Report = {"failure": failure}
    helper.sendall(encode(said))
