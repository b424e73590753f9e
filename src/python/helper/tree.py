"""What each system offers for knowing and ending a whole tree of processes."""

import os
import signal
import subprocess
import sys


class Tree:
    """What works on every POSIX system; Linux and macOS differ in how processes are listed."""

    def spawn_options(self, death_signal):
        return {"start_new_session": True}

    def adopt(self, child):
        pass

    def terminate(self, child):
        # To the process itself: a worker that forked drains its own children; the sweep takes the rest.
        _signal(child.pid, signal.SIGTERM)
        _signal(child.pid, signal.SIGCONT)

    def kill(self, pid):
        _signal(pid, signal.SIGKILL)

    def kill_job(self, child):
        pass

    def ended(self, children):
        """(pid, exit code or None, signal name or None) of what ended since the last call."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if os.WIFSIGNALED(status):
                yield pid, None, _signal_name(os.WTERMSIG(status))
            else:
                yield pid, os.WEXITSTATUS(status), None

    def processes(self):
        """{pid: parent} of everything alive."""
        raise NotImplementedError

    def start_time(self, pid):
        raise NotImplementedError

    def lives(self, pid, started):
        """It does, and it is the one that started then."""
        return started is not None and self.start_time(pid) == started

    def stopped(self, pids):
        """Those that a signal has stopped, where the system tells; not those that a debugger holds."""
        return []

    def catches(self, pid, number):
        """Whether the process has a handler of that signal, where the system tells."""
        return False

    def children_of(self, pid):
        return [child for child, parent in self.processes().items() if parent == pid]

    def marked(self, mark):
        """Pids whose environment holds the mark, where the system tells."""
        return []

    def with_descendants(self, roots, mark=None):
        parents = self.processes()
        children = {}
        for pid, parent in parents.items():
            children.setdefault(parent, []).append(pid)
        found, todo = [], [pid for pid in roots if pid in parents]
        if mark is not None:
            todo += self.marked(mark)
        seen = set()
        while todo:
            pid = todo.pop(0)
            if pid in seen:
                continue
            seen.add(pid)
            found.append(pid)
            todo += children.get(pid, [])
        return found

    def everything(self, seed):
        """All that is left of us: our descendants, and on Linux what carries our mark."""
        return [pid for pid in self.with_descendants([os.getpid()], seed) if pid != os.getpid()]


class LinuxTree(Tree):
    PR_SET_PDEATHSIG = 1
    PR_SET_CHILD_SUBREAPER = 36

    def __init__(self, adopts=True):
        import ctypes

        self._prctl = ctypes.CDLL(None, use_errno=True).prctl
        # Orphans of ours come to us instead of to init, so that they can be found and ended.
        if adopts:
            self._prctl(self.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def spawn_options(self, death_signal):
        prctl, parent = self._prctl, os.getpid()
        number = getattr(signal, death_signal)

        def die_with_parent():
            prctl(self.PR_SET_PDEATHSIG, number, 0, 0, 0)
            # The parent may have died before the request was in place.
            if os.getppid() != parent:
                os._exit(1)

        return {"start_new_session": True, "preexec_fn": die_with_parent}

    def processes(self):
        parents = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                fields = self._stat(name)
                # A zombie is no process any more: its parent may not have buried it yet.
                if fields and fields[0] not in ("Z", "X"):
                    parents[int(name)] = int(fields[1])
        return parents

    def start_time(self, pid):
        fields = self._stat(pid)
        return int(fields[19]) if fields and fields[0] not in ("Z", "X") else None

    def children_of(self, pid):
        found = []
        try:
            for thread in os.listdir("/proc/%d/task" % pid):
                with open("/proc/%d/task/%s/children" % (pid, thread)) as children:
                    found += map(int, children.read().split())
        except OSError:
            pass
        return [child for child in found if self.start_time(child) is not None]

    def catches(self, pid, number):
        try:
            with open("/proc/%d/status" % pid) as status:
                masks = [line.split()[1] for line in status if line.startswith("SigCgt:")]
        except OSError:
            return False
        return any(int(mask, 16) >> (number - 1) & 1 for mask in masks)

    def stopped(self, pids):
        return [pid for pid in pids if (self._stat(pid) or [""])[0] == "T"]

    def _stat(self, pid):
        try:
            with open("/proc/%s/stat" % pid, "rb") as stat:
                # The name stands in parentheses and may hold anything, also ") R 1".
                return stat.read().decode("latin-1").rpartition(")")[2].split()
        except OSError:
            return None

    def marked(self, mark):
        needle = mark.encode()
        found = []
        for name in os.listdir("/proc"):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open("/proc/%s/environ" % name, "rb") as environ:
                    if needle in environ.read() and self._stat(name)[0] not in ("Z", "X"):
                        found.append(int(name))
            except (OSError, TypeError):
                continue
        return found


class DarwinTree(Tree):
    """macOS has no subreaper: what was seen as a descendant once is remembered with its start time."""

    def __init__(self):
        self._remembered = {}

    def _table(self):
        said = subprocess.run(
            ["/bin/ps", "-axo", "pid=,ppid=,stat=,lstart="],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=5,
        ).stdout.decode("utf-8", "replace")
        rows = (line.split(None, 3) for line in said.splitlines())
        return {int(r[0]): (int(r[1]), r[3]) for r in rows if len(r) == 4 and not r[2].startswith("Z")}

    def processes(self):
        table = self._table()
        return {pid: parent for pid, (parent, _) in table.items()}

    def start_time(self, pid):
        row = self._table().get(pid)
        return row[1] if row else None

    def with_descendants(self, roots, mark=None):
        table = self._table()
        found = super().with_descendants(roots, mark)
        known = self._remembered.setdefault(tuple(roots), {})
        for pid in found:
            if pid in table:
                known[pid] = table[pid][1]
        return found + [p for p, start in known.items() if p not in found and table.get(p, (0, None))[1] == start]


class WindowsTree:
    """Job objects: the helper's own takes everything along when the helper ends, one per child ends that child's tree."""

    def __init__(self):
        import windows_job

        self._jobs = {}
        self._job = windows_job
        # Not inherited by children, so that the last handle closes with this process.
        self._own = windows_job.create(kill_on_close=True)
        windows_job.assign_self(self._own)

    def spawn_options(self, death_signal):
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def adopt(self, child):
        job = self._job.create(kill_on_close=False)
        self._job.assign(job, int(child.popen._handle))
        self._jobs[child.pid] = job

    def terminate(self, child):
        try:
            child.popen.send_signal(signal.CTRL_BREAK_EVENT)
        except OSError:
            pass

    def kill_job(self, child):
        job = self._jobs.get(child.pid)
        if job is not None:
            self._job.terminate(job)

    def kill(self, pid):
        _signal(pid, signal.SIGTERM)

    def ended(self, children):
        for pid, child in list(children.items()):
            code = child.popen.poll()
            if code is not None:
                yield pid, code, None

    def start_time(self, pid):
        return None

    def lives(self, pid, started):
        # The list of a job is true at each moment.
        return False

    def stopped(self, pids):
        return []

    def children_of(self, pid):
        return [one for one in self.with_descendants([pid]) if one != pid]

    def with_descendants(self, roots, mark=None):
        return [pid for root in roots for pid in self._job.members(self._jobs.get(root), root)]

    def everything(self, seed):
        return [pid for pid in self._job.members(self._own, os.getpid()) if pid != os.getpid()]


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "SIG%d" % number


def make_tree():
    if sys.platform == "linux":
        return LinuxTree()
    return WindowsTree() if sys.platform == "win32" else DarwinTree()
