"""The settings `http.tls` and `grpc.tls` as BentoML's parameters."""

import ssl
from typing import Any, Dict, List

from .problem import PlanProblem
from .text import Tokens

VERSIONS = {"TLSv1.2": "PROTOCOL_TLSv1_2", "TLSv1.1": "PROTOCOL_TLSv1_1", "TLSv1": "PROTOCOL_TLSv1"}
CLIENTS = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


def parameters(group: Dict[str, Any], tokens: Tokens) -> Dict[str, Any]:
    """`ssl_…` of the start functions; none without TLS. Where the files are is decided at each serve."""
    tls = group.get("tls")
    if tls is None:
        return {}
    given = {
        "ssl_certfile": tokens.token("$(certFile)"),
        "ssl_keyfile": tokens.token("$(keyFile)"),
        "ssl_version": version(tls.get("version", "auto")),
        "ssl_cert_reqs": int(CLIENTS[tls.get("clientCertificates", "none")]) or None,
        "ssl_ca_certs": tls.get("caFile"),
        "ssl_ciphers": tls.get("ciphers"),
    }
    return {name: value for name, value in given.items() if value is not None}


def options(given: Dict[str, Any], tokens: Tokens) -> List[str]:
    """The same for the start commands."""
    return [
        text for name, value in given.items() for text in ("--" + name.replace("_", "-"), tokens.fill_in(str(value)))
    ]


def version(name: str) -> Any:
    if name == "auto":
        return None
    found = getattr(ssl, VERSIONS[name], None)
    if found is None:
        raise PlanProblem("tls", "tlsVersionMissing", {"version": name}, setting="serveBento.http.tls.version")
    return int(found)


def check_configured(arguments: List[str], given: Dict[str, Any], group: str) -> None:
    """BentoML's own configuration may turn TLS on, of which nobody has checked anything."""
    if "--ssl-certfile" in arguments and not given:
        setting = "serveBento.{}.tls.certFile".format(group)
        raise PlanProblem("tls", "tlsOfConfiguration", {"server": group}, setting=setting)
