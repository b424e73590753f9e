"""How a worker in a container is debugged: python -m unittest discover test/python."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from typing import Any, Tuple
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform == "win32":
    raise unittest.SkipTest("containers run Linux")

import debug_start  # noqa: E402
from serve_bento_debug import gate  # noqa: E402

LIMIT = 20.0


class GateTest(unittest.TestCase):
    """The port through which the editor reaches a debug adapter."""

    def setUp(self) -> None:
        self.report_fd, self.worker_fd = os.pipe()
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        ended = mock.patch.object(gate.os, "_exit", lambda _: self.ended.set())
        self.ended = threading.Event()
        ended.start()
        self.addCleanup(ended.stop)
        with mock.patch.dict(os.environ, {gate.ACCESS: "secret"}):
            self.gate = gate.Gate(listener.detach(), self.report_fd)
            self.assertNotIn(gate.ACCESS, os.environ)
        self.addCleanup(self.gate.close)

    def connect(self, hello: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), LIMIT)
        self.addCleanup(connection.close)
        connection.sendall(hello)
        return connection

    def hello(self, kind: str, token: str = "secret") -> bytes:
        return json.dumps({"token": token, "kind": kind}).encode() + b"\n"

    def report(self, failure: Any) -> None:
        os.write(self.worker_fd, json.dumps({"pid": 7, "failure": failure}).encode() + b"\n")

    def test_a_session_begins_after_the_token(self) -> None:
        connection = self.connect(self.hello("session") + b"Content-Length")
        session, _ = self.gate.accept()
        self.addCleanup(session.close)
        self.assertEqual(session.recv(100), b"Content-Length")
        session.sendall(b"answer")
        self.assertEqual(connection.recv(100), b"answer")

    def test_nothing_else_is_accepted(self) -> None:
        lines = (self.hello("session", "other"), self.hello("else"), b"[]\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 5000)
        for line in lines:
            with self.subTest(line=line[:20]):
                connection = self.connect(line)
                try:
                    self.assertEqual(connection.recv(100), b"")
                except ConnectionResetError:
                    # It has sent more than what was read.
                    pass
        # A silent connection is in nobody's way.
        self.connect(b"")
        self.connect(self.hello("session"))
        self.gate.accept()[0].close()

    def test_the_worker_reports(self) -> None:
        connection = self.connect(self.hello("worker"))
        self.report(None)
        report = json.loads(connection.makefile().readline())
        self.assertEqual(report, {"pid": 7, "failure": None})
        # debugpy's adapter ends by itself.
        os.close(self.worker_fd)
        self.assertFalse(self.ended.wait(0.2))

    def test_the_adapter_of_a_worker_that_is_not_debugged_ends_with_it(self) -> None:
        self.report({"code": "no-debugpy", "message": "no"})
        connection = self.connect(self.hello("worker"))
        self.assertEqual(json.loads(connection.makefile().readline())["failure"]["code"], "no-debugpy")
        self.assertFalse(self.ended.is_set())
        os.close(self.worker_fd)
        self.assertTrue(self.ended.wait(LIMIT))


class StartTest(unittest.TestCase):
    """A process that BentoML starts in a container that is debugged."""

    def created(self, args: Tuple[str, ...], **kwargs: Any) -> Any:
        create = mock.Mock()
        run_by_us = mock.Mock()
        debug_start.debugged(create, run_by_us)("name", list(args), **kwargs)
        return create, run_by_us

    def test_there_is_one_worker_which_is_debugged(self) -> None:
        create, run_by_us = self.created(("-m", "_bentoml_impl.worker.service"), numprocesses=4, env={"A": "1"})
        create.assert_not_called()
        settings = os.path.join(SOURCES, "debug.json")
        run_by_us.assert_called_once_with(
            "name",
            ["-m", "_bentoml_impl.worker.service"],
            numprocesses=1,
            env={"A": "1", debug_start.SETTINGS: settings},
        )

    def test_the_metrics_server_is_not_debugged(self) -> None:
        create, run_by_us = self.created(("-m", "bentoml_cli.worker.grpc_prometheus_server"), numprocesses=1)
        create.assert_called_once()
        run_by_us.assert_not_called()


class BundleTest(unittest.TestCase):
    """The file with which a container is started."""

    def test_it_has_our_files_debugpy_and_the_settings(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = os.path.join(folder, "debugpy")
            os.makedirs(os.path.join(package, "_vendored", "winappdbg"))
            for name in ("__init__.py", "fast.so", "attach_linux_amd64.so", "_vendored/winappdbg/x.py"):
                with open(os.path.join(package, name), "w", encoding="utf-8"):
                    pass
            for options, native in (([], {"debugpy/fast.so"}), (["--small"], set())):
                output = os.path.join(folder, "out%d.zip" % len(options))
                command = [sys.executable, "-I", os.path.join(SOURCES, "debug_bundle.py"), output, folder, *options]
                subprocess.run(command, input=b'{"port": 1}', check=True, timeout=LIMIT)
                with zipfile.ZipFile(output) as archive:
                    names = set(archive.namelist())
                    self.assertEqual(archive.read("debug.json"), b'{"port": 1}')
                    # The time of this file is fixed, so the same settings give the same archive.
                    self.assertEqual(archive.getinfo("debug.json").date_time, (1980, 1, 1, 0, 0, 0))
                    self.assertEqual(archive.read("__main__.py"), archive.read("debug_start.py"))
                self.assertLessEqual({"debugpy/__init__.py", "debugpy/attach_linux_amd64.so", "worker.py"} | native, names)
                self.assertNotIn("debugpy/_vendored/winappdbg/x.py", names)
                self.assertEqual("debugpy/fast.so" in names, bool(native))
                # The user of the container is another one.
                self.assertEqual(os.stat(output).st_mode & 0o777, 0o644)


if __name__ == "__main__":
    unittest.main()
