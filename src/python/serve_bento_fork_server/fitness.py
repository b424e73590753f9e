"""Checks whether workers that are forked now would be like workers that are started."""

import json
import os
import site
import sys
from types import TracebackType
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional, Sequence, Set, Type

from serve_bento_shared.mark import MARK

# The command-line option with the environment variables of each worker, as JSON.
ENVIRONMENTS = "--worker-env-map"


class Unfit(Exception):
    """The reason why the worker has to be started instead."""


def check_forkable(name: str, own: Collection[int]) -> None:
    """Raises `Unfit` where the module `name` has started threads or opened other files than `own`.

    A worker would lack the threads, and share the files (the GPU is one) with all others.
    """
    if count_threads() > 1:
        # Some libraries end their threads before a fork, and start them again when they need them.
        probe = os.fork()
        if probe == 0:
            os._exit(0)
        os.waitpid(probe, 0)
        if count_threads() > 1:
            raise Unfit("%s starts threads when it is imported" % name)
    opened = {int(fd) for fd in os.listdir("/proc/self/fd")}.difference(own)
    if any(is_open(fd) for fd in opened):
        raise Unfit("%s opens files when it is imported" % name)


def count_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def is_python_command(argv: Sequence[str]) -> bool:
    """Whether the command is one that a fork can run; a runner may be another program (Triton)."""
    return len(argv) > 1 and (argv[1] == "-m" or argv[1].endswith(".py"))


class EnvironmentReads:
    """Notes which environment variables are read in a `with` block: a worker cannot change them any more."""

    # Each worker reads these again, or they are set again in it.
    HARMLESS = frozenset(("BENTOML_CONFIG_OPTIONS", "PROMETHEUS_MULTIPROC_DIR", MARK))
    # The interpreter and libraries read these unseen.
    UNSEEN = ("PYTHON", "LD_", "MALLOC_", "GLIBC_", "LC_", "LANG", "TZ", "OPENSSL_", "OMP_", "OPENBLAS_", "MKL_", "GOTO_")

    def __init__(self) -> None:
        self._names: Set[str] = set()
        self._original: Dict[str, Callable[[Any, str], Any]] = {}

    def __enter__(self) -> None:
        kind = type(os.environ)
        self._original = {name: getattr(kind, name) for name in ("__getitem__", "__contains__")}
        for name, read in self._original.items():
            setattr(kind, name, self._noting(read))

    def _noting(self, read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
        def note(environment: Any, name: str) -> Any:
            self._names.add(name)
            return read(environment, name)

        return note

    def __exit__(
        self, _type: Optional[Type[BaseException]], _error: Optional[BaseException], _traceback: Optional[TracebackType]
    ) -> None:
        for name, read in self._original.items():
            setattr(type(os.environ), name, read)

    def late(self, before: Mapping[str, str], now: Mapping[str, str]) -> Optional[str]:
        """Names a variable that has changed and was read before."""
        for name in [*before, *now]:
            if before.get(name) == now.get(name) or name in self.HARMLESS:
                continue
            if name in self._names or name.startswith(self.UNSEEN):
                return name
        return None

    def one_of(self, names: Collection[str]) -> Optional[str]:
        """Returns one of `names` that was read, if any."""
        return next((name for name in sorted(names) if name in self._names), None)


def with_python_locale(env: Mapping[str, str], before: Mapping[str, str]) -> Dict[str, str]:
    """Returns the environment that a worker has once Python has started.

    In the C locale, Python sets LC_CTYPE at its start (PEP 538): in the worker as in this process, which has `before`.
    """
    known = before.get("LC_CTYPE")
    in_c_locale = not env.get("LC_ALL") and (env.get("LC_CTYPE") or env.get("LANG") or "C") in ("C", "POSIX")
    if known not in ("C.UTF-8", "C.utf8", "UTF-8") or not in_c_locale or env.get("PYTHONCOERCECLOCALE") == "0":
        return dict(env)
    return {**env, "LC_CTYPE": known}


def variables_set_by(argv: Sequence[str]) -> Set[str]:
    """Returns the environment variables that a runner's worker sets before it imports BentoML."""
    if ENVIRONMENTS not in argv[:-1]:
        return set()
    environments: Dict[str, Dict[str, str]] = json.loads(argv[argv.index(ENVIRONMENTS) + 1])
    return {name for environment in environments.values() for name in environment}


class ImportStamp:
    """Detects changes in the files of the modules that were imported so far, such as when a package is installed.

    Includes the files that Python reads once at its start: an editable install adds one.
    """

    def __init__(self) -> None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        # Copies of the names, next to each other. Looking at the modules again would write to a memory page of each, which
        # the workers then no longer share.
        self._files = "\0".join(file for file in files if file).split("\0")
        self._times = self._read()

    def have_changed(self) -> bool:
        return self._read() != self._times

    def _read(self) -> List[int]:
        return [modified(file) for file in [*self._files, *path_files()]]


def modified(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return -1


def path_files() -> List[str]:
    found: List[str] = []
    # Old virtual environments have a `site` of their own, which lacks it.
    folders: Callable[[], List[str]] = getattr(site, "getsitepackages", list)
    for folder in folders():
        try:
            found += sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".pth"))
        except OSError:
            # Some of them do not exist.
            pass
    return found


def hiding_file(folder: str) -> Optional[str]:
    """Names a file of the folder that `python -m` would import instead of a module that is already imported."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return next((name for name in names if is_hiding(folder, name)), None)


def is_hiding(folder: str, name: str) -> bool:
    module = sys.modules.get(name[:-3] if name.endswith(".py") else name)
    origin = getattr(module, "__file__", None)
    if origin is None or os.path.dirname(origin) in (folder, os.path.join(folder, name)):
        return False
    return name.endswith(".py") or os.path.isfile(os.path.join(folder, name, "__init__.py"))
