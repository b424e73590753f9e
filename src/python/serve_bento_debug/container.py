"""Debugs this worker in a container, where no helper runs: the worker starts its debug adapter itself."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from typing import Optional, TypedDict, cast

# The environment variable with the path of the settings; set only for a worker that is debugged.
SETTINGS = "SERVE_BENTO_DEBUG_CONTAINER"
# Seconds that the port may be in use by the adapter of a worker that has ended.
PORT_LIMIT = 10.0


class Settings(TypedDict):
    # The port on the loopback interface of the container.
    port: int
    # The token that a connection to that port must send first.
    token: str
    # Debug the processes that the worker starts, too.
    subProcess: bool
    # Seconds to wait for the editor, which may have breakpoints in what is imported next.
    wait: float


def debug_if_asked() -> None:
    path = os.environ.pop(SETTINGS, None)
    if path is None or sys.platform == "win32":
        return
    with open(path, encoding="utf-8") as file:
        settings = cast(Settings, json.load(file))
    debug(settings, os.path.dirname(path))


def debug(settings: Settings, folder: str) -> None:
    """Waits for the editor, but not longer than the settings say. The worker serves in any case."""
    from . import gate
    from .adapter import TOKEN
    from .protocol import AttachRequest, Failure
    from .worker import try_attach, wait_for_editor

    editor = listen(settings["port"], PORT_LIMIT)
    if editor is None:
        print("cannot be debugged: the port %d is in use" % settings["port"], file=sys.stderr)
        return
    worker = socket.create_server(("127.0.0.1", 0))
    token = secrets.token_hex(32)
    report_fd, own_fd = os.pipe()
    fds = (editor.fileno(), worker.fileno(), report_fd)
    script = os.path.join(folder, "debug_adapter.py")
    subprocess.Popen(
        [sys.executable, "-I", "-B", script, folder, *map(str, fds)],
        env={**os.environ, TOKEN: token, gate.ACCESS: settings["token"]},
        pass_fds=fds,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    port = worker.getsockname()[1]
    # The adapter has them now. If they stayed open here, a connection would wait for an adapter that has died.
    editor.close()
    worker.close()
    os.close(report_fd)
    request: AttachRequest = {
        "kind": "attach",
        "adapter": "",
        "debugpy": folder,
        "port": port,
        "token": token,
        "subProcess": settings["subProcess"],
        "wait": settings["wait"],
    }
    failure: Optional[Failure] = try_attach(request)
    # The pipe stays open: its end tells the adapter that the worker has ended.
    os.write(own_fd, json.dumps({"pid": os.getpid(), "failure": failure}).encode() + b"\n")
    if failure is None:
        wait_for_editor(settings["wait"])


def listen(port: int, limit: float) -> Optional[socket.socket]:
    until = time.monotonic() + limit
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            if time.monotonic() >= until:
                return None
            time.sleep(0.1)
