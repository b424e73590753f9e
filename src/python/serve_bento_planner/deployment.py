"""What `bentoml serve` does once, before its workers start: models, deployment hooks, the task store."""

import asyncio
import importlib
import inspect
from typing import Any

from .raised import DeploymentFailed
from .recording import serving_module


def deploy(service: Any) -> None:
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
        raise DeploymentFailed() from error


def is_needed(service: Any) -> bool:
    """Whether `deploy` does anything for it; what cannot be told is taken as yes."""
    try:
        if hasattr(service, "runners"):
            return bool(service.deployment_hooks) if hasattr(service, "deployment_hooks") else True
        from .services import served_with

        return service.bento is not None or any(map(_has_work, served_with(service).values()))
    except Exception:
        return True


def _has_work(service: Any) -> bool:
    members = (getattr(service.inner, name, None) for name in dir(service.inner))
    hooks = any(getattr(member, "__bentoml_deployment_hook__", False) is True for member in members)
    return hooks or bool(service.models) or service.needs_task_db()
