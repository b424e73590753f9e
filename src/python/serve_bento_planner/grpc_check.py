"""Whether gRPC can be served with what is installed. BentoML's own server hangs or keeps restarting if not."""

import importlib
from typing import Any, Dict, Optional

from . import raised


def problem(wanted: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """What importing it raises, nothing when it can be imported."""
    protocol = wanted.get("protocolVersion", "v1")
    modules = ["grpc", "grpc_health.v1.health_pb2_grpc", "bentoml.grpc.{}.service_pb2_grpc".format(protocol)]
    if wanted.get("reflection"):
        modules.append("grpc_reflection.v1alpha.reflection")
    if wanted.get("channelz"):
        modules.append("grpc_channelz.v1.channelz")
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # generated code fails in many ways with another protobuf
            return {"module": module, **raised.parts(error)}
    return None


def unavailable(service: str, problem: Dict[str, Any]) -> Dict[str, Any]:
    return {"id": "grpc", "kind": "grpc", "name": service, "problem": problem}
