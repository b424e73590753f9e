"""The fork server's parts that need no BentoML: python -m unittest discover test/python."""

import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import types
import unittest
from typing import Any, ClassVar, Dict, List
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

from serve_bento_fork_server import bytecode, default_configuration, fitness, protocol  # noqa: E402
from serve_bento_fork_server.server import ForkServer  # noqa: E402


class ReadsTest(unittest.TestCase):
    def test_knows_what_was_read_and_restores_what_reads(self) -> None:
        kind = type(os.environ)
        before = kind.__getitem__, kind.__contains__
        reads = fitness.EnvironmentReads()
        with reads:
            os.environ.get("READ_BY_GET")
            os.getenv("READ_BY_GETENV")
            self.assertNotIn("ASKED_FOR", os.environ)
        self.assertEqual((kind.__getitem__, kind.__contains__), before)
        for name in ("READ_BY_GET", "READ_BY_GETENV", "ASKED_FOR", "PYTHONHASHSEED", "OMP_NUM_THREADS"):
            self.assertEqual(reads.late({}, {name: "1"}), name)
            self.assertEqual(reads.late({name: "1"}, {}), name)
            self.assertIsNone(reads.late({name: "1"}, {name: "1"}))
        for name in ("NEVER_READ", "PROMETHEUS_MULTIPROC_DIR", "BENTOML_CONFIG_OPTIONS"):
            self.assertIsNone(reads.late({name: "0"}, {name: "1"}))


class LocaleTest(unittest.TestCase):
    """Python sets LC_CTYPE at its start in the C locale, and nowhere else."""

    COERCED: ClassVar[Dict[str, str]] = {"LC_CTYPE": "C.UTF-8"}

    def test_a_worker_in_the_c_locale_has_what_python_sets(self) -> None:
        for env in ({}, {"LANG": ""}, {"LANG": "C"}, {"LANG": "POSIX"}, {"LC_ALL": ""}, {"LC_CTYPE": "C"}):
            now = fitness.with_python_locale(env, {**env, **self.COERCED})
            self.assertEqual(now, {**env, **self.COERCED})

    def test_any_other_locale_stays(self) -> None:
        for env in (
            *({"LANG": "de_DE.UTF-8"}, {"LC_ALL": "C"}, {"LC_CTYPE": "C.UTF-8"}),
            {"PYTHONCOERCECLOCALE": "0"},
        ):
            self.assertEqual(fitness.with_python_locale(env, self.COERCED), env)
        self.assertEqual(fitness.with_python_locale({}, {}), {})
        self.assertEqual(fitness.with_python_locale({}, {"LC_CTYPE": "de_DE.UTF-8"}), {})

    def test_is_what_python_does(self) -> None:
        for env in ({}, {"LANG": "C"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "C"}, {"LC_CTYPE": "C"}, {"PYTHONCOERCECLOCALE": "0"}):
            before = {**env, **self.started({})}
            self.assertEqual(fitness.with_python_locale(env, before), self.started(env))

    @staticmethod
    def started(env: Dict[str, str]) -> Dict[str, str]:
        """Returns the environment of a Python that was started with `env`."""
        code = "import json, os; print(json.dumps(dict(os.environ)))"
        ended = subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, check=True)
        found: Dict[str, str] = json.loads(ended.stdout)
        return found


class RunnerTest(unittest.TestCase):
    """A runner's worker sets variables before it imports BentoML."""

    OPTION = ("--worker-env-map", '{"0": {"OMP_NUM_THREADS": "1"}, "1": {"OMP_NUM_THREADS": "1", "TF_NUM_INTEROP_THREADS": "2"}}')

    def test_names_the_variables(self) -> None:
        argv = ["python", "worker.py", "bentoml_cli.worker.runner", "."]
        expected = {"OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS"}
        self.assertEqual(fitness.variables_set_by([*argv, *self.OPTION, "--worker-id", "1"]), expected)
        self.assertEqual(fitness.variables_set_by(argv), set())
        self.assertEqual(fitness.variables_set_by([*argv, "--worker-env-map"]), set())

    def test_is_not_forked_when_one_of_them_was_read(self) -> None:
        reads = fitness.EnvironmentReads()
        with reads:
            os.environ.get("BENTOML_DEBUG")
            os.environ.get("TF_NUM_INTEROP_THREADS")
        self.assertEqual(reads.one_of(["OMP_NUM_THREADS", "TF_NUM_INTEROP_THREADS"]), "TF_NUM_INTEROP_THREADS")
        self.assertIsNone(reads.one_of(["OMP_NUM_THREADS"]))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours, theirs, mock.patch("serve_bento_fork_server.server.EnvironmentReads", lambda: reads):
            server = ForkServer(theirs)
            forked: protocol.ForkRequest = {**request(["python", "worker.py", *self.OPTION]), "env": dict(os.environ)}
            self.assertRaisesRegex(fitness.Unfit, "THREADS, which the worker sets, was read before", server.fork, forked, [])


class ForkTest(unittest.TestCase):
    def test_refuses_other_programs(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours, theirs:
            for argv in (["tritonserver", "--http-port=1"], ["tritonserver"]):
                with self.assertRaisesRegex(fitness.Unfit, "tritonserver is no Python"):
                    ForkServer(theirs).fork(request(argv), [])
        self.assertTrue(fitness.is_python_command(["python", "-m", "bentoml_cli.worker.runner"]))
        self.assertTrue(fitness.is_python_command(["python", "/scripts/plan.py"]))


# A fork server of modules that belong to the test. A fork writes which of them it has.
PREPARING = """
import json, os, socket, sys
sys.path[:0] = sys.argv[2:]
from serve_bento_fork_server import server
server.PLANNER["service"] = ("first",)
server.STACKS["service"] = ("second", "third")
try:
    server.ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
except server.Forked as forked:
    names = sorted(sys.modules.keys() & {"first", "second", "third"})
    reads = type(os.environ).__contains__.__qualname__
    os.write(forked.descriptors[0], json.dumps([*names, reads]).encode())
    os._exit(0)
"""
# Waits until the test creates the file `go` next to it.
WAITING = """
import os, time
while not os.path.exists(os.path.join(os.path.dirname(__file__), "go")):
    time.sleep(0.01)
"""


class PlannerTest(unittest.TestCase):
    """A planner is forked while the rest is imported."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        for name, source in (("first", ""), ("second", WAITING), ("third", "")):
            self.write(name + ".py", source)
        self.helper, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(self.helper.close)
        self.helper.settimeout(10)
        command = [sys.executable, "-c", PREPARING, str(theirs.fileno()), SOURCES, self.folder]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=self.environment(), stderr=subprocess.DEVNULL)
        theirs.close()
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.lines = self.helper.makefile("rb")
        self.addCleanup(self.lines.close)

    def environment(self) -> Dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def write(self, name: str, source: str) -> None:
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(source)

    def prepare(self, *preload: str) -> None:
        protocol.send(self.helper, {"stack": "service", "preload": preload, "metrics": None, "bytecode": None})

    def answers(self, count: int) -> List[Any]:
        return [json.loads(self.lines.readline()) for _ in range(count)]

    def forked(self) -> Any:
        """Requests a fork. Returns a function that reads what it has written."""
        reading, writing = os.pipe()
        planner = {**request(["python", "plan.py"]), "env": self.environment(), "cwd": self.folder}
        protocol.send(self.helper, planner, [writing])
        os.close(writing)

        def read() -> Any:
            with open(reading, "rb") as written:
                return json.loads(written.read())

        return read

    def test_is_forked_between_two_imports(self) -> None:
        self.prepare()
        self.assertEqual(self.answers(3), [{"importing": "first"}, {"canPlan": True}, {"importing": "second"}])
        planner = self.forked()
        self.write("go", "")
        (answer,) = self.answers(1)
        self.assertGreater(answer["pid"], 0)
        # It reads the environment as Python does: nothing is noted any more.
        self.assertEqual(planner(), ["first", "second", "Mapping.__contains__"])
        self.assertEqual(self.answers(2), [{"importing": "third"}, {"ready": True}])
        worker = self.forked()
        self.assertIn("pid", self.answers(1)[0])
        self.assertEqual(worker()[:3], ["first", "second", "third"])

    def test_is_refused_like_a_worker(self) -> None:
        self.prepare()
        self.answers(3)
        os.utime(os.path.join(self.folder, "first.py"), (1, 1))
        self.forked()
        self.write("go", "")
        self.assertEqual(self.answers(1), [{"refused": "what was imported has changed on the disk"}])
        self.assertEqual(self.answers(2)[1], {"ready": True})

    def test_is_refused_if_something_has_started_a_thread_meanwhile(self) -> None:
        thread = "import threading\nthreading.Thread(target=time.sleep, args=[60], daemon=True).start()\n"
        self.write("second.py", WAITING + thread)
        self.prepare()
        self.answers(3)
        self.forked()
        self.write("go", "")
        self.assertEqual(self.answers(1), [{"refused": "BentoML starts threads when it is imported"}])
        self.assertEqual(self.answers(2), [{"importing": "third"}, {"unfit": "BentoML starts threads when it is imported"}])

    def test_is_not_forked_if_workers_cannot_be(self) -> None:
        self.write("go", "")
        self.write("failing.py", WAITING.replace("go", "failed") + "raise RuntimeError('on purpose')")
        self.prepare("failing")
        self.assertEqual(self.answers(5)[-1], {"importing": "failing"})
        planner = self.forked()
        self.write("failed", "")
        self.assertEqual(self.answers(1), [{"unfit": "failing cannot be imported: RuntimeError: on purpose"}])
        self.assertEqual(self.process.wait(10), 0)
        self.assertRaises(ValueError, planner)

    def test_nothing_more_is_imported_if_the_helper_ends(self) -> None:
        self.prepare()
        self.answers(3)
        self.write("third.py", "open(__file__ + '.imported', 'w')")
        self.lines.close()
        self.helper.close()
        self.write("go", "")
        self.assertEqual(self.process.wait(10), 0)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "third.py.imported")))


class StampTest(unittest.TestCase):
    def test_changes_with_what_python_reads_at_its_start(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch("site.getsitepackages", lambda: [folder]):
            imported = fitness.ImportStamp()
            self.assertFalse(imported.have_changed())
            with open(os.path.join(folder, "__editable__.greeting.pth"), "w") as file:
                file.write("/src/greeting")
            self.assertTrue(imported.have_changed())

    def test_changes_with_an_imported_module(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "greeting.py")
            with open(file, "w") as source:
                source.write("words = 1")
            module = types.ModuleType("greeting")
            module.__file__ = file
            with mock.patch.dict(sys.modules, {"greeting": module}):
                imported = fitness.ImportStamp()
            self.assertFalse(imported.have_changed())
            os.utime(file, (1, 1))
            self.assertTrue(imported.have_changed())


class HidingTest(unittest.TestCase):
    def test_names_what_would_have_been_imported_instead(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertIsNone(fitness.hiding_file(folder))
            self.touch(folder, "service.py")
            os.mkdir(os.path.join(folder, "unittest"))
            # Without an __init__.py it comes last.
            self.assertIsNone(fitness.hiding_file(folder))
            self.touch(folder, "unittest/__init__.py")
            self.assertEqual(fitness.hiding_file(folder), "unittest")
            os.remove(os.path.join(folder, "unittest/__init__.py"))
            self.touch(folder, "tempfile.py")
            self.assertEqual(fitness.hiding_file(folder), "tempfile.py")
        self.assertIsNone(fitness.hiding_file(folder))

    def touch(self, folder: str, name: str) -> None:
        with open(os.path.join(folder, name), "w"):
            pass


class Schema:
    """Checks dictionaries as the package `schema` does: with further objects of its own class."""

    checked: ClassVar[List[Any]] = []

    def __init__(self, schema: Any) -> None:
        self.schema = schema

    def validate(self, data: Any) -> Any:
        if not isinstance(self.schema, dict):
            self.checked.append(data)
            if type(data) is not self.schema:
                raise ValueError("%r is no %s" % (data, self.schema.__name__))
            return data
        return {name: type(self)(self.schema[name]).validate(value) for name, value in data.items()}


class CheckOnceTest(unittest.TestCase):
    def setUp(self) -> None:
        http = {"port": int, "enabled": bool}
        self.schema = Schema({"default": http, "own": http, "name": str})
        default_configuration.check_once(self.schema, {"default": {"port": 3000, "enabled": True}})
        Schema.checked.clear()

    def test_checks_only_what_differs_from_the_default(self) -> None:
        same = {"port": 3000, "enabled": True}
        data = {"default": dict(same), "own": dict(same), "name": "search"}
        self.assertEqual(self.schema.validate(data), data)
        self.assertEqual(Schema.checked, ["search"])
        other = {"default": dict(same), "own": {"port": 3001, "enabled": True}}
        self.assertEqual(self.schema.validate(other), other)
        self.assertEqual(Schema.checked, ["search", 3001, True])
        # What a worker has is not remembered.
        self.schema.validate(other)
        self.assertEqual(Schema.checked, ["search", 3001, True, 3001, True])

    def test_reports_what_is_invalid(self) -> None:
        for invalid in ({"port": 3000, "enabled": 1}, {"port": 3000.0, "enabled": True}, {"port": "3000"}):
            with self.assertRaisesRegex(ValueError, "is no"):
                self.schema.validate({"own": invalid})

    def test_checks_everything_where_the_default_is_invalid(self) -> None:
        schema = Schema({"good": {"port": int}, "name": str})
        default_configuration.check_once(schema, {"good": {"port": 1}, "name": 2})
        Schema.checked.clear()
        schema.validate({"good": {"port": 1}})
        self.assertEqual(Schema.checked, [1])


class DefaultConfigurationTest(unittest.TestCase):
    def test_is_read_once_and_each_gets_its_own(self) -> None:
        read: List[int] = []

        def get_default_config(version: int) -> Dict[str, Any]:
            read.append(version)
            return {"api": {"workers": version, "ciphers": None}}

        containers: Any = types.ModuleType(default_configuration.MODULE)
        containers.get_default_config = get_default_config
        with mock.patch.dict(sys.modules, {default_configuration.MODULE: containers}):
            default_configuration.read_once()
        self.assertEqual(read, [2])
        first = containers.get_default_config(version=2)
        first["api"]["workers"] = 9
        self.assertEqual(containers.get_default_config(version=2), {"api": {"workers": 2, "ciphers": None}})
        self.assertEqual(read, [2])
        self.assertEqual(containers.get_default_config(version=1), {"api": {"workers": 1, "ciphers": None}})
        self.assertEqual(read, [2, 1])

    def test_is_left_alone_where_bentoml_reads_it_otherwise(self) -> None:
        containers = types.ModuleType(default_configuration.MODULE)
        before = dict(vars(containers))
        with mock.patch.dict(sys.modules, {default_configuration.MODULE: containers}):
            default_configuration.read_once()
        self.assertEqual(vars(containers), before)
        default_configuration.read_once()


class BytecodeTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.packages, self.kept = os.path.join(temporary.name, "packages"), os.path.join(temporary.name, "kept")
        os.mkdir(self.packages)
        os.mkdir(self.kept, 0o700)
        for name, value in (("path", [self.packages, *sys.path]), ("dont_write_bytecode", True), ("pycache_prefix", None)):
            self.addCleanup(setattr, sys, name, getattr(sys, name))
            setattr(sys, name, value)
        self.addCleanup(sys.modules.pop, "costly", None)
        self.source = os.path.join(self.packages, "costly.py")
        self.write(1, at=1_000_000)

    def write(self, value: int, at: int) -> None:
        with open(self.source, "w") as file:
            file.write("value = %d\n" % value)
        os.utime(self.source, (at, at))

    def imported(self) -> int:
        """What a fork server finds that imports the module."""
        sys.modules.pop("costly", None)
        importlib.invalidate_caches()
        before = sys.pycache_prefix, sys.dont_write_bytecode
        with bytecode.kept_in(self.kept, "costly"):
            value = importlib.import_module("costly").value
        self.assertEqual((sys.pycache_prefix, sys.dont_write_bytecode), before)
        return int(value)

    def files(self, folder: str) -> List[str]:
        return [name for _, _, names in os.walk(folder) for name in names if name.endswith(".pyc")]

    def test_is_kept_where_python_writes_none_and_read_until_the_source_changes(self) -> None:
        self.assertEqual(self.imported(), 1)
        self.assertEqual(len(self.files(self.kept)), 1)
        self.assertEqual(self.files(self.packages), [])
        # Of the same length and time: it is not read.
        self.write(2, at=1_000_000)
        self.assertEqual(self.imported(), 1)
        self.write(3, at=2_000_000)
        self.assertEqual(self.imported(), 3)

    def test_is_kept_where_the_packages_cannot_be_written_to(self) -> None:
        sys.dont_write_bytecode = False
        with mock.patch("os.access", lambda *_: False):
            self.imported()
        self.assertEqual((len(self.files(self.kept)), self.files(self.packages)), (1, []))

    def test_is_not_kept_where_python_keeps_it(self) -> None:
        sys.dont_write_bytecode = False
        self.imported()
        sys.dont_write_bytecode = True
        self.imported()
        self.assertEqual((self.files(self.kept), len(self.files(self.packages))), ([], 1))

    def test_is_not_kept_where_the_user_has_named_a_folder(self) -> None:
        sys.pycache_prefix = os.path.join(self.packages, "named")
        self.imported()
        self.assertEqual(self.files(self.kept), [])

    def test_is_not_kept_where_others_may_have_written_it(self) -> None:
        os.chmod(self.kept, 0o770)
        self.imported()
        os.chmod(self.kept, 0o700)
        self.assertEqual(self.files(self.kept), [])
        os.rename(self.kept, self.kept + "-moved")
        os.symlink(self.kept + "-moved", self.kept)
        self.imported()
        self.assertEqual(self.files(self.kept + "-moved"), [])
        os.remove(self.kept)
        self.assertEqual(self.imported(), 1)


class ProtocolTest(unittest.TestCase):
    def test_brings_descriptors_with_long_messages(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        reading, writing = os.pipe()
        # Longer than the buffers of the sockets: it comes in pieces.
        sender = threading.Thread(target=protocol.send, args=(ours, {"env": "x" * 2_000_000}, [writing]))
        sender.start()
        message, descriptors = protocol.receive(theirs)
        sender.join()
        assert message is not None
        self.assertEqual(len(message["env"]), 2_000_000)
        os.write(descriptors[0], b"through")
        self.assertEqual(os.read(reading, 10), b"through")
        ours.close()
        self.assertEqual(protocol.receive(theirs), (None, []))
        theirs.close()
        for fd in (reading, writing, *descriptors):
            os.close(fd)


def request(argv: List[str]) -> protocol.ForkRequest:
    return {
        "argv": argv,
        "env": {},
        "cwd": "/",
        "fds": [],
        "parent": os.getpid(),
        "deathSignal": "SIGKILL",
        "imports": None,
    }


if __name__ == "__main__":
    unittest.main()
