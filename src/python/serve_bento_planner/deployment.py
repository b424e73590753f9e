"""What `bentoml serve` does once, before its workers start: models, deployment hooks, the task store."""

import asyncio
import importlib
import inspect
from typing import Any, Dict

from . import known_causes
from .recording import serving_module


def deploy(service: Any, request: Dict[str, Any]) -> None:
    try:
        if hasattr(service, "runners"):
            outcome = serving_module().on_service_deployment(service)
            if inspect.iscoroutine(outcome):  # before 1.2
                asyncio.run(outcome)
            return
        from .services import served_with

        serving = importlib.import_module("_bentoml_impl.server.serving")
        for one in served_with(service).values():
            serving.server_on_deployment(one)
    except BaseException as error:
        raise known_causes.explain(error, request, doing="Deploying") from error
