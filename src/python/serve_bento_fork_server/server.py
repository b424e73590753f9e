"""Imports modules and forks workers, as the helper requests."""

import gc
import importlib
import os
import select
import socket
import sys
from typing import FrozenSet, List, Optional, cast

from serve_bento_shared.json_lines import Message
from serve_bento_shared.mark import MARK
from serve_bento_worker.imported_files import standard_folders

from . import bytecode, default_configuration
from .fitness import (
    EnvironmentReads,
    ImportStamp,
    Unfit,
    check_forkable,
    hiding_file,
    is_python_command,
    variables_set_by,
    with_python_locale,
)
from .protocol import ForkRequest, PrepareRequest, receive, send
from .stacks import HIDDEN, PLANNER, STACKS, TOO_EARLY

# The mark in the environment of this process has this length; that of a worker takes its place.
MARK_ROOM = len(os.environ.get(MARK, ""))


class Forked(BaseException):
    """Carries a worker out of all the frames of the fork server."""

    def __init__(self, request: ForkRequest, descriptors: List[int], hidden: FrozenSet[str]) -> None:
        super().__init__()
        self.request = request
        self.descriptors = descriptors
        self.hidden = hidden


class ForkServer:
    def __init__(self, helper: socket.socket) -> None:
        self._helper = helper
        self._own = frozenset((0, 1, 2, helper.fileno()))
        self._start = dict(os.environ)
        self._reads = EnvironmentReads()
        self._imported: Optional[ImportStamp] = None
        self._hidden: FrozenSet[str] = frozenset()
        self._is_prepared = False

    def serve(self) -> None:
        """Answers until the helper is gone, or nothing can be forked."""
        is_fit = True
        while is_fit:
            request, descriptors = receive(self._helper)
            if request is None:
                return
            is_fit = self._respond(request, descriptors)

    def _respond(self, request: Message, descriptors: List[int]) -> bool:
        """Returns whether further requests can be answered."""
        is_fork = "argv" in request
        try:
            if is_fork:
                answer = self.fork(cast(ForkRequest, request), descriptors)
            else:
                answer = self.prepare(cast(PrepareRequest, request))
        except Exception as error:
            reason = str(error) if isinstance(error, Unfit) else f"{type(error).__name__}: {error}"
            answer = {"refused" if is_fork else "unfit": reason}
        for fd in descriptors:
            os.close(fd)
        send(self._helper, answer)
        return "unfit" not in answer

    def prepare(self, request: PrepareRequest) -> Message:
        """Imports the modules of the stack that exist, and those of the settings, and checks that they can be forked.

        Meanwhile it forks a planner, if the helper asks for it.
        """
        stack, metrics = request["stack"], request["metrics"]
        gc.disable()
        missing: List[str] = []
        with bytecode.kept_in(request["bytecode"], "bentoml"), self._reads:
            for name in PLANNER[stack]:
                self._import_existing(name, missing)
            self._report_can_plan(stack)
            for name in STACKS[stack]:
                self._import_existing(name, missing)
                self._fork_planner()
            if stack == "service":
                default_configuration.read_once()
            check_forkable("BentoML", self._own)
            for name in request["preload"]:
                try:
                    self._import(name)
                except Exception as error:
                    raise Unfit(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
                check_forkable(name, self._own)
        # Not before: until here the output is that of the modules, which explains a death.
        for line in missing:
            print(line, file=sys.stderr)
        early = TOO_EARLY[stack].intersection(sys.modules)
        if early:
            raise Unfit("%s must not be imported before the number of threads is set" % ", ".join(sorted(early)))
        if metrics is not None and os.listdir(metrics):
            raise Unfit("the imported modules count metrics already")
        self._imported = ImportStamp()
        self._is_prepared = True
        # Packages may be installed later. Here, as each worker would copy the memory of all finders.
        importlib.invalidate_caches()
        # Without a collection before: what the workers make would fill its holes, and copy the pages around them.
        gc.freeze()
        return {"ready": True}

    def _report_can_plan(self, stack: str) -> None:
        """Tells the helper that a planner can be forked."""
        standard_folders()
        check_forkable("BentoML", self._own)
        self._hidden = HIDDEN[stack]
        self._imported = ImportStamp()
        send(self._helper, {"canPlan": True})

    def _fork_planner(self) -> None:
        """Forks the planner that the helper waits for, if it does."""
        if not select.select([self._helper], [], [], 0)[0]:
            return
        request, descriptors = receive(self._helper)
        if request is None:
            # The helper is gone. Nothing else needs what is left to import.
            sys.exit()
        self._respond(request, descriptors)

    def _import_existing(self, name: str, missing: List[str]) -> None:
        """Adds it to `missing` if it is an optional part of BentoML, or one of another version."""
        try:
            self._import(name)
        except ImportError as error:
            missing.append(f"not imported: {name}: {error}")

    def _import(self, name: str) -> None:
        send(self._helper, {"importing": name})
        importlib.import_module(name)

    def fork(self, request: ForkRequest, descriptors: List[int]) -> Message:
        """Forks one worker and returns its process id.

        Forks twice: the process between ends at once, and the helper, a subreaper, adopts the worker. So the helper sees
        the end of the worker, and the worker gets its parent-death signal from the helper.
        """
        request = cast(ForkRequest, {**request, "env": with_python_locale(request["env"], self._start)})
        self._check(request)
        if not self._is_prepared:
            check_forkable("BentoML", self._own.union(descriptors))
        reading, writing = os.pipe()
        between = os.fork()
        if between == 0:
            try:
                worker = os.fork()
            except OSError:
                os._exit(1)
            if worker == 0:
                os.close(reading)
                os.close(writing)
                self._helper.close()
                raise Forked(request, descriptors, self._hidden)
            os.write(writing, b"%d" % worker)
            os._exit(0)
        os.close(writing)
        os.waitpid(between, 0)
        pid = os.read(reading, 32)
        os.close(reading)
        if not pid:
            raise Unfit("there is no room for another process")
        return {"pid": int(pid)}

    def _check(self, request: ForkRequest) -> None:
        if not is_python_command(request["argv"]):
            raise Unfit("%s is no Python" % request["argv"][0])
        hiding = hiding_file(request["cwd"])
        if hiding is not None:
            raise Unfit("{} in {} is in the way of a module of BentoML".format(hiding, request["cwd"]))
        late = self._reads.late(self._start, request["env"])
        if late is not None:
            raise Unfit(f"{late} was read before")
        late = self._reads.one_of(variables_set_by(request["argv"]))
        if late is not None:
            raise Unfit(f"{late}, which the worker sets, was read before")
        if self._imported is None or self._imported.have_changed():
            raise Unfit("what was imported has changed on the disk")
        if len(request["env"].get(MARK, "")) > MARK_ROOM:
            raise Unfit("the name of the component is too long")
