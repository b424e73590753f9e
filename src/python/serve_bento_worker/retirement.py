"""Lets a worker leave without failing a request, while another one serves from the same socket already.

At SIGTERM uvicorn closes what it has accepted and not read yet, and connections that a client is about to use again:
with somebody else to take over, it can stop accepting first, and ask its clients to connect anew.
"""

import os
import signal
import sys
import time
from typing import Any

from serve_bento_shared.retire_signal import RETIRE

from .after_import import after_import

# Seconds until it ends although clients keep connections open that they do not use.
LONGEST = 2.0
PAUSE = 0.05
CLOSE = (b"connection", b"close")


def retire_at_signal() -> None:
    if sys.platform == "linux":
        after_import("uvicorn.server", lambda uvicorn: retire_at(RETIRE, uvicorn.Server))


def retire_at(number: int, server_class: Any) -> None:
    """Has each server of uvicorn's class take the signal, once it has started."""
    # At this point uvicorn has imported it.
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
            # Closing it would drop what was accepted a moment ago (asyncio). uvloop has other readers.
            if not loop.remove_reader(sock.fileno()):
                listening.close()
                break
    # Those that it sends now, and those that it makes anew each second.
    server.server_state.default_headers = [*server.server_state.default_headers, CLOSE]
    server.config.encoded_headers.append(CLOSE)
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        await asyncio.sleep(PAUSE)
        if not server.server_state.connections:
            break
    os.kill(os.getpid(), signal.SIGTERM)
