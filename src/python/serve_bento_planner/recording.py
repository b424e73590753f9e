"""Has BentoML's start functions say what they would run instead of running it."""

import contextlib
import importlib
import os
import shlex
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Optional

from . import metrics_server, workers
from .text import Tokens


class Captured(BaseException):
    """Not an Exception, so that no handler in between swallows it."""

    def __init__(self, watchers: "List[Watcher]") -> None:
        super().__init__()
        self.watchers = watchers


class Watcher:
    """What circus would run: `numprocesses` times `cmd` with `args`."""

    def __init__(
        self,
        name: str,
        cmd: str,
        args: Optional[List[str]] = None,
        numprocesses: int = 1,
        working_dir: Optional[str] = None,
        env: Optional[Dict[str, str]] = None,
        **_: Any,
    ) -> None:
        self.name = name
        self.cmd = cmd
        self.args = list(args or [])
        self.numprocesses = numprocesses
        self.working_dir = working_dir
        self.env = env

    def argv(self) -> List[str]:
        # create_watcher quotes the interpreter for circus's shell syntax, on POSIX only.
        command = shlex.split(self.cmd) if os.name == "posix" else [self.cmd]
        return [*command, *map(str, self.args)]


class CircusSocket:
    def __init__(self, name: str = "", **_: Any) -> None:
        self.name = name


def _capture(watchers: List[Watcher], *_: Any, **__: Any) -> None:
    raise Captured(watchers)


def _stand_ins() -> Dict[str, types.ModuleType]:
    """circus and what BentoML builds on it: not needed to ask, and a tenth of a second to import."""

    class Anything:
        pass

    def module(name: str, **members: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        made.__dict__.update(members, __path__=[], __getattr__=lambda _: Anything)
        return made

    return {
        "circus": module("circus"),
        "circus.sockets": module("circus.sockets", CircusSocket=CircusSocket),
        "circus.watcher": module("circus.watcher", Watcher=Watcher),
        "bentoml._internal.utils.circus": module(
            "bentoml._internal.utils.circus", create_standalone_arbiter=_capture
        ),
    }


@contextlib.contextmanager
def recording(tokens: Tokens, build_file_values: Optional[Dict[str, Any]] = None) -> Iterator[None]:
    """While it lasts nothing is started, bound, created or deleted by BentoML's start functions."""
    metrics = tokens.token("$(metrics)")
    stand_ins = _stand_ins()
    saved = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        serving = serving_module()
        utils = importlib.import_module("bentoml._internal.utils")
        create_watcher = metrics_server.correcting(workers.run_by_us(serving.create_watcher, build_file_values))
        with contextlib.ExitStack() as stack:
            stack.enter_context(replaced(serving, "ensure_prometheus_dir", lambda *_, **__: metrics))
            stack.enter_context(replaced(serving, "create_watcher", create_watcher))
            stack.enter_context(replaced(utils, "reserve_free_port", _any_port))
            yield
    finally:
        for name, original in saved.items():
            if original is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = original


def watchers_of(start: Callable[..., Any], *args: Any, **kwargs: Any) -> List[Watcher]:
    try:
        start(*args, **kwargs)
    except Captured as captured:
        return captured.watchers
    raise RuntimeError("BentoML started nothing")


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)


@contextlib.contextmanager
def _any_port(*_: Any, port: Optional[int] = None, **__: Any) -> Iterator[int]:
    yield port or 1


def serving_module() -> Any:
    """`bentoml.serving`, which was `bentoml.serve` before 1.2."""
    try:
        return importlib.import_module("bentoml.serving")
    except ModuleNotFoundError as error:
        if error.name != "bentoml.serving":
            raise
        return importlib.import_module("bentoml.serve")
