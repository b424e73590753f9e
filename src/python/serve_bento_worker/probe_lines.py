"""Leaves our probes that succeed out of the access log, whatever its format: a header tells them from other requests."""

import contextvars
import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional

from .after_import import after_import

Scope = Dict[str, Any]
Receive = Callable[[], Awaitable[Dict[str, Any]]]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# src/core/health/probe-name.ts has it too. A gRPC client adds its own name and version.
NAME = "serve-bento-probe"
HEADER = (b"user-agent", NAME.encode())
# The status of the answer to a probe; each request of uvicorn has a context of its own.
answered: "contextvars.ContextVar[Optional[List[int]]]" = contextvars.ContextVar(NAME, default=None)


def leave_out_probes() -> None:
    """Of every HTTP server (uvicorn) and gRPC server that this process starts."""
    after_import("uvicorn.config", lambda module: of_http(module.Config))
    after_import("bentoml.grpc.interceptors.access", lambda module: of_grpc(module.AccessLogServerInterceptor))


def of_http(config_class: Any) -> None:
    load = config_class.load

    def load_noting(config: Any) -> None:
        load(config)
        config.loaded_app = noting(config.loaded_app)

    config_class.load = load_noting
    handle = logging.Logger.handle

    # Not a filter of a logger: a service that configures logging anew may remove it.
    def handle_others(logger: logging.Logger, record: logging.LogRecord) -> None:
        if not (is_access_log(record.name) and is_answered_probe()):
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


def is_access_log(name: str) -> bool:
    """`bentoml.access`, `uvicorn.access`, and what a service names its own."""
    return name.rpartition(".")[2] == "access"


def is_answered_probe() -> bool:
    """Whether the probe succeeded, or is about to follow a redirect."""
    status = answered.get()
    return bool(status and 200 <= status[0] < 400)


def of_grpc(interceptor_class: Any) -> None:
    intercept = interceptor_class.intercept_service

    async def intercept_others(interceptor: Any, continuation: Any, details: Any) -> Any:
        if is_grpc_probe(details):
            return await continuation(details)
        return await intercept(interceptor, continuation, details)

    interceptor_class.intercept_service = intercept_others


def is_grpc_probe(details: Any) -> bool:
    agents = [value for key, value in details.invocation_metadata or () if key == "user-agent"]
    return any(str(agent).split(" ")[0] == NAME for agent in agents)
