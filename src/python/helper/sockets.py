"""Leases: sockets bound here and held until they are released."""

import os
import socket
import sys
from typing import Any, Dict, Mapping, Optional, Set

from .holder import holder_of

Reply = Mapping[str, Any]


class AddressUnavailable(Exception):
    """The port cannot be bound; `holder` is the process that listens there."""

    def __init__(self, reason: OSError, holder: Optional[Mapping[str, Any]]) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.holder = holder


class Leases:
    def __init__(self) -> None:
        self._sockets: Dict[str, socket.socket] = {}
        self._paths: Dict[str, str] = {}

    def bind(
        self,
        lease: str,
        host: str = "127.0.0.1",
        port: int = 0,
        path: Optional[str] = None,
        backlog: int = 2048,
        listen: bool = True,
        **_: Any,
    ) -> Reply:
        """Binds and gives the port and the descriptor.

        `listen=False` only keeps others off the port: for servers that bind it themselves with
        SO_REUSEPORT, as BentoML's gRPC server does. A plain bind of the port fails then, theirs does not.
        """
        if lease in self._sockets:
            raise ValueError("the lease %s is held already" % lease)
        if path is not None:
            bound = self._bind_path(lease, path, backlog)
        else:
            try:
                bound = _bind_port(host, port, backlog, listen)
            except OSError as error:
                raise AddressUnavailable(error, holder_of(port)) from error
        self._sockets[lease] = bound
        return {"fd": bound.fileno(), "port": 0 if path is not None else bound.getsockname()[1]}

    def _bind_path(self, lease: str, path: str, backlog: int) -> socket.socket:
        if sys.platform == "win32":
            raise OSError("there are no Unix sockets on this system")
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            bound.bind(path)
            os.chmod(path, 0o600)
            bound.listen(backlog)
        except OSError:
            bound.close()
            raise
        self._paths[lease] = path
        return bound

    def release(self, lease: str, **_: Any) -> None:
        bound = self._sockets.pop(lease, None)
        if bound is not None:
            bound.close()
        path = self._paths.pop(lease, None)
        if path is not None:
            try:
                os.unlink(path)
            except OSError:
                pass

    def inodes(self) -> Set[int]:
        return {os.fstat(bound.fileno()).st_ino for bound in self._sockets.values()}

    def close(self) -> None:
        for lease in list(self._sockets):
            self.release(lease)


def _bind_port(host: str, port: int, backlog: int, listen: bool) -> socket.socket:
    # Listening once tells whether anybody listens there, also where that one used SO_REUSEPORT:
    # a second gRPC server would start without an error and take half of the calls.
    bound = _listen(host, port, backlog)
    if sys.platform != "linux":
        try:
            _refuse_shadow(host, bound.getsockname()[1])
        except OSError:
            bound.close()
            raise
    if listen:
        return bound
    port = bound.getsockname()[1]
    bound.close()
    if sys.platform == "win32":
        return _listen(host, port, backlog)
    held = socket.socket(_family(host), socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    except OSError:
        held.close()
        raise
    return held


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _listen(host: str, port: int, backlog: int) -> socket.socket:
    bound = socket.socket(_family(host), socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # SO_REUSEADDR means "steal" on Windows.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Without it, connections in TIME_WAIT would keep the port from its own owner for a minute.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if _family(host) == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        bound.listen(backlog)
    except OSError:
        bound.close()
        raise
    return bound


def _refuse_shadow(host: str, port: int) -> None:
    """macOS and Windows let a specific address shadow a wildcard one: ask whether somebody answers on the other."""
    other = {"127.0.0.1": "0.0.0.0", "::1": "::"}.get(host)
    if other is None:
        return
    probe = socket.socket(_family(other), socket.SOCK_STREAM)
    try:
        if _family(other) == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((other, port))
    finally:
        probe.close()
