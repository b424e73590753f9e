"""The processes of the bento: spawned, relayed, signalled, reaped."""

import os
import subprocess
import sys
import time

from accepting import accepts
from arbiters import Arbiters
from holder import is_held_by, listening_inodes
from fork_server import MARK_ROOM, RETIRE, Forked, ForkServer, NotForked, forked

# In our environment, chosen by the extension, and in that of everything spawned, so that what escapes is still known.
MARK = "SERVE_BENTO_MARK"


class Child:
    def __init__(self, name, group, popen):
        self.name = name
        self.group = group
        self.popen = popen
        self.pid = popen.pid
        self.pumps = {}


class Children:
    def __init__(self, loop, channel, tree):
        self._loop = loop
        self._channel = channel
        self._tree = tree
        self._children = {}
        self._arbiters = Arbiters(loop, channel, tree)
        self._fork_server = ForkServer(loop, channel)
        self._seed = os.environ[MARK]

    def spawn(self, process, group, argv, env, cwd, fds=(), deathSignal="SIGKILL", arbiter=False, fork=False, imports=None, **_):
        """Spawns one process in a session of its own, relays its output, and watches the workers of an arbiter.

        `fork` has the fork server fork it instead; where that cannot be, the answer says why. A forked one writes the files
        that it imports to `imports`.
        """
        if not isinstance(process, str) or not isinstance(group, str):
            raise ValueError("the name of a process and of its group is a text")
        env = dict(env, **{MARK: self._mark(group)})
        popen, not_forked = None, None
        if fork:
            try:
                popen = forked(self._fork_server, argv, env, cwd, fds, deathSignal, imports)
            except NotForked as error:
                not_forked = str(error)
        child = self._adopt(process, group, popen or self._popen(argv, env, cwd, fds, deathSignal))
        if arbiter:
            self._arbiters.watch(child)
        return {"pid": child.pid, "started": self._tree.start_time(child.pid), "notForked": not_forked}

    def start_fork_server(self, process, argv, env, cwd, stack, preload, metrics, **_):
        """Starts the fork server, in place of another one."""
        self._fork_server.end()
        # Room for the marks of its workers.
        env = dict(env, **{MARK: self._mark(process).ljust(MARK_ROOM, "-")})

        def spawn(command, fds):
            return self._adopt(process, process, self._popen(command, env, cwd, fds, "SIGKILL")).pid

        self._fork_server.start(spawn, argv, {"stack": stack, "preload": preload, "metrics": metrics})
        return {"pid": self._fork_server.pid}

    def _popen(self, argv, env, cwd, fds, death_signal):
        options = self._tree.spawn_options(death_signal)
        if sys.platform != "win32":
            options["pass_fds"] = tuple(fds)
        return subprocess.Popen(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **options
        )

    def _adopt(self, process, group, popen):
        child = Child(process, group, popen)
        self._tree.adopt(child)
        self._children[child.pid] = child
        self._relay(child, popen.stdout, "stdout")
        self._relay(child, popen.stderr, "stderr")
        return child

    def _mark(self, group):
        return "%s:%s" % (self._seed, group)

    def _relay(self, child, pipe, stream):
        fd = pipe.fileno()

        def pump(data):
            if data is None or fd not in child.pumps:
                return
            # Of no length at the end: whoever decodes it has to know.
            self._channel.send({"event": "output", "process": child.name, "stream": stream}, data)
            if not data:
                del child.pumps[fd]
                self._loop.forget(fd)
                pipe.close()

        child.pumps[fd] = pump
        self._loop.read(fd, pump)

    def reap(self):
        """Reports those of ours that ended; others (orphans that came to us) are only buried."""
        for pid, code, name in self._tree.ended(self._children):
            child = self._children.pop(pid, None)
            if child is None:
                continue
            self._arbiters.forget(child)
            child.popen.returncode = code if code is not None else -1
            # What it wrote before its end comes before the news of its end.
            for fd, pump in list(child.pumps.items()):
                pump(self._loop.peek(fd))
            if pid == self._fork_server.pid:
                self._fork_server.ended(code, name)
            self._channel.send({"event": "exit", "process": child.name, "pid": pid, "code": code, "signal": name})

    def terminate(self, group, **_):
        """Asks politely: the direct children of the group, woken if they are stopped."""
        for child in self._of(group):
            self._tree.terminate(child)

    def retire(self, group, **_):
        """Asks those that others have taken over from to end once their clients have what they wait for.

        Where nobody waits for that signal (a gRPC server, one that starts) it would end them unasked.
        """
        for child in self._of(group):
            if isinstance(child.popen, Forked) and self._tree.catches(child.pid, RETIRE):
                os.kill(child.pid, RETIRE)
            else:
                self._tree.terminate(child)

    def accepting(self, group, inodes, port=None, **_):
        """Whether each direct child of the group waits for connections; None where the system does not tell.

        `inodes` are those of the sockets that we hold; `port` is one that it binds itself.
        """
        if sys.platform != "linux":
            return {"all": None}
        wanted = inodes | (listening_inodes(port) if port else set())
        return {"all": all(accepts(child.pid, wanted) for child in self._of(group))}

    def kill(self, group, **_):
        """Ends whatever is left of the group and says how many processes that were."""
        return {"killed": self._sweep(lambda: self._members(group), self._of(group))}

    def listens(self, group, port, **_):
        """Whether it is the group that listens on the port; None where the system does not tell."""
        return {"own": is_held_by(set(self._members(group)), port)}

    def stopped(self, group, **_):
        """The direct children of the group that a signal has stopped."""
        return {"pids": self._tree.stopped([child.pid for child in self._of(group)])}

    def _of(self, group):
        return [child for child in self._children.values() if child.group == group]

    def _members(self, group):
        roots = [child.pid for child in self._of(group)]
        return self._tree.with_descendants(roots, "%s=%s\0" % (MARK, self._mark(group)))

    def _sweep(self, members, children):
        killed = set()
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

    def reset(self):
        """Ends everything but the fork server, at once."""
        spared = {os.getpid(), self._fork_server.pid}

        def others():
            return [pid for pid in self._tree.everything(self._seed) if pid not in spared]

        self._sweep(others, [child for child in self._children.values() if child.pid not in spared])

    def end(self, grace):
        """The life line broke: everything ends, politely for `grace` seconds, then by force."""
        self._fork_server.end()
        for child in list(self._children.values()):
            self._tree.terminate(child)
        until = time.monotonic() + grace
        while self._children and time.monotonic() < until:
            self._loop.step(0.02)
            self.reap()
        self._sweep(lambda: self._tree.everything(self._seed), list(self._children.values()))
