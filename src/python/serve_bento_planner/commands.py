"""BentoML's own start commands, run by our start.py; what the launcher `cli` runs."""

import json
import os
import sys
from typing import Any, Dict, List, Optional

from .text import escape

START = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "start.py")


def start_command(name: str, request: Dict[str, Any], *options: str, workers: Optional[Dict[str, int]] = None) -> List[str]:
    arguments = ["--args", escape(json.dumps(request["args"]))] if request.get("args") else []
    values = request.get("buildFileValues")
    if values is not None:
        arguments += ["--build-file-values", escape(json.dumps(values))]
    counts = [text for item in (workers or {}).items() for text in ("--workers", "{}={}".format(*item))]
    return [
        escape(sys.executable),
        escape(START),
        "--metrics",
        "$(metrics)",
        *map(escape, counts),
        *arguments,
        "--",
        name,
        escape(request["bento"]),
        "--working-dir",
        escape(request["workingDir"]),
        "--host",
        "$(host)",
        "--port",
        "$(port)",
        *options,
    ]


def option(name: str, value: Any) -> List[str]:
    return [] if value is None else [name, escape(str(value))]


# Parameters of the functions that start an HTTP server, and the settings they come from. The commands' options are
# named like the parameters.
SERVER_OPTIONS = {
    "backlog": "backlog",
    "timeout_keep_alive": "keepAliveTimeout",
    "timeout_graceful_shutdown": "gracefulShutdownTimeout",
}


def server_options(settings: Dict[str, Any]) -> List[str]:
    return [
        text
        for name, setting in SERVER_OPTIONS.items()
        for text in option("--" + name.replace("_", "-"), settings.get(setting))
    ]


def server_parameters(settings: Dict[str, Any]) -> Dict[str, Any]:
    return given(**{name: settings.get(setting) for name, setting in SERVER_OPTIONS.items()})


def given(**values: Any) -> Dict[str, Any]:
    """Before 1.1 the start functions take None for a value; what is left out is BentoML's choice."""
    return {name: value for name, value in values.items() if value is not None}


def runner_map(addresses: Dict[str, str]) -> str:
    """JSON of names and the placeholders of their addresses."""
    return "{{{}}}".format(
        ", ".join(
            "{}: {}".format(escape(json.dumps(name)), json.dumps(address)) for name, address in addresses.items()
        )
    )
