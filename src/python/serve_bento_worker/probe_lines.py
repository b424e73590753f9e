"""Keeps our probes that succeed out of the access log, whatever format the service logs in: we know them by their header."""

import contextvars
import logging

# src/core/health/http-probe.ts sends it.
HEADER = (b"user-agent", b"serve-bento-probe")
ACCESS_LOGS = ("bentoml.access", "uvicorn.access")
# The status of the answer to a probe; each request of uvicorn has a context of its own.
answered = contextvars.ContextVar("serve_bento_probe", default=None)


def leave_out_probes(config_class):
    """Of every server made from uvicorn's configuration class."""
    load = config_class.load

    def load_noting(config):
        load(config)
        config.loaded_app = noting(config.loaded_app)

    config_class.load = load_noting
    handle = logging.Logger.handle

    # Not a filter of a logger: a service that configures logging anew may remove it.
    def handle_others(logger, record):
        if record.name not in ACCESS_LOGS or not is_answered_probe():
            handle(logger, record)

    logging.Logger.handle = handle_others


def noting(app):
    async def noted(scope, receive, send):
        if scope["type"] != "http" or HEADER not in [tuple(header) for header in scope["headers"]]:
            return await app(scope, receive, send)
        status = []
        answered.set(status)

        async def send_noting(message):
            if message["type"] == "http.response.start":
                status.append(message["status"])
            await send(message)

        return await app(scope, receive, send_noting)

    return noted


def is_answered_probe():
    return answered.get() == [200]
