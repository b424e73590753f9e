"""Connects this worker to its debug adapter."""

import importlib
import os
import sys
import threading
import time
from typing import Any, Optional

from .protocol import AttachRequest, Failure, tokens

# Seconds that an earlier debugger has to end after its adapter has ended.
END_LIMIT = 5.0

# Set while no debugger of ours is attached.
_ended = threading.Event()
_ended.set()


class Refused(Exception):
    """The debugger cannot be attached."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def try_attach(request: AttachRequest) -> Optional[Failure]:
    try:
        attach(request)
        return None
    except Refused as error:
        return {"code": error.code, "message": str(error)}
    # A SystemExit of the debugger must not end the worker.
    except (Exception, SystemExit) as error:
        return {"code": type(error).__name__, "message": str(error)}


def attach(request: AttachRequest) -> None:
    """Connects to the adapter and traces all threads, also those that run already."""
    debugpy = import_debugpy(request["debugpy"])
    pydevd: Any = importlib.import_module("pydevd")
    constants: Any = importlib.import_module("_pydevd_bundle.pydevd_constants")
    # An earlier debugger ends in its own thread, and would stop the tracing of this one.
    if not _ended.wait(END_LIMIT):
        raise Refused("not-ended", "the debugger that was attached before has not ended")
    if constants.get_global_debugger() is not None:
        raise Refused("already-debugged", "the service itself has started debugpy")
    adapter_token, worker_token = tokens(request["token"])
    debugpy.configure(subProcess=request["subProcess"])
    # pydevd reads from it where subprocesses connect. It may be that of an earlier debugger.
    pydevd.SetupHolder.setup = None
    # Connects as `debugpy.listen` does, but to our adapter: `listen` would start another one.
    pydevd.settrace(
        host="127.0.0.1",
        port=request["port"],
        suspend=False,
        block_until_connected=True,
        wait_for_ready_to_run=False,
        access_token=adapter_token,
        client_access_token=worker_token,
        patch_multiprocessing=request["subProcess"],
        notify_stdin=False,
        dont_trace_start_patterns=(os.path.dirname(os.path.abspath(debugpy.__file__)),),
        dont_trace_end_patterns=("debugpy_launcher.py",),
    )
    follow_processes_only_while_debugged()
    # Makes debugpy refuse a later `listen` by the service, which would hang.
    debugpy.listen.called = True
    untrace_at_end(pydevd, constants.get_global_debugger())


def follow_processes_only_while_debugged() -> None:
    """
    Lets processes that the worker starts run on their own once no debugger is attached. pydevd would still have them
    connect to the port of the debugger that has ended: they would fail, or whoever has the port by then would debug them.
    """
    monkey: Any = importlib.import_module("_pydev_bundle.pydev_monkey")
    follows = monkey._get_apply_arg_patching
    if follows.__module__ == __name__:
        return

    def follows_now() -> Any:
        return not _ended.is_set() and follows()

    monkey._get_apply_arg_patching = follows_now


def untrace_at_end(pydevd: Any, debugger: Any) -> None:
    """Removes pydevd's trace functions, which slow down all threads, when its connection ends. pydevd keeps them."""
    dispose = debugger.dispose_and_kill_all_pydevd_threads
    # Several threads of pydevd call this, the last one late.
    first_call = threading.Lock()

    def dispose_and_untrace(*args: Any, **kwargs: Any) -> None:
        is_first = first_call.acquire(blocking=False)
        dispose(*args, **kwargs)
        if not is_first:
            return
        try:
            pydevd.stoptrace()
            if not importlib.import_module("_pydevd_bundle.pydevd_constants").PYDEVD_USE_SYS_MONITORING:
                tracing: Any = importlib.import_module("pydevd_tracing")
                tracing.set_trace_to_threads(untrace, create_dummy_thread=False)
        finally:
            _ended.set()

    _ended.clear()
    debugger.dispose_and_kill_all_pydevd_threads = dispose_and_untrace
    if debugger.pydb_disposed:
        # The adapter has ended already.
        dispose_and_untrace()


def untrace(*_: Any) -> None:
    """A trace function that removes itself from the thread that calls it."""
    sys.settrace(None)


def import_debugpy(folder: str) -> Any:
    """Imports the package from the folder, unless the service has imported it already."""
    if "debugpy" not in sys.modules:
        # Python 3.11 and later have parts of the standard library without files, about which it would warn.
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    sys.path.insert(0, folder)
    try:
        debugpy: Any = importlib.import_module("debugpy")
        importlib.import_module("debugpy.server.api")
        return debugpy
    except ImportError as error:
        raise Refused("no-debugpy", str(error)) from error
    finally:
        sys.path.remove(folder)


def wait_for_editor(seconds: float) -> None:
    """Waits until the editor has sent its breakpoints, and not longer than that."""
    debugger: Any = importlib.import_module("_pydevd_bundle.pydevd_constants").get_global_debugger()
    debugger.block_until_configuration_done(cancel=WaitOver(time.monotonic() + seconds))


class WaitOver:
    """What pydevd asks, as it would a `threading.Event`, whether to stop waiting."""

    def __init__(self, at: float) -> None:
        self._at = at
        self._done = False

    def is_set(self) -> bool:
        # An adapter that has ended never says that the editor is ready.
        return self._done or _ended.is_set() or time.monotonic() >= self._at

    def set(self) -> None:
        self._done = True
