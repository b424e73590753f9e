"""How workers attach to a debugger, with the helper's end of it: python -m unittest discover test/python."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from typing import Any, Dict, List, Mapping
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform == "win32":
    raise unittest.SkipTest("there are neither signals nor Unix sockets")

from helper.children import Children  # noqa: E402
from helper.debugging import Debugging, NotArmed  # noqa: E402
from helper.posix_loop import PosixLoop  # noqa: E402
from helper.tree import make_tree  # noqa: E402
from serve_bento_debug import adapter, arming  # noqa: E402
from serve_bento_shared.mark import MARK  # noqa: E402

LIMIT = 20.0

# What is used of debugpy, writing down how.
DEBUGPY = {
    "debugpy/__init__.py": "def configure(**options): note('configure', options)\nfrom _note import note\n",
    "debugpy/server/__init__.py": "",
    "debugpy/server/api.py": """
        import debugpy, pydevd
        from _pydevd_bundle import pydevd_constants
        def listen(*_): pass
        listen.called = False
        debugpy.listen = listen
    """,
    "_note.py": """
        import json, os, sys
        def note(*what):
            with open(os.path.join(os.path.dirname(__file__), "notes"), "a") as notes:
                notes.write(json.dumps(what) + "\\n")
    """,
    "pydevd.py": """
        import os, threading, time
        from _note import note
        from _pydev_bundle import pydev_monkey
        from _pydevd_bundle import pydevd_constants
        class SetupHolder:
            setup = None
        class Debugger:
            pydb_disposed = False
            def block_until_configuration_done(self, cancel):
                note("waits")
                until = time.monotonic() + 30
                while not cancel.is_set() and time.monotonic() < until:
                    time.sleep(0.02)
                note("went on", cancel.is_set())
            def dispose_and_kill_all_pydevd_threads(self):
                time.sleep(0.2)
                pydevd_constants.debugger = None
        def settrace(**options):
            note("settrace", options, threading.current_thread().name)
            pydevd_constants.debugger = Debugger()
            threading.Thread(target=end, args=[pydevd_constants.debugger], daemon=True).start()
        def end(debugger):
            file = os.path.join(os.path.dirname(__file__), "end")
            while not os.path.exists(file):
                time.sleep(0.02)
            os.unlink(file)
            debugger.dispose_and_kill_all_pydevd_threads()
            debugger.dispose_and_kill_all_pydevd_threads()
        def stoptrace():
            time.sleep(0.2)
            note("stoptrace")
    """,
    "_pydev_bundle/__init__.py": "",
    "_pydev_bundle/pydev_monkey.py": "def _get_apply_arg_patching(): return True\n",
    "_pydevd_bundle/__init__.py": "",
    "_pydevd_bundle/pydevd_constants.py": """
        PYDEVD_USE_SYS_MONITORING = True
        debugger = None
        def get_global_debugger():
            return debugger
    """,
}

# One module of a service: it says what it sees of us, and counts until it is ended.
SERVICE = """
    import os, sys, threading, time
    print("path", [entry for entry in sys.path if entry in {ours}], flush=True)
    print("variables", sorted(name for name in os.environ if name.startswith("SERVE_BENTO_DEBUG")), flush=True)
    print("debugpy", "debugpy" in sys.modules, threading.active_count(), flush=True)
    print("service runs", flush=True)
    while True:
        time.sleep(0.02)
"""


class Channel:
    def __init__(self) -> None:
        self.sent: List[Mapping[str, Any]] = []
        self.output = ""

    def send(self, message: Mapping[str, Any], output: bytes = b"") -> None:
        self.output += output.decode()
        self.sent.append(message)

    def of(self, event: str) -> List[Mapping[str, Any]]:
        return [message for message in self.sent if message.get("event") == event]


class WorkerTest(unittest.TestCase):
    """The helper's parts and real workers."""

    service = SERVICE

    def setUp(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.lib = os.path.join(self.folder, "lib")
        self.write("served.py", self.service.replace("{ours}", repr([SOURCES, self.lib])))
        handlers = {number: signal.getsignal(number) for number in (signal.SIGCHLD,)}
        self.addCleanup(lambda: [signal.signal(number, handler) for number, handler in handlers.items()])
        self.addCleanup(signal.set_wakeup_fd, signal.set_wakeup_fd(-1))
        self.channel = Channel()
        channel: Any = self.channel
        self.loop = PosixLoop()
        tree = make_tree()
        self.debugging = Debugging(self.loop, channel, tree)
        self.debugging.open(self.folder)
        with mock.patch.dict(os.environ, {MARK: "0" * 32}):
            self.children = Children(self.loop, channel, tree, self.debugging)
        self.loop.on_child_exit(self.children.reap)
        self.addCleanup(self.debugging.close)
        self.addCleanup(self.children.end, 0.1)

    def write(self, name: str, text: str) -> None:
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(textwrap.dedent(text))

    def spawn(self, *argv: str, **options: Any) -> int:
        command = [sys.executable, "-u", os.path.join(SOURCES, "worker.py"), "served", *argv]
        reply = self.children.spawn("http#1", "http", command, {"PATH": os.environ["PATH"]}, self.folder, **options)
        return int(reply["pid"])

    def until(self, what: str, *, holds: Any) -> None:
        end = time.monotonic() + LIMIT
        while not holds():
            self.assertLess(time.monotonic(), end, f"{what}: {self.channel.output} {self.channel.sent}")
            self.loop.step(0.02)

    def runs(self) -> None:
        self.until("service", holds=lambda: "service runs" in self.channel.output)


class AttachTest(WorkerTest):
    """Only the debugger itself is another one."""

    def setUp(self) -> None:
        super().setUp()
        for name, text in DEBUGPY.items():
            self.write(os.path.join("lib", name), text)

    def request(self, **changes: Any) -> Any:
        request = {"adapter": "debugger#1", "debugpy": self.lib, "port": 4321, "token": "adapterworker-"}
        return {**request, "subProcess": True, "wait": 0, **changes}

    def report(self) -> Mapping[str, Any]:
        self.until("report", holds=lambda: self.channel.of("debugger"))
        return self.channel.of("debugger")[-1]

    def notes(self) -> List[Any]:
        try:
            with open(os.path.join(self.lib, "notes")) as notes:
                return [json.loads(line) for line in notes]
        except FileNotFoundError:
            return []

    def test_an_armed_worker_has_nothing_of_the_debugger(self) -> None:
        self.spawn()
        self.runs()
        self.assertEqual(self.channel.output.split("\n")[:3], ["path []", "variables []", "debugpy False 1"])

    def test_attaches_while_the_service_runs_in_its_main_thread(self) -> None:
        pid = self.spawn()
        self.runs()
        self.children.attach_debugger(pid, self.request(subProcess=False))
        self.assertEqual(self.report(), {"event": "debugger", "adapter": "debugger#1", "pid": pid, "failure": None})
        configured, traced = self.notes()
        self.assertEqual(configured, ["configure", {"subProcess": False}])
        options = {**traced[1], "dont_trace_start_patterns": None}
        self.assertEqual(traced[2], "MainThread")
        self.assertEqual(options["host"], "127.0.0.1")
        self.assertEqual((options["port"], options["patch_multiprocessing"]), (4321, False))
        self.assertEqual((options["access_token"], options["client_access_token"]), ("adapter", "worker-"))
        self.assertEqual((options["suspend"], options["wait_for_ready_to_run"]), (False, False))
        self.assertEqual(self.channel.of("exit"), [])

    def test_a_worker_that_starts_waits_for_the_editor_and_then_goes_on(self) -> None:
        self.spawn(debug=self.request(wait=0.3))
        self.assertIsNone(self.report()["failure"])
        self.runs()
        self.assertEqual([note[0] for note in self.notes()], ["configure", "settrace", "waits", "went on"])
        self.assertEqual(self.notes()[-1], ["went on", True])
        self.assertIn("variables []", self.channel.output)
        self.assertIn("path []", self.channel.output)

    def test_a_worker_that_starts_does_not_wait_for_a_debugger_that_has_ended(self) -> None:
        self.spawn(debug=self.request(wait=30))
        self.assertIsNone(self.report()["failure"])
        self.write(os.path.join("lib", "end"), "")
        self.runs()
        self.assertEqual(self.notes()[-1], ["went on", True])

    def test_says_that_debugpy_cannot_be_imported_and_serves_on(self) -> None:
        shutil.rmtree(os.path.join(self.lib, "debugpy"))
        pid = self.spawn(debug=self.request(wait=30))
        failure: Dict[str, Any] = self.report()["failure"]
        self.assertEqual(failure["code"], "no-debugpy")
        self.assertIn("debugpy", failure["message"])
        self.runs()
        self.children.attach_debugger(pid, self.request())
        self.until("second", holds=lambda: len(self.channel.of("debugger")) == 2)
        self.assertEqual(self.channel.of("exit"), [])

    def test_says_that_the_service_is_debugged_already(self) -> None:
        with open(os.path.join(self.folder, "served.py"), "r+") as file:
            service = file.read()
            file.seek(0)
            file.write(f"import sys; sys.path.insert(0, {self.lib!r}); import pydevd; pydevd.settrace()\n{service}")
        pid = self.spawn()
        self.runs()
        self.children.attach_debugger(pid, self.request())
        self.assertEqual(self.report()["failure"]["code"], "already-debugged")

    def test_attaches_again_once_the_debugger_before_has_ended(self) -> None:
        pid = self.spawn()
        self.runs()
        for _ in range(2):
            self.channel.sent.clear()
            self.children.attach_debugger(pid, self.request())
            self.assertIsNone(self.report()["failure"])
            self.write(os.path.join("lib", "end"), "")
        seen = [note[0] for note in self.notes() if note[0] != "configure"]
        self.assertEqual(seen[:3], ["settrace", "stoptrace", "settrace"])

    def test_a_debugger_that_exits_does_not_end_the_worker(self) -> None:
        self.write("lib/pydevd.py", "import sys\nclass SetupHolder: pass\ndef settrace(**_): sys.exit(1)\n")
        self.spawn(debug=self.request(wait=30))
        self.assertEqual(self.report()["failure"]["code"], "SystemExit")
        self.runs()

    def test_one_signal_may_stand_for_several_requests(self) -> None:
        pid = self.spawn()
        self.runs()
        self.debugging.expect(pid, self.request(kind="attach"))
        self.children.profile(pid, 0.1, 0.01, os.path.join(self.folder, "profile"))
        self.until("both", holds=lambda: self.channel.of("debugger") and len(self.channel.of("profile")) == 2)
        self.assertIsNone(self.channel.of("debugger")[0]["failure"])
        self.assertTrue(self.channel.of("profile")[1]["done"])

    def test_attaches_only_to_the_newest_adapter_and_to_none_that_was_withdrawn(self) -> None:
        pid = self.spawn()
        self.runs()
        os.kill(pid, signal.SIGSTOP)
        for number in (1, 2, 3):
            self.children.attach_debugger(pid, self.request(adapter=f"debugger#{number}", port=number))
        self.children.withdraw_attach("debugger#2")
        os.kill(pid, signal.SIGCONT)
        self.assertEqual(self.report()["adapter"], "debugger#3")
        self.assertEqual([note[1]["port"] for note in self.notes() if note[0] == "settrace"], [3])
        os.kill(pid, signal.SIGSTOP)
        self.channel.sent.clear()
        self.children.attach_debugger(pid, self.request(adapter="debugger#4"))
        self.children.withdraw_attach("debugger#4")
        os.kill(pid, signal.SIGCONT)
        self.children.profile(pid, 0.1, 0.01, os.path.join(self.folder, "profile"))
        self.until("profile", holds=lambda: len(self.channel.of("profile")) == 2)
        self.assertEqual(self.channel.of("debugger"), [])

    def test_a_reset_leaves_no_request_to_a_process_that_gets_the_same_id(self) -> None:
        self.debugging.expect(4711, self.request(kind="attach"))
        self.children.reset()
        self.assertIsNone(self.debugging.take(4711))

    def test_opens_its_socket_again_when_a_cleaner_has_removed_it(self) -> None:
        pid = self.spawn()
        self.runs()
        os.unlink(os.path.join(self.folder, "d"))
        self.children.attach_debugger(pid, self.request())
        self.assertIsNone(self.report()["failure"])
        path = os.path.join(self.folder, "d")
        os.unlink(path)
        self.write("d", "of somebody else")
        self.channel.sent.clear()
        # The fake debugger knows one process only; what counts is that it was asked.
        self.spawn(debug=self.request(adapter="debugger#2"))
        self.assertEqual(self.report()["adapter"], "debugger#2")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_refuses_processes_of_others_and_those_that_the_signal_would_end(self) -> None:
        with self.assertRaises(ProcessLookupError):
            self.children.attach_debugger(1, self.request())
        if sys.platform == "linux":
            reply = self.children.spawn("x", "x", ["sleep", "60"], {"PATH": os.environ["PATH"]}, self.folder)
            with self.assertRaises(NotArmed):
                self.children.attach_debugger(reply["pid"], self.request())

    def test_a_worker_that_ends_before_it_has_asked_is_reported(self) -> None:
        pid = self.spawn()
        self.runs()
        os.kill(pid, signal.SIGSTOP)
        self.children.attach_debugger(pid, self.request())
        self.children.profile(pid, 1, 0.01, "/profile")
        os.kill(pid, signal.SIGKILL)
        self.until("end", holds=lambda: self.channel.of("exit"))
        said = [(one["event"], one["failure"]["code"]) for one in self.channel.sent if "failure" in one]
        self.assertEqual(said, [("debugger", "gone"), ("profile", "gone")])
        self.assertTrue(self.channel.of("profile")[0]["done"])

    def test_answers_nobody_who_is_not_expected(self) -> None:
        for said in (b'{"pid":1}\n', b"nonsense\n", b"[]\n", b'{"pid":[]}\n', b"{}\n", b""):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
                stranger.connect(os.path.join(self.folder, "d"))
                stranger.sendall(said)
                if not said:
                    stranger.shutdown(socket.SHUT_WR)
                answered: List[bytes] = []

                def closed(stranger: socket.socket = stranger, answered: List[bytes] = answered) -> bool:
                    if select.select([stranger], [], [], 0)[0]:
                        answered.append(stranger.recv(100))
                    return bool(answered)

                self.until(f"end after {said!r}", holds=closed)
                self.assertEqual(answered, [b""])
        self.assertEqual(self.channel.sent, [])

    def test_only_its_user_can_connect(self) -> None:
        self.assertEqual(os.stat(os.path.join(self.folder, "d")).st_mode & 0o777, 0o600)

    def test_without_a_socket_no_worker_is_armed(self) -> None:
        self.debugging.close()
        pid = self.spawn()
        self.runs()
        if sys.platform == "linux":
            with self.assertRaises(NotArmed):
                self.children.attach_debugger(pid, self.request())


class AdapterTest(unittest.TestCase):
    def test_accepts_something_else_than_what_it_sends_to_any_process_that_connects(self) -> None:
        names = "adapter", "adapter.clients", "adapter.servers", "adapter.sessions", "common", "common.sockets"
        debugpy = {f"debugpy.{name}": mock.MagicMock() for name in names}
        # The worker connects at once, and ends.
        debugpy["debugpy.common.sockets"].serve.side_effect = lambda name, accept, *_: accept(mock.MagicMock())
        debugpy["debugpy.adapter.servers"].connections.return_value = []
        listeners = [socket.socket(family) for family in (socket.AF_UNIX, socket.AF_INET)]
        self.addCleanup(lambda: [listener.close() for listener in listeners])
        patched = mock.patch.dict(sys.modules, {"debugpy": mock.MagicMock(), **debugpy})
        variables = mock.patch.dict(os.environ, {adapter.TOKEN: "adapterworker-"})
        with patched, variables, mock.patch("atexit.register"):
            adapter.run_adapter("/lib", *(os.dup(listener.fileno()) for listener in listeners))
            self.assertNotIn(adapter.TOKEN, os.environ)
        self.assertEqual(debugpy["debugpy.adapter.servers"].access_token, "adapter")
        self.assertEqual(debugpy["debugpy.adapter"].access_token, "worker-")


class SafetyTest(unittest.TestCase):
    def test_waits_while_the_interrupted_code_starts_a_thread(self) -> None:
        import threading

        lock = threading.Lock()
        with mock.patch.object(threading, "_active_limbo_lock", lock):
            self.assertFalse(arming.starts_thread())
            with lock:
                self.assertTrue(arming.starts_thread())
            self.assertFalse(lock.locked())

    def test_a_worker_without_a_helper_goes_on(self) -> None:
        code = "from serve_bento_debug import arming; arming.arm(); print('on')"
        env = {**os.environ, "PYTHONPATH": SOURCES, arming.SOCKET: "/dev/null/d", arming.AT_START: "1"}
        self.assertEqual(subprocess.check_output([sys.executable, "-B", "-c", code], env=env), b"on\n")


if __name__ == "__main__":
    unittest.main()
