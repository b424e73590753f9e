"""Keeps our probes that succeed out of the access log, whatever format the service logs in: we know them by their header."""

import contextvars
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional

Scope = Dict[str, Any]
Receive = Callable[[], Awaitable[Dict[str, Any]]]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# src/core/health/http-probe.ts sends it.
HEADER = (b"user-agent", b"serve-bento-probe")
ACCESS_LOGS = ("bentoml.access", "uvicorn.access")
# The status of the answer to a probe; each request of uvicorn has a context of its own.
answered: "contextvars.ContextVar[Optional[List[int]]]" = contextvars.ContextVar("serve_bento_probe", default=None)


def leave_out_probes(config_class: Any) -> None:
    """Of every server made from uvicorn's configuration class."""
    load = config_class.load

    def load_noting(config: Any) -> None:
        load(config)
        config.loaded_app = noting(config.loaded_app)

    config_class.load = load_noting
    handle = logging.Logger.handle

    # Not a filter of a logger: a service that configures logging anew may remove it.
    def handle_others(logger: logging.Logger, record: logging.LogRecord) -> None:
        if record.name not in ACCESS_LOGS or not is_answered_probe():
            handle(logger, record)

    logger_class: Any = logging.Logger
    logger_class.handle = handle_others


def noting(app: App) -> App:
    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or HEADER not in [tuple(header) for header in scope["headers"]]:
            await app(scope, receive, send)
            return
        status: List[int] = []
        answered.set(status)

        async def send_noting(message: Dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])
            await send(message)

        await app(scope, receive, send_noting)

    return noted


def is_answered_probe() -> bool:
    return answered.get() == [200]
