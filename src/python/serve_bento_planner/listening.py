"""Where a service asks to listen, as `bentoml serve` takes it where its command line says nothing: BENTOML_HOST and
BENTOML_PORT, else what its code or BentoML's configuration sets."""

import copy
import os
from typing import Any, Dict, Optional, Tuple

from .recording import replaced

LOOPBACK = "127.0.0.1"
# BentoML's defaults are replaced by these to see what is set: nobody sets an address for documentation (RFC 5737).
UNSET_HOST = "203.0.113.213"
UNSET_PORT = 2**31 - 1
CODE = "The service\u2019s code or BentoML\u2019s configuration"

Server = Dict[str, Any]


def resolve(service: Any, request: Dict[str, Any]) -> Tuple[Dict[str, Any], Dict[str, Server]]:
    """The request with the hosts to listen on, and what is requested for where the settings say nothing, by server."""
    requested = requested_by(service, request)
    hosts = {
        name: {**request[name], "host": request[name].get("host") or requested.get(name, {}).get("host") or LOOPBACK}
        for name in ("http", "grpc")
    }
    return {**request, **hosts}, requested


def requested_by(service: Any, request: Dict[str, Any]) -> Dict[str, Server]:
    served = [name for name in ("http", "grpc") if request[name]["enabled"]]
    requested = {name: server for name, server in configured(service).items() if name in served}
    # HTTP and gRPC are two commands of BentoML, each with the variables to itself.
    for name in served[:1]:
        requested[name] = {**requested.get(name, {}), **variables()}
    return requested


def variables() -> Server:
    found: Server = {}
    host, text = os.environ.get("BENTOML_HOST"), os.environ.get("BENTOML_PORT")
    if host:
        found["host"] = host
    if text:
        found.update(requested_port(text, "port", "BENTOML_PORT"))
    return found


def requested_port(value: Any, name: str, source: str) -> Server:
    """The port under this name, or the text that is not one, and who asks for it."""
    text = str(value).strip()
    # 0 is any port.
    if text == "0":
        return {}
    port = as_port(text)
    said: Server = {"invalid" + name[0].upper() + name[1:]: text or repr(value)} if port is None else {name: port}
    return {**said, name + "Source": source}


def as_port(text: str) -> Optional[int]:
    try:
        port = int(text)
    except ValueError:
        return None
    return port if 1 <= port <= 65535 else None


def configured(service: Any) -> Dict[str, Server]:
    """What differs from BentoML's defaults or repeats them: both are requested for."""
    from bentoml._internal.configuration import containers, load_config

    config = containers.BentoMLContainer.config
    before = config.get()
    read_once(containers, before)
    default = containers.get_default_config
    with replaced(containers, "get_default_config", lambda version: unset(default(version))):
        try:
            if hasattr(service, "runners"):
                load_config()
            else:
                service.inject_config()
            servers = config.get()["api_server"]
        finally:
            config.set(before)
    return {name: set_values(servers[name]) for name in ("http", "grpc") if isinstance(servers.get(name), dict)}


def read_once(containers: Any, current: Dict[str, Any]) -> None:
    """Each reading of BentoML's defaults takes 70 ms; what it has read is the first version of them."""
    read = containers.get_default_config
    known = {1: current}

    def get_default_config(version: int) -> Dict[str, Any]:
        if version not in known:
            known[version] = read(version)
        return copy.deepcopy(known[version])

    containers.get_default_config = get_default_config


def unset(config: Any) -> Any:
    """The configuration, at any depth, with addresses that nobody has set."""
    if isinstance(config, dict):
        if "host" in config and "port" in config:
            config.update(host=UNSET_HOST, port=UNSET_PORT)
        for value in config.values():
            unset(value)
    return config


def set_values(server: Dict[str, Any]) -> Server:
    found: Server = {}
    if server.get("host") not in (None, "", UNSET_HOST):
        found["host"] = str(server["host"])
    if server.get("port") not in (None, UNSET_PORT):
        found.update(requested_port(server["port"], "port", CODE))
    metrics = (server.get("metrics") or {}).get("port")
    if metrics not in (None, UNSET_PORT):
        found.update(requested_port(metrics, "metricsPort", CODE))
    return found
