"""Profiles this worker beside what it does, and reports to the helper."""

import _thread
import select
import socket
from typing import Optional

from serve_bento_debug.protocol import Failure, ProfileRequest, Report
from serve_bento_shared.json_lines import encode

from .cpuprofile import write
from .sampler import Sampler

_runs = _thread.allocate_lock()


def start_profile(request: ProfileRequest, helper: socket.socket) -> None:
    """Starts a thread that ends by itself, at the latest when the helper closes the connection, which it takes over."""
    if not _runs.acquire(blocking=False):
        report(helper, {"code": "already-profiled", "message": "it is being profiled already"})
        helper.close()
        return
    # Not one of `threading`: nothing of the service waits for it, and it is in no list.
    try:
        _thread.start_new_thread(profile, (request, helper))
    except BaseException:
        _runs.release()
        raise


def profile(request: ProfileRequest, helper: socket.socket) -> None:
    try:
        helper.settimeout(None)
        report(helper, None)
        sampler = Sampler()
        if sampler.run(request["seconds"], request["interval"], lambda seconds: is_wanted(helper, seconds)):
            try:
                write(sampler, request["file"], request["interval"])
                report(helper, None)
            except OSError as error:
                report(helper, {"code": type(error).__name__, "message": str(error)})
    except OSError:
        # The helper is gone, and ends this process.
        pass
    finally:
        helper.close()
        _runs.release()


def is_wanted(helper: socket.socket, seconds: float) -> bool:
    """Waits so long. The helper says nothing more: what can be read is the end."""
    poll = select.poll()
    poll.register(helper, select.POLLIN)
    return not poll.poll(seconds * 1000)


def report(helper: socket.socket, failure: Optional[Failure]) -> None:
    said: Report = {"failure": failure}
    helper.sendall(encode(said))
