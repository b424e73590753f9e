"""Starts a component in a container so that its only worker is debugged from its start.

Usage: python ARCHIVE MODULE start-…-server ARGUMENTS…, with an archive that debug_bundle.py has written and the module
with BentoML's start commands. The archive extracts itself, because debugpy reads its own files.
"""

import os
import runpy
import sys
import tempfile
import zipfile
from typing import Any, Callable, List

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH = getattr(sys.flags, "safe_path", False)
HERE = os.path.dirname(os.path.abspath(__file__))
# Only the worker that is debugged gets it: the path of its settings.
SETTINGS = "SERVE_BENTO_DEBUG_CONTAINER"
# Its process has no service to debug.
METRICS = "grpc_prometheus_server"


def extract(archive: str) -> str:
    """Extracts the archive and returns the folder. A container that is restarted may have it already."""
    folder = os.path.join(tempfile.gettempdir(), "serve-bento-debug")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def main() -> None:
    if os.path.isfile(HERE):
        script = os.path.join(extract(HERE), "debug_start.py")
        os.execv(sys.executable, [sys.executable, script, *sys.argv[1:]])
    module, *command = sys.argv[1:]
    if SAFE_PATH:
        sys.path.insert(0, HERE)
    from serve_bento_planner import recording, workers

    # As `python -m` has it; our modules would otherwise be in the way of the user's.
    if SAFE_PATH:
        sys.path.pop(0)
    else:
        sys.path[0] = os.getcwd()
    serving = recording.serving_module()
    serving.create_watcher = debugged(serving.create_watcher, workers.run_by_us(serving.create_watcher, None))
    sys.argv = [module, *command]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def debugged(create_watcher: Callable[..., Any], run_by_us: Callable[..., Any]) -> Callable[..., Any]:
    """BentoML's create_watcher, with one worker that is run by our worker.py."""

    def create(name: str, args: List[str], **kwargs: Any) -> Any:
        if METRICS in " ".join(args[:2]):
            return create_watcher(name, args, **kwargs)
        if "numprocesses" in kwargs:
            kwargs["numprocesses"] = 1
        kwargs["env"] = {**(kwargs.get("env") or {}), SETTINGS: os.path.join(HERE, "debug.json")}
        return run_by_us(name, args, **kwargs)

    return create


if __name__ == "__main__":
    main()
