"""Triton runners (`bentoml.triton.Runner`): their process is tritonserver, which listens by itself."""

import shutil
from typing import Any, Dict, List

from .problem import PlanProblem
from .recording import Watcher
from .text import Tokens

# Of its HTTP server; over gRPC it answers the standard health check.
PROBES = {"live": "/v2/health/live", "ready": "/v2/health/ready"}
EVERY_ADDRESS = "--grpc-address=0.0.0.0"


def is_triton(runner: Any) -> bool:
    return hasattr(type(runner), "protocol_address")


def prepare(runner: Any, tokens: Tokens) -> None:
    """Has BentoML take our port instead of one that it reserves and lets go."""
    if shutil.which("tritonserver") is None:
        raise PlanProblem("missing-runner", "tritonMissing", {"runner": runner.name}, setting="serveBento.env")
    object.__setattr__(runner, "protocol_address", "127.0.0.1:" + tokens.token("$(port)"))


def on_host(watchers: List[Watcher], tokens: Tokens) -> List[Watcher]:
    """BentoML has it listen for other machines too."""
    own = "--grpc-address=" + tokens.token("$(host)")
    for watcher in watchers:
        watcher.args = [own if text == EVERY_ADDRESS else text for text in watcher.args]
    return watchers


def planned(component: Dict[str, Any], runner: Any) -> Dict[str, Any]:
    """BentoML's own start command would choose a port of its own, and tell nobody which."""
    process = component["processes"][0]
    return spoken_to({**component, "command": process["argv"], "commandEnv": process["env"]}, runner)


def spoken_to(component: Dict[str, Any], runner: Any) -> Dict[str, Any]:
    return {
        **component,
        "probes": PROBES,
        "listens": "http" if runner.tritonserver_type == "http" else "grpc",
    }
