"""Has the gRPC metrics server of BentoML 1.1 and older started through our grpc_metrics.py."""

import os
from typing import Any, Callable, List

MODULE = ["-m", "bentoml_cli.worker.grpc_prometheus_server"]
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "grpc_metrics.py")


def correcting(create_watcher: Callable[..., Any]) -> Callable[..., Any]:
    """BentoML's create_watcher, with the command of that server corrected."""

    def create(name: str, args: List[str], **kwargs: Any) -> Any:
        if args[:2] == MODULE and "--prometheus-dir" in args:
            args = [SCRIPT, *args[2:]]
        return create_watcher(name, args, **kwargs)

    return create
