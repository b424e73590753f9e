"""Turns a fork into a worker that is like a started one."""

import ctypes
import fcntl
import gc
import os
import random
import runpy
import signal
import sys
import time
import types
from typing import Iterable, Mapping, Sequence

from serve_bento_debug import arming  # noqa: F401 (worker.py imports it in every worker)
from serve_bento_shared.mark import MARK
from serve_bento_shared.process_title import overwrite, start_memory
from serve_bento_worker import probe_lines  # noqa: F401 (worker.py imports it in every worker)
from serve_bento_worker.imported_files import note_imports
from serve_bento_worker.inherited import hide

from .protocol import ForkRequest
from .server import MARK_ROOM

PR_SET_PDEATHSIG = 1
# Seconds until the helper must have adopted the worker.
ADOPTION_LIMIT = 5
# The value that BentoML read when it was imported.
START_OPTIONS = os.environ.get("BENTOML_CONFIG_OPTIONS")
WORKER_SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "worker.py")
# Compiled here once, instead of in each worker.
with open(WORKER_SCRIPT, "rb") as script:
    WORKER_CODE = compile(script.read(), WORKER_SCRIPT, "exec")


def become(request: ForkRequest, *, hidden: Iterable[str], safe_path: bool) -> None:
    """Runs `PYTHON -m MODULE ARGUMENT…` or `PYTHON FILE ARGUMENT…` in this process.

    `hidden`: packages that must look as if they had not been imported yet.
    """
    argv, env, cwd, parent = request["argv"], request["env"], request["cwd"], request["parent"]
    os.setsid()
    await_parent(parent)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, getattr(signal, request["deathSignal"]), 0, 0, 0)
    # The helper may have died before the signal was set.
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    show_command(argv, env)
    configure(env)
    reseed()
    if request["imports"] is not None:
        note_imports(request["imports"])
    # Last, because the functions above may import them.
    hide(hidden)
    gc.enable()
    if argv[1] == "-m":
        sys.argv = argv[2:]
        # The same path as with `python -m`.
        begin_path(cwd, safe_path)
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
    else:
        sys.argv = argv[1:]
        begin_path(os.path.dirname(argv[1]), safe_path)
        run_script(argv[1])


def begin_path(folder: str, safe_path: bool) -> None:
    """Replaces the folder that does not exist, with which the path of the fork server begins."""
    if safe_path:
        sys.path.pop(0)
    else:
        sys.path[0] = folder


def run_script(path: str) -> None:
    """Runs the file as `__main__`."""
    if path != WORKER_SCRIPT:
        runpy.run_path(path, run_name="__main__")
        return
    main = types.ModuleType("__main__")
    main.__file__ = path
    sys.modules["__main__"] = main
    exec(WORKER_CODE, main.__dict__)


def await_parent(parent: int) -> None:
    """Waits for the end of the process between: then the helper is the parent."""
    until = time.monotonic() + ADOPTION_LIMIT
    while os.getppid() != parent:
        if time.monotonic() > until:
            os._exit(1)
        time.sleep(0.0005)


def place_descriptors(received: Sequence[int], sockets: Sequence[int]) -> None:
    """Gives the descriptors the numbers that the worker expects: output first, then those of its sockets."""
    targets = [1, 2, *sockets]
    free = max(targets) + 1
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, free) for fd in received]
    for fd in received:
        if fd > 2:
            os.close(fd)
    for fd, target in zip(high, targets):
        os.dup2(fd, target, inheritable=True)
        os.close(fd)


def configure(env: Mapping[str, str]) -> None:
    """Has BentoML read its options again: it does so when it is imported, and the worker may have others."""
    containers = sys.modules.get("bentoml._internal.configuration")
    if containers is not None and env.get("BENTOML_CONFIG_OPTIONS") != START_OPTIONS:
        containers.load_config()


def reseed() -> None:
    """Seeds the generators of libraries, which would give every worker the same numbers; Python's own does it itself."""
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(random.SystemRandom().getrandbits(32))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.seed()


def show_command(argv: Sequence[str], env: Mapping[str, str]) -> None:
    """Has the system show the worker's own command and mark: to `ps`, and to our search for what escaped."""
    memory = start_memory()
    command = b"\0".join(os.fsencode(text) for text in argv)
    overwrite(memory.arguments, memory.arguments_end - memory.arguments, command)
    # Only the mark: something may hold the address of another variable.
    name = os.fsencode(MARK + "=")
    variables = ctypes.string_at(memory.variables, memory.variables_end - memory.variables)
    at = (b"\0" + variables).find(b"\0" + name)
    if at >= 0:
        overwrite(memory.variables + at, len(name) + MARK_ROOM, name + os.fsencode(env[MARK]))
