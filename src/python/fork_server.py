"""A process that has imported what BentoML's workers import, and nothing of the user's, and forks workers from it (Linux).

Usage: python fork_server.py FD, where FD is a Unix stream socket to the helper. Frames on it, both ways: four bytes of
length (big endian), then JSON. The helper sends one `prepare` and then one request for each worker, with descriptors;
the answers are `{"ready": true}`, `{"pid": …}` or `{"refused": WHY}`. Before each module that `prepare` imports it sends
`{"importing": NAME}`: if it dies there, that is the last frame.

A worker is forked twice, so that it becomes a child of the helper, which is a subreaper: the helper sees its end, and
the worker gets its parent-death signal from the helper, not from this process.
"""

import array
import ctypes
import fcntl
import gc
import importlib
import json
import os
import random
import runpy
import signal
import site
import socket
import struct
import sys
import time
import types

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH = getattr(sys.flags, "safe_path", False)
if SAFE_PATH:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# Ours leave no bytecode in the extension's folder.
WRITE_BYTECODE, sys.dont_write_bytecode = sys.dont_write_bytecode, True

from serve_bento_worker.imported_files import note_imports  # noqa: E402
from serve_bento_worker import probe_lines  # noqa: E402, F401 (worker.py imports it in every worker)
from serve_bento_worker.retirement import retire_at  # noqa: E402
from serve_bento_worker.stacks import STACKS, TOO_EARLY  # noqa: E402

sys.dont_write_bytecode = WRITE_BYTECODE

PR_SET_PDEATHSIG = 1
MARK = "SERVE_BENTO_MARK"
# In its own environment the mark is as long; those of its workers take its place.
MARK_ROOM = len(os.environ.get(MARK, ""))
# More than a worker ever gets.
MOST_DESCRIPTORS = 16
# Seconds in which a worker has become a child of the helper.
ADOPTION_LIMIT = 5


class Unfit(Exception):
    """What was imported may not be forked."""


class ForkServer:
    def __init__(self, helper):
        self._helper = helper
        self._own = {0, 1, 2, helper.fileno()}
        self._start = dict(os.environ)
        self._reads = Reads()
        self._stamp = None

    def prepare(self, stack, preload=(), metrics=None, **_):
        """Imports the modules of the stack, those that are there, and those that the settings name; checks that they may be forked."""
        gc.disable()
        missing = []
        with self._reads:
            for name in STACKS[stack]:
                try:
                    self._import(name)
                except ImportError as error:
                    # An optional part of BentoML, or one of another version.
                    missing.append("not imported: %s: %s" % (name, error))
            self._check("BentoML")
            for name in preload:
                try:
                    self._import(name)
                except Exception as error:
                    raise Unfit("%s cannot be imported: %s: %s" % (name, type(error).__name__, error))
                self._check(name)
        # Only now: until here the output is that of the modules, which explains a death.
        for line in missing:
            print(line, file=sys.stderr)
        early = TOO_EARLY[stack].intersection(sys.modules)
        if early:
            raise Unfit("%s must not be imported before the number of threads is set" % ", ".join(sorted(early)))
        if metrics is not None and os.listdir(metrics):
            raise Unfit("the imported modules count metrics already")
        self._stamp = stamp()
        # Without a collection before: what the workers make would fill its holes, and copy the pages around them.
        gc.freeze()
        return {"ready": True}

    def _import(self, name):
        send(self._helper, {"importing": name})
        importlib.import_module(name)

    def _check(self, name):
        """Threads would be missing in the worker, open files be shared with it (the GPU is one)."""
        if threads() > 1:
            # Some libraries end their threads before a fork, and start them anew when they need them.
            probe = os.fork()
            if probe == 0:
                os._exit(0)
            os.waitpid(probe, 0)
            if threads() > 1:
                raise Unfit("%s starts threads when it is imported" % name)
        opened = {int(fd) for fd in os.listdir("/proc/self/fd")} - self._own
        if any(_exists(fd) for fd in opened):
            raise Unfit("%s opens files when it is imported" % name)

    def fork(self, descriptors, **request):
        """Forks one worker and gives its pid."""
        if not runs_python(request["argv"]):
            raise Unfit("%s is no Python" % request["argv"][0])
        hidden = hiding(request["cwd"])
        if hidden is not None:
            raise Unfit("%s in %s is in the way of a module of BentoML" % (hidden, request["cwd"]))
        late = self._reads.late(self._start, request["env"])
        if late:
            raise Unfit("%s was read before" % late)
        if stamp() != self._stamp:
            raise Unfit("what was imported has changed on the disk")
        if len(request["env"].get(MARK, "")) > MARK_ROOM:
            raise Unfit("the name of the component is too long")
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
                raise Forked(request, descriptors)
            os.write(writing, b"%d" % worker)
            os._exit(0)
        os.close(writing)
        os.waitpid(between, 0)
        pid = os.read(reading, 32)
        os.close(reading)
        if not pid:
            raise Unfit("there is no room for another process")
        return {"pid": int(pid)}

    def serve(self):
        """Answers until the helper is gone."""
        while True:
            request, descriptors = receive(self._helper)
            if request is None:
                return
            try:
                answer = self.fork(descriptors, **request) if "argv" in request else self.prepare(**request)
            except Exception as error:
                why = str(error) if isinstance(error, Unfit) else "%s: %s" % (type(error).__name__, error)
                answer = {"refused": why}
            for fd in descriptors:
                os.close(fd)
            send(self._helper, answer)


class Reads:
    """Which environment variables are read while it is entered: they would be without effect in a worker."""

    # Put right in each worker, or read by it.
    HARMLESS = {"BENTOML_CONFIG_OPTIONS", "PROMETHEUS_MULTIPROC_DIR", MARK}
    # Read by the interpreter and by libraries, where nobody sees it.
    EARLY = ("PYTHON", "LD_", "MALLOC_", "GLIBC_", "LC_", "LANG", "TZ", "OPENSSL_", "OMP_", "OPENBLAS_", "MKL_", "GOTO_")

    def __init__(self):
        self._names = set()
        self._original = None

    def __enter__(self):
        names, kind = self._names, type(os.environ)
        self._original = original = kind.__getitem__, kind.__contains__

        def getitem(environment, name):
            names.add(name)
            return original[0](environment, name)

        def contains(environment, name):
            names.add(name)
            return original[1](environment, name)

        kind.__getitem__, kind.__contains__ = getitem, contains

    def __exit__(self, *_):
        type(os.environ).__getitem__, type(os.environ).__contains__ = self._original

    def late(self, before, now):
        for name in set(before) | set(now):
            if before.get(name) == now.get(name) or name in self.HARMLESS:
                continue
            if name in self._names or name.startswith(self.EARLY):
                return name
        return None


class Forked(BaseException):
    """Carries a worker out of everything that belongs to the fork server."""

    def __init__(self, request, descriptors):
        super().__init__()
        self.request = request
        self.descriptors = descriptors


def become(argv, env, cwd, parent, deathSignal, imports, retire, **_):
    """From here on it is as if `argv` had been started: `PYTHON -m MODULE ARGUMENT…` or `PYTHON FILE ARGUMENT…`."""
    os.setsid()
    await_parent(parent)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, getattr(signal, deathSignal), 0, 0, 0)
    # It may have died before the request was in place.
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    rename(argv, env)
    configure(env)
    reseed()
    # What was installed since the fork server looked for it.
    importlib.invalidate_caches()
    equip(imports, retire)
    gc.enable()
    if argv[1] == "-m":
        sys.argv = argv[2:]
        # As `python -m` has it.
        begin_path(cwd)
        runpy.run_module(argv[2], run_name="__main__", alter_sys=True)
    else:
        sys.argv = argv[1:]
        begin_path(os.path.dirname(argv[1]))
        runpy.run_path(argv[1], run_name="__main__")


def begin_path(folder):
    """Puts it where the fork server has a folder that does not exist."""
    if SAFE_PATH:
        sys.path.pop(0)
    else:
        sys.path[0] = folder


def runs_python(argv):
    """As `become` takes it; a runner may be another program (Triton)."""
    return len(argv) > 1 and (argv[1] == "-m" or argv[1].endswith(".py"))


def await_parent(parent):
    """The process between has ended, or ends at once: then the helper is the parent."""
    until = time.monotonic() + ADOPTION_LIMIT
    while os.getppid() != parent:
        if time.monotonic() > until:
            os._exit(1)
        time.sleep(0.0005)


def take(received, wanted):
    """Puts the descriptors where the arguments say they are: output first, then those of the sockets."""
    targets = [1, 2, *wanted]
    free = max(targets) + 1
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, free) for fd in received]
    for fd in received:
        if fd > 2:
            os.close(fd)
    for fd, target in zip(high, targets):
        os.dup2(fd, target, inheritable=True)
        os.close(fd)


def configure(env):
    """BentoML reads its options when it is imported; a service's may have been found later."""
    containers = sys.modules.get("bentoml._internal.configuration")
    if containers is not None and env.get("BENTOML_CONFIG_OPTIONS") != START_OPTIONS:
        containers.load_config()


def reseed():
    """Python's own generator does it by itself; those of others would give every worker the same numbers."""
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(random.SystemRandom().getrandbits(32))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.seed()


def equip(imports, retire):
    """What a reload without a gap needs."""
    if imports is not None:
        note_imports(imports)
    uvicorn = sys.modules.get("uvicorn.server")
    if uvicorn is not None:
        retire_at(retire, uvicorn.Server)


def rename(argv, env):
    """Has the system show the worker's own command and mark: `ps`, and our search for what escaped."""
    with open("/proc/self/stat", "rb") as stat:
        fields = stat.read().rpartition(b")")[2].split()
    # Numbers 48 to 51 of proc_pid_stat(5); the name was the second.
    arguments, arguments_end, variables, variables_end = (int(field) for field in fields[45:49])
    command = b"\0".join(os.fsencode(text) for text in argv)
    overwrite(arguments, arguments_end - arguments, command)
    # The mark alone: something may hold the address of another variable.
    name = os.fsencode(MARK + "=")
    at = (b"\0" + ctypes.string_at(variables, variables_end - variables)).find(b"\0" + name)
    if at >= 0:
        overwrite(variables + at, len(name) + MARK_ROOM, name + os.fsencode(env[MARK]))


def overwrite(start, room, text):
    ctypes.memmove(start, text[: room - 1].ljust(room, b"\0"), room)


def stamp():
    """Of the files of all that was imported: a package that is installed meanwhile has others.

    Also of those that Python reads once, when it starts: an editable install adds one.
    """
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files += path_files()
    found = []
    for file in files:
        try:
            found.append(os.stat(file).st_mtime_ns if file else 0)
        except OSError:
            found.append(-1)
    return found


def path_files():
    found = []
    # Old virtual environments have a `site` of their own, which lacks it.
    for folder in getattr(site, "getsitepackages", list)():
        try:
            found += sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".pth"))
        except OSError:
            # Not every one is there.
            pass
    return found


def hiding(folder):
    """A file of the folder that `python -m` would have imported instead of a module that is imported already."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    for name in names:
        module = name[:-3] if name.endswith(".py") else name
        loaded = sys.modules.get(module)
        origin = getattr(loaded, "__file__", None)
        if loaded is None or origin is None:
            continue
        if os.path.dirname(origin) not in (folder, os.path.join(folder, name)):
            is_package = os.path.isfile(os.path.join(folder, name, "__init__.py"))
            if name.endswith(".py") or is_package:
                return name
    return None


def receive(channel):
    """One frame and its descriptors; nothing when the other end is gone."""
    room = array.array("i")
    data, ancillary, _, _ = channel.recvmsg(4, socket.CMSG_LEN(MOST_DESCRIPTORS * room.itemsize))
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            room.frombytes(payload[: len(payload) - len(payload) % room.itemsize])
    if len(data) < 4:
        return None, list(room)
    (length,) = struct.unpack(">I", data)
    text = b""
    while len(text) < length:
        piece = channel.recv(length - len(text))
        if not piece:
            return None, list(room)
        text += piece
    return json.loads(text.decode("utf-8")), list(room)


def send(channel, message):
    text = json.dumps(message).encode("utf-8")
    channel.sendall(struct.pack(">I", len(text)) + text)


def threads():
    return len(os.listdir("/proc/self/task"))


def _exists(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def main():
    # Ours are not in the way of what is imported; the user's are not on the path before a worker's.
    sys.path.pop(0)
    sys.path.insert(0, os.path.join(os.sep, "nowhere"))
    helper = socket.socket(fileno=int(sys.argv[1]))
    try:
        ForkServer(helper).serve()
    except Forked as forked:
        return forked
    return None


START_OPTIONS = os.environ.get("BENTOML_CONFIG_OPTIONS")

if __name__ == "__main__":
    worker = main()
    if worker is not None:
        # `__main__` is the worker's module now, and what is here goes with its frames.
        sys.modules["__main__"] = types.ModuleType("__main__")
        take(worker.descriptors, worker.request["fds"])
        become(**worker.request)
