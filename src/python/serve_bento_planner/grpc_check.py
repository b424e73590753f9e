"""Whether gRPC can be served with what is installed. BentoML's own server hangs or keeps restarting if not."""

import importlib
from typing import Any, Dict, Optional

from . import raised


def problem(reflection: bool) -> Optional[Dict[str, str]]:
    """What importing it raises, nothing when it can be imported."""
    modules = ["grpc", "grpc_health.v1.health_pb2_grpc", "bentoml.grpc.v1.service_pb2_grpc"]
    if reflection:
        modules.append("grpc_reflection.v1alpha.reflection")
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # generated code fails in many ways with another protobuf
            return {"module": module, "traceback": raised.text(error)}
    return None


def unavailable(service: str, problem: Dict[str, str]) -> Dict[str, Any]:
    return {"id": "grpc", "kind": "grpc", "name": service, "problem": problem}
