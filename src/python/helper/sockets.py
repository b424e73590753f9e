"""Leases: sockets bound here and held until they are released."""

import os
import socket
import sys

from holder import holder_of


class Leases:
    def __init__(self):
        self._sockets = {}
        self._paths = {}

    def bind(self, lease, host=None, port=0, path=None, backlog=2048, listen=True, **_):
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
                error.facts = {"holder": holder_of(port)}
                raise
        self._sockets[lease] = bound
        return {"fd": bound.fileno(), "port": 0 if path is not None else bound.getsockname()[1]}

    def _bind_path(self, lease, path, backlog):
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

    def release(self, lease, **_):
        bound = self._sockets.pop(lease, None)
        if bound is not None:
            bound.close()
        path = self._paths.pop(lease, None)
        if path is not None:
            try:
                os.unlink(path)
            except OSError:
                pass

    def inodes(self):
        return {os.fstat(bound.fileno()).st_ino for bound in self._sockets.values()}

    def close(self):
        for lease in list(self._sockets):
            self.release(lease)


def _bind_port(host, port, backlog, listen):
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
    if not hasattr(socket, "SO_REUSEPORT"):
        return _listen(host, port, backlog)
    held = socket.socket(_family(host), socket.SOCK_STREAM)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    except OSError:
        held.close()
        raise
    return held


def _family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _listen(host, port, backlog):
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


def _refuse_shadow(host, port):
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
