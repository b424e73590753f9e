"""Whether gRPC can be served with what is installed. BentoML's own server hangs or keeps restarting if not."""

import importlib
import sys
from typing import Any, Dict, Optional

PACKAGES = 'pip install "bentoml[grpc]" "protobuf<5" "grpcio<1.63" "grpcio-health-checking<1.63"'


def problem(reflection: bool) -> Optional[str]:
    """One sentence when it cannot, nothing when it can."""
    modules = ["grpc", "grpc_health.v1.health_pb2_grpc", "bentoml.grpc.v1.service_pb2_grpc"]
    if reflection:
        modules.append("grpc_reflection.v1alpha.reflection")
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # generated code fails in many ways with another protobuf
            packages = PACKAGES + (' "grpcio-reflection<1.63"' if reflection else "")
            return "gRPC cannot be served, because {} cannot be imported ({}): run {} -m {} and serve again.".format(
                module, str(error).split("\n", 1)[0].rstrip("."), sys.executable, packages
            )
    return None


def unavailable(service: str, message: str) -> Dict[str, Any]:
    problem = {"code": "grpc-unavailable", "message": message}
    return {"id": "grpc", "kind": "grpc", "name": service, "problem": problem}
