"""BentoML's own start commands, run by our start.py; what the launcher `cli` runs."""

import json
import os
import sys
from typing import Any, Dict, List

from .text import address_of, escape

START = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "start.py")


def start_command(name: str, request: Dict[str, Any], *options: str, workers: Dict[str, int] = {}) -> List[str]:
    counts = [text for item in workers.items() for text in ("--workers", "{}={}".format(*item))]
    return [
        escape(sys.executable),
        escape(START),
        "--metrics",
        "$(metrics)",
        *map(escape, counts),
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


def runner_map(components: Dict[str, str]) -> str:
    """JSON of names and addresses; `components` has the id of each name."""
    return "{{{}}}".format(
        ", ".join(
            "{}: {}".format(escape(json.dumps(name)), json.dumps(address_of(component)))
            for name, component in components.items()
        )
    )
