"""Collects facts about a component for containers: resources, metrics, and whether the CPUs set its number of workers."""

import math
from typing import Any, Dict, Optional

Facts = Dict[str, Any]
DEVICES = "nvidia.com/gpu"


def of_service(service: Any) -> Facts:
    """Returns the facts about a class service. Call `service.inject_config()` first."""
    config = configuration()["services"].get(service.name) or {}
    said = config.get("resources") or {}
    names = {"cpu": "cpu", "memory": "memory", "gpu": "gpu", "gpuType": "gpu_type", "tpuType": "tpu_type"}
    prefix = (getattr(service, "path_prefix", None) or "").strip("/")
    metrics = config.get("metrics") or {}
    return {
        **resources({ours: said.get(theirs) for ours, theirs in names.items()}),
        "usesCpuCount": config.get("workers") == "cpu_count",
        **served_metrics(metrics, ("/" + prefix if prefix else "") + "/metrics", metrics.get("namespace")),
    }


def of_runner(runner: Any) -> Facts:
    """Returns the facts about a runner. BentoML starts a worker or thread for each CPU, unless the runner has GPUs."""
    said = runner.resource_config or {}
    if not isinstance(said, dict) or is_of_this_machine(said):
        said = {}
    devices = said.get(DEVICES)
    gpus = len(devices) if isinstance(devices, (list, tuple)) else devices
    return {
        **resources({"cpu": said.get("cpu"), "memory": said.get("memory"), "gpu": gpus or None}),
        "usesCpuCount": True,
        **served_metrics(configuration()["runners"].get("metrics"), "/metrics", "bentoml_runner"),
    }


def of_api_server(kind: str, workers: Optional[int]) -> Facts:
    """Returns the facts about an HTTP or gRPC server. `workers` is the number in the settings."""
    server = configuration()["api_server"]
    path = "/" if kind == "grpc" else "/metrics"  # the metrics server of gRPC fails at any other path
    return {
        "usesCpuCount": not (workers or server.get("workers")),
        **served_metrics(server.get("metrics"), path, "bentoml_api_server"),
    }


def configuration() -> Dict[str, Any]:
    from bentoml._internal.configuration.containers import BentoMLContainer

    config: Dict[str, Any] = BentoMLContainer.config.get()
    return config


def is_of_this_machine(said: Dict[str, Any]) -> bool:
    """BentoML replaces the resources "system" with those of the machine, which say nothing about a container."""
    from bentoml._internal.resource import system_resources

    return bool(said) and said == system_resources()


def resources(values: Dict[str, Any]) -> Facts:
    """Returns the values as they are written. The reader checks them."""
    said = {name: value if is_plain(value) else repr(value) for name, value in values.items() if value not in (None, "system")}
    return {"resources": said} if said else {}


def is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def served_metrics(config: Optional[Dict[str, Any]], path: str, namespace: Optional[str]) -> Facts:
    if not (config or {}).get("enabled", True) or not namespace:
        return {}
    return {"metrics": {"path": path, "namespace": namespace}}
