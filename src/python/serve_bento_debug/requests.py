"""Fetches requests from the helper and handles them in this worker."""

import os
import socket
import sys
from typing import Optional, cast

from serve_bento_profile.profiling import start_profile
from serve_bento_shared.json_lines import LineReader, decode, encode

from .protocol import AttachRequest, Hello, ProfileRequest, Report, Request
from .worker import try_attach, wait_for_editor

# Seconds. The helper answers at once, unless it is stopped.
ANSWER_LIMIT = 5.0
CHUNK = 65536


def handle_next(path: str) -> bool:
    """Returns whether the helper had a request. Never raises: the service continues in any case."""
    if sys.platform == "win32":
        return False
    else:
        try:
            helper = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        except OSError:
            return False
        try:
            helper.settimeout(ANSWER_LIMIT)
            helper.connect(path)
            hello: Hello = {"pid": os.getpid()}
            helper.sendall(encode(hello))
            request = receive(helper)
            if request is None:
                return False
            handle(request, helper)
            return True
        except (OSError, ValueError):
            # The helper is gone, and ends this process; or it is stopped.
            return False
        finally:
            helper.close()


def receive(helper: socket.socket) -> Optional[Request]:
    reader = LineReader()
    while True:
        data = helper.recv(CHUNK)
        if not data:
            return None
        for line in reader.feed(data):
            return cast(Request, decode(line))


def handle(request: Request, helper: socket.socket) -> None:
    if request["kind"] == "attach":
        attach = cast(AttachRequest, request)
        report: Report = {"failure": try_attach(attach)}
        helper.sendall(encode(report))
        if report["failure"] is None and attach["wait"] > 0:
            wait_for_editor(attach["wait"])
    elif request["kind"] == "profile":
        # Its thread keeps the connection.
        start_profile(cast(ProfileRequest, request), helper.dup())
