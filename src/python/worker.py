"""Runs one of BentoML's workers as `python -m MODULE ARGUMENT…` does, with what Serve Bento adds to it.

Usage: python worker.py [--build-file-values JSON] MODULE ARGUMENT…

Nothing of BentoML is imported before the worker imports it: runners refuse to start otherwise.
"""

import sys

# The number of modules that the interpreter itself has imported, before any folder is searched. A set of their names would
# make a forked worker copy every memory page that holds one of them.
AT_START = len(sys.modules)

import json  # noqa: E402
import os  # noqa: E402
import runpy  # noqa: E402
from typing import Any, List, Optional, Tuple  # noqa: E402

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH = getattr(sys.flags, "safe_path", False)
BUILD_FILE_VALUES = "--build-file-values"


def main() -> None:
    values, command = split(sys.argv[1:])
    if SAFE_PATH:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    prepare(values, command)
    sys.dont_write_bytecode = write_bytecode
    # The same path as with `python -m`: otherwise our modules could hide the user's.
    if SAFE_PATH:
        sys.path.pop(0)
    else:
        sys.path[0] = os.getcwd()
        forget_hidden(sys.path[0])
    sys.argv = command
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


def forget_hidden(folder: str) -> None:
    """Has the worker import a file of the folder that hides a module of ours, as it does under `python -m`."""
    for name in imported_since_start():
        path = os.path.join(folder, name.partition(".")[0])
        if os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__init__.py")):
            del sys.modules[name]


def imported_since_start() -> List[str]:
    return [name for _, name in zip(range(len(sys.modules) - AT_START), reversed(sys.modules))]


def split(argv: List[str]) -> Tuple[Optional[Any], List[str]]:
    if argv[0] == BUILD_FILE_VALUES:
        return json.loads(argv[1]), argv[2:]
    return None, argv


def prepare(values: Optional[Any], command: List[str]) -> None:
    """Imports only what this worker needs: none of these modules is compiled in advance."""
    from serve_bento_debug import arming, container
    from serve_bento_worker import probe_lines, retirement

    probe_lines.leave_out_probes()
    retirement.retire_at_signal()
    if values is not None:
        from serve_bento_planner import build_file
        from serve_bento_worker.after_import import after_import

        after_import("bentoml._internal.configuration.containers", lambda _: build_file.set_values(values))
    if "SERVE_BENTO_FORWARDED_HOSTS" in os.environ:
        from serve_bento_worker import host_check

        host_check.check_hosts(command[0])
    if "--ssl-certfile" in command:
        from serve_bento_worker import tls

        tls.correct(command)
    # Last: with a debugger from the start, it waits here for the breakpoints.
    arming.arm()
    container.debug_if_asked()


if __name__ == "__main__":
    main()
