"""What the code gets from `bentoml.use_arguments()`, as `bentoml serve --arg-file` sets it."""

import importlib
from typing import Any, Dict

from .problem import PlanProblem

SINCE = "1.4.8"


def set_arguments(values: Dict[str, Any]) -> None:
    if not values:
        return
    try:
        module = importlib.import_module("bentoml._internal.utils.args")
    except ModuleNotFoundError:
        import bentoml

        args = {"setting": "serveBento.args", "since": SINCE, "version": bentoml.__version__}
        raise PlanProblem("settings", "settingNeedsVersion", args, setting="serveBento.args") from None
    module.set_arguments(dict(values))


def current() -> Dict[str, Any]:
    """Empty in a BentoML that has no arguments."""
    from bentoml._internal.configuration.containers import BentoMLContainer

    provider = getattr(BentoMLContainer, "bento_arguments", None)
    return {} if provider is None else dict(provider.get())


def replace(values: Dict[str, Any]) -> None:
    from bentoml._internal.configuration.containers import BentoMLContainer

    provider = getattr(BentoMLContainer, "bento_arguments", None)
    if provider is not None:
        provider.set(values)
