"""Refuses the requests that a web page can send to a class service by DNS rebinding.

The variable SERVE_BENTO_FORWARDED_HOSTS has the host names, separated by commas, under which VS Code forwards the
port. src/core/exposure/host-check.ts sets it where the check is needed.
"""

import ipaddress
import os
import re
from typing import Any, Awaitable, Callable, Collection, Dict

from .after_import import after_import

MODULE = "_bentoml_impl.worker.service"
VARIABLE = "SERVE_BENTO_FORWARDED_HOSTS"
Scope = Dict[str, Any]
Receive = Callable[[], Awaitable[Dict[str, Any]]]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# A name, an IPv4 address, or an IPv6 address in brackets; with or without a port.
AUTHORITY = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]*)?", re.ASCII)
LOCALHOST = re.compile(r"(?:[a-z0-9_-]+\.)*localhost", re.ASCII)
REFUSAL = (
    b"Serve Bento refuses this request because its Host header names neither an IP address nor localhost nor a host "
    b"that VS Code forwards, and this version of BentoML can run code that a web page sends (CVE-2025-27520): use "
    b"127.0.0.1 or localhost in the address, or install BentoML 1.4.3 or later.\n"
)
HEADERS = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", str(len(REFUSAL)).encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
]


def check_hosts(module: str) -> None:
    """Has the servers of this process check the Host header if it is a worker of class services."""
    forwarded = os.environ.pop(VARIABLE, "").lower().split(",")
    if module == MODULE:
        after_import("uvicorn.config", lambda uvicorn: put_around(uvicorn.Config, forwarded))


def put_around(config_class: Any, forwarded: Collection[str]) -> None:
    """Puts the check around the application of every server made from uvicorn's configuration class."""
    load = config_class.load

    def load_checked(config: Any) -> None:
        load(config)
        config.loaded_app = checked(config.loaded_app, forwarded)

    config_class.load = load_checked


def checked(app: App, forwarded: Collection[str]) -> App:
    """The application, which gets only requests for an accepted host."""

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_accepted(scope, forwarded):
            await app(scope, receive, send)
        else:
            await refuse(scope, send)

    return check


def is_accepted(scope: Scope, forwarded: Collection[str]) -> bool:
    hosts = [value for name, value in scope["headers"] if name.lower() == b"host"]
    # Where there are several, BentoML and a proxy might read different ones.
    return len(hosts) == 1 and is_accepted_host(hosts[0].decode("latin-1"), forwarded)


def is_accepted_host(host: str, forwarded: Collection[str]) -> bool:
    """Whether no web page can have pointed the name of its own site to this machine."""
    authority = AUTHORITY.fullmatch(host.lower())
    if authority is None:
        return False
    ipv6, name = authority.group("ipv6", "name")
    try:
        if ipv6 is not None:
            ipaddress.IPv6Address(ipv6)
        else:
            ipaddress.IPv4Address(name)
        return True
    except ValueError:
        return name is not None and (LOCALHOST.fullmatch(name) is not None or name in forwarded)


async def refuse(scope: Scope, send: Send) -> None:
    kind = "http.response"
    if scope["type"] == "websocket":
        kind = "websocket.http.response"
        if kind not in (scope.get("extensions") or {}):
            # The server answers 403 by itself.
            await send({"type": "websocket.close", "code": 1008})
            return
    await send({"type": kind + ".start", "status": 403, "headers": HEADERS})
    await send({"type": kind + ".body", "body": REFUSAL})
