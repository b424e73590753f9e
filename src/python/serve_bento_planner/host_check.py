"""The check of the Host header for class services of BentoML versions that unpickle what a request holds."""

import os
from typing import Any, Callable, List

MODULE = "_bentoml_impl.worker.service"
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "host_check_worker.py")
# Set by src/core/serve/host-check.ts where the check is needed.
VARIABLE = "SERVE_BENTO_FORWARDED_HOSTS"


def correcting(create_watcher: Callable[..., Any]) -> Callable[..., Any]:
    """BentoML's create_watcher, whose workers of class services check the Host header where that is needed."""
    if VARIABLE not in os.environ:
        return create_watcher

    def create(name: str, args: List[str], **kwargs: Any) -> Any:
        if args[:2] == ["-m", MODULE]:
            args = [SCRIPT, *args[1:]]
        return create_watcher(name, args, **kwargs)

    return create
