"""The processes of the bento: spawned, relayed, signalled, reaped."""

import errno
import os
import subprocess
import sys
import time
from typing import IO, Any, Callable, Dict, List, Mapping, Optional, Sequence, Set, Union

from serve_bento_debug.protocol import AttachRequest, ProfileRequest
from serve_bento_fork_server.protocol import PrepareRequest
from serve_bento_shared.mark import MARK
from serve_bento_shared.retire_signal import RETIRE

from .accepting import accepts
from .arbiters import Arbiters
from .channel import Channel
from .child import Child, Process
from .debugging import Debugging
from .deferred import Deferred
from .fork_server import MARK_ROOM, ForkServer, NotForked
from .holder import is_held_by, listening_inodes
from .loop import Loop
from .tree import Tree

Reply = Mapping[str, Any]


class Children:
    def __init__(self, loop: Loop, channel: Channel, tree: Tree, debugging: Debugging) -> None:
        self._loop = loop
        self._channel = channel
        self._tree = tree
        self._debugging = debugging
        self._children: Dict[int, Child] = {}
        self._arbiters = Arbiters(loop, channel, tree)
        self._fork_server = ForkServer(loop, channel)
        # Chosen by the extension.
        self._seed = os.environ[MARK]

    def spawn(
        self,
        process: str,
        group: str,
        argv: List[str],
        env: Mapping[str, str],
        cwd: str,
        fds: Sequence[int] = (),
        deathSignal: str = "SIGKILL",
        arbiter: bool = False,
        fork: bool = False,
        imports: Optional[str] = None,
        debug: Optional[AttachRequest] = None,
        **_: Any,
    ) -> Union[Reply, Deferred]:
        """Spawns one process in a session of its own, relays its output, and watches the workers of an arbiter.

        `fork` has the fork server fork it; where that is impossible, it is started, and the reply says why. If the fork
        server forks it between two imports, the reply comes later. A forked process writes the files that it imports to
        `imports`. With `debug` it attaches to a debugger first.
        """
        if not isinstance(process, str) or not isinstance(group, str):
            raise ValueError("the name of a process and of its group is a text")
        env = {**env, MARK: self._mark(group), **self._debugging.environment(at_start=debug is not None)}

        def spawned(forked: Callable[[], Optional[Process]]) -> Reply:
            not_forked: Optional[str] = None
            try:
                started = forked()
            except NotForked as error:
                started, not_forked = None, str(error)
            child = self._adopt(process, group, started or self._start(argv, env, cwd, fds, deathSignal))
            if debug is not None:
                self._debugging.expect(child.pid, attach_request(debug))
            if arbiter:
                self._arbiters.watch(child)
            return {"pid": child.pid, "started": self._tree.start_time(child.pid), "notForked": not_forked}

        if not fork:
            return spawned(lambda: None)
        request = self._fork_server.request(argv, env, cwd, fds, deathSignal, imports)
        if not self._fork_server.can_fork_later:
            return spawned(lambda: self._fork_server.fork(request))
        deferred = Deferred()
        self._fork_server.fork_later(request, group, lambda forked: deferred.settle(lambda: spawned(forked)))
        return deferred

    def start_fork_server(
        self,
        process: str,
        argv: List[str],
        env: Mapping[str, str],
        cwd: str,
        stack: str,
        preload: List[str],
        metrics: Optional[str],
        bytecode: Optional[str] = None,
        idle: bool = False,
        **_: Any,
    ) -> Reply:
        """Starts the fork server, and replaces an earlier one.

        With `idle` it has idle priority until `prioritize_fork_server`, if the system allows that.
        """
        self._fork_server.withdraw()
        self._fork_server.end()
        lower = idle_priority() if idle else None
        # Room for the marks of its workers.
        env = {**env, MARK: self._mark(process).ljust(MARK_ROOM, "-")}

        def start(command: List[str], fds: Sequence[int]) -> int:
            return self._adopt(process, process, self._start(command, env, cwd, fds, "SIGKILL", lower)).pid

        prepare: PrepareRequest = {"stack": stack, "preload": preload, "metrics": metrics, "bytecode": bytecode}
        return {"pid": self._fork_server.start(start, argv, prepare)}

    def prioritize_fork_server(self, **_: Any) -> None:
        """Gives the fork server the priority of this process. Its workers inherit it."""
        if self._fork_server.pid in self._children and sys.platform == "linux":
            from .idle_priority import restore

            restore(self._fork_server.pid)

    def _start(
        self,
        argv: List[str],
        env: Mapping[str, str],
        cwd: str,
        fds: Sequence[int],
        death_signal: str,
        in_child: Optional[Callable[[], None]] = None,
    ) -> "subprocess.Popen[bytes]":
        options = self._tree.spawn_options(death_signal, in_child)
        if sys.platform != "win32":
            options["pass_fds"] = tuple(fds)
        return subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            **options,
        )

    def _adopt(self, name: str, group: str, process: Process) -> Child:
        child = Child(name, group, process)
        self._tree.adopt(child)
        self._children[child.pid] = child
        for stream, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            if pipe is not None:
                self._relay(child, pipe, stream)
        return child

    def _mark(self, group: str) -> str:
        return f"{self._seed}:{group}"

    def _relay(self, child: Child, pipe: IO[bytes], stream: str) -> None:
        fd = pipe.fileno()

        def pump(data: Optional[bytes]) -> None:
            if data is None or fd not in child.pumps:
                return
            # The last piece is empty: whoever decodes the output has to know its end.
            header = {"event": "output", "process": child.name, "stream": stream, "bytes": len(data)}
            self._channel.send(header, data)
            if not data:
                del child.pumps[fd]
                self._loop.forget(fd)
                pipe.close()

        child.pumps[fd] = pump
        self._loop.read_output(fd, pump)

    def reap(self) -> None:
        """Reports those of ours that ended; others (orphans that came to us) are only buried."""
        # A process that was forked just now becomes ours first.
        self._fork_server.take_answer()
        for pid, code, name in self._tree.ended(self._children):
            self._debugging.forget(pid)
            child = self._children.pop(pid, None)
            if child is None:
                continue
            self._arbiters.forget(child)
            child.process.returncode = code if code is not None else -1
            # Its last output comes before the report of its end.
            for fd, pump in list(child.pumps.items()):
                pump(self._loop.peek(fd))
            if pid == self._fork_server.pid:
                self._fork_server.report_end(code, name)
            self._channel.send({"event": "exit", "process": child.name, "pid": pid, "code": code, "signal": name})

    def attach_debugger(self, pid: int, debug: AttachRequest, **_: Any) -> None:
        """Has a worker that runs attach to a debugger; also one that an arbiter has started."""
        self._check_ours(pid)
        self._debugging.ask(pid, attach_request(debug))

    def withdraw_attach(self, adapter: str, **_: Any) -> None:
        self._debugging.withdraw("adapter", adapter)

    def profile(self, pid: int, seconds: float, interval: float, file: str, **_: Any) -> None:
        """Has a worker profile itself, which the event `profile` reports twice: when it begins, and when it is done."""
        self._check_ours(pid)
        request: ProfileRequest = {"kind": "profile", "seconds": seconds, "interval": interval, "file": file}
        self._debugging.ask(pid, request)

    def end_profile(self, file: str, **_: Any) -> None:
        self._debugging.end_profile(file)

    def dump_stacks(self, pid: int, **_: Any) -> Reply:
        """Has a worker write the stacks of its threads to a file."""
        self._check_ours(pid)
        file, begin = self._debugging.dump_stacks(pid)
        return {"file": file, "begin": begin}

    def _check_ours(self, pid: int) -> None:
        if pid not in self._tree.with_descendants(list(self._children)):
            raise ProcessLookupError(errno.ESRCH, "%d is none of our processes" % pid)

    def terminate(self, group: str, **_: Any) -> None:
        """Asks politely: the direct children of the group, woken if they are stopped."""
        for child in self._of(group):
            self._tree.terminate(child)

    def retire(self, group: str, **_: Any) -> None:
        """Asks workers that have been replaced to end once they have answered their clients.

        The signal would kill a worker that does not catch it (a gRPC server, or one that is starting): it is terminated.
        """
        for child in self._of(group):
            if self._tree.catches(child.pid, RETIRE):
                os.kill(child.pid, RETIRE)
            else:
                self._tree.terminate(child)

    def accepting(self, group: str, inodes: Set[int], port: Optional[int] = None, **_: Any) -> Reply:
        """Whether each direct child of the group waits for connections; None where the system cannot say.

        `inodes` are those of the sockets that we hold; `port` is one that it binds itself.
        """
        if sys.platform != "linux":
            return {"all": None}
        wanted = inodes | (listening_inodes(port) if port else set())
        return {"all": all(accepts(child.pid, wanted) for child in self._of(group))}

    def kill(self, group: str, **_: Any) -> Reply:
        """Ends whatever is left of the group and says how many processes that were."""
        self._fork_server.withdraw(group)
        return {"killed": self._sweep(lambda: self._members(group), self._of(group))}

    def listens(self, group: str, port: int, **_: Any) -> Reply:
        """Whether it is the group that listens on the port; None where the system cannot say."""
        return {"own": is_held_by(set(self._members(group)), port)}

    def stopped(self, group: str, **_: Any) -> Reply:
        """The direct children of the group that a signal has stopped."""
        return {"pids": self._tree.stopped([child.pid for child in self._of(group)])}

    def _of(self, group: str) -> List[Child]:
        return [child for child in self._children.values() if child.group == group]

    def _members(self, group: str) -> List[int]:
        roots = [child.pid for child in self._of(group)]
        return self._tree.with_descendants(roots, f"{MARK}={self._mark(group)}\0")

    def _sweep(self, members: Callable[[], List[int]], children: List[Child]) -> int:
        killed: Set[int] = set()
        for child in children:
            self._tree.kill_job(child)
        # In rounds: what forks while it is being killed is found by the next one. Pauses grow, as looking takes the
        # processor from those who are to end.
        for pause in [0.01, 0.02, 0.04] + [0.08] * 50:
            pids = [pid for pid in members() if pid != os.getpid()]
            if not pids:
                break
            for pid in pids:
                self._tree.kill(pid)
            killed.update(pids)
            time.sleep(pause)
            self.reap()
        return len(killed)

    def reset(self) -> None:
        """Ends everything but the fork server, at once."""
        self._fork_server.withdraw()
        self._debugging.withdraw_all()
        server = self._fork_server

        def others() -> List[int]:
            spared = {os.getpid(), server.pid}
            if server.is_importing and server.pid is not None:
                # The modules that it imports may run programs.
                spared.update(self._tree.with_descendants([server.pid]))
            return [pid for pid in self._tree.everything(self._seed) if pid not in spared]

        self._sweep(others, [child for child in self._children.values() if child.pid != server.pid])

    def end(self, grace: float) -> None:
        """The life line broke: everything ends, politely for `grace` seconds, then by force."""
        self._fork_server.withdraw()
        self._fork_server.end()
        for child in list(self._children.values()):
            self._tree.terminate(child)
        until = time.monotonic() + grace
        while self._children and time.monotonic() < until:
            self._loop.step(0.02)
            self.reap()
        self._sweep(lambda: self._tree.everything(self._seed), list(self._children.values()))


def attach_request(debug: AttachRequest) -> AttachRequest:
    return {**debug, "kind": "attach"}


def idle_priority() -> Optional[Callable[[], None]]:
    """Returns a function that lowers the priority of the process that calls it; None if that is not possible."""
    if sys.platform != "linux":
        return None
    from .idle_priority import can_take_back_nice, lower_own

    may_be_nice = can_take_back_nice()
    return lambda: lower_own(may_be_nice)
