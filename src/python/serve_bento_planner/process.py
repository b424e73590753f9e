"""One group of equal processes of the plan."""

import os
from typing import Any, Dict, List

from .recording import Watcher
from .text import Tokens

WORKER_NUMBER = ("$(circus.wid)", "$(CIRCUS.WID)")
SOCKET = "$(circus.sockets."


def planned_process(watcher: Watcher, tokens: Tokens, role: str = "worker") -> Dict[str, Any]:
    name = "metrics" if role == "metrics" else "self"
    sockets: List[str] = []

    def argument(text: str) -> str:
        if text in WORKER_NUMBER:
            return "$(worker)"
        if text.startswith(SOCKET):
            sockets.append(name)
            return "$(fd:{})".format(name)
        return tokens.fill_in(text)

    process = {
        "role": role,
        "argv": [argument(text) for text in watcher.argv()],
        "env": environment(watcher, tokens),
        "count": int(watcher.numprocesses),
        "sockets": sockets,
    }
    if watcher.working_dir:
        process["cwd"] = watcher.working_dir
    return process


def environment(watcher: Watcher, tokens: Tokens) -> Dict[str, str]:
    """Only what differs from the environment that all components share."""
    return {
        name: tokens.fill_in(str(value))
        for name, value in (watcher.env or {}).items()
        if os.environ.get(name) != str(value)
    }
