"""BentoML's workers are run by our worker.py."""

import json
import os
from typing import Any, Callable, Dict, List, Optional

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "worker.py")
MODULES = ("bentoml_cli.worker.", "_bentoml_impl.worker.")


def run_by_us(create_watcher: Callable[..., Any], build_file_values: Optional[Dict[str, Any]]) -> Callable[..., Any]:
    """BentoML's create_watcher, with the commands of its workers changed: `-m MODULE ARGUMENT…` becomes ours."""
    options = [] if build_file_values is None else ["--build-file-values", json.dumps(build_file_values)]

    def create(name: str, args: List[str], **kwargs: Any) -> Any:
        if args[:1] == ["-m"] and args[1].startswith(MODULES):
            args = [SCRIPT, *options, *args[1:]]
        return create_watcher(name, args, **kwargs)

    return create
