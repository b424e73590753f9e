"""Retires a worker: it ends without failing a request, while another worker serves from the same socket.

At SIGTERM, uvicorn closes connections that it has accepted but not read yet, and those that a client is about to reuse.
If another worker takes over, this one can stop accepting first, and ask its clients to connect again.
"""

import os
import signal
import sys
import time
from typing import Any

from serve_bento_shared.retire_signal import RETIRE

from .after_import import after_import

# Seconds until it ends even if clients keep idle connections open.
LONGEST = 2.0
PAUSE = 0.05
CLOSE = (b"connection", b"close")


def retire_at_signal() -> None:
    if sys.platform == "linux":
        after_import("uvicorn.server", lambda uvicorn: retire_at(RETIRE, uvicorn.Server))


def retire_at(number: int, server_class: Any) -> None:
    """Makes each server of uvicorn's class handle the signal, once it has started."""
    # Imported here, because uvicorn has imported it by now.
    import asyncio

    start = server_class.startup

    async def startup(server: Any, *args: Any, **kwargs: Any) -> None:
        await start(server, *args, **kwargs)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(number, lambda: loop.create_task(retire(server, loop)))

    server_class.startup = startup


async def retire(server: Any, loop: Any) -> None:
    import asyncio

    for listening in server.servers:
        for sock in listening.sockets:
            # With asyncio, closing it would drop connections accepted a moment ago. uvloop has other readers.
            if not loop.remove_reader(sock.fileno()):
                listening.close()
                break
    # The headers that it sends now, and those from which it makes new ones each second.
    server.server_state.default_headers = [*server.server_state.default_headers, CLOSE]
    server.config.encoded_headers.append(CLOSE)
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        await asyncio.sleep(PAUSE)
        if not server.server_state.connections:
            break
    os.kill(os.getpid(), signal.SIGTERM)
