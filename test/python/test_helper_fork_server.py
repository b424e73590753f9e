"""The helper's end of the process that workers are forked from: python -m unittest discover test/python."""

import importlib.util
import os
import socket
import subprocess
import sys
import unittest

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

FILE = os.path.join(os.path.dirname(__file__), "..", "..", "src", "python", "helper", "fork_server.py")
# The process itself is in a file of the same name.
SPEC = importlib.util.spec_from_file_location("helper_fork_server", os.path.abspath(FILE))
assert SPEC is not None and SPEC.loader is not None
helper_fork_server = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(helper_fork_server)

READY = b'\x00\x00\x00\x0f{"ready": true}'


class Loop:
    def __init__(self) -> None:
        self.readers = {}

    def read(self, fd, reader) -> None:
        self.readers[fd] = reader

    def forget(self, fd) -> None:
        del self.readers[fd]

    def peek(self, _fd):
        return None


class Channel:
    def __init__(self) -> None:
        self.sent = []

    def send(self, message) -> None:
        self.sent.append(message)


class EndTest(unittest.TestCase):
    def setUp(self) -> None:
        self.loop, self.channel = Loop(), Channel()
        self.fork_server = helper_fork_server.ForkServer(self.loop, self.channel)
        self.process = None

        def spawn(_argv, fds):
            # It is silent, as one that is stopped.
            self.process = subprocess.Popen(["sleep", "60"], pass_fds=fds)
            return self.process.pid

        self.fork_server.start(spawn, [], {"stack": "service"})
        self.addCleanup(self.end)

    def end(self) -> None:
        self.fork_server.end()
        self.process.kill()
        self.process.wait()

    def ready(self) -> None:
        (reader,) = self.loop.readers.values()
        reader(READY)
        self.channel.sent.clear()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def test_reports_how_one_died_that_was_ready(self) -> None:
        self.ready()
        self.kill()
        self.fork_server.ended(None, "SIGKILL")
        death = {"code": None, "signal": "SIGKILL", "importing": None}
        self.assertEqual(self.channel.sent, [{"event": "forkServer", "ready": False, "why": None, "death": death}])
        with self.assertRaisesRegex(helper_fork_server.NotForked, "forked from is gone"):
            self.fork_server.fork({}, [])

    def test_reports_it_once_also_when_a_fork_notices_it_first(self) -> None:
        self.ready()
        self.kill()
        with self.assertRaisesRegex(helper_fork_server.NotForked, "forked from has ended"):
            self.fork_server.fork({}, [])
        self.assertEqual(self.channel.sent, [])
        self.fork_server.ended(7, None)
        self.fork_server.ended(7, None)
        (report,) = self.channel.sent
        self.assertEqual(report["death"], {"code": 7, "signal": None, "importing": None})

    def test_ends_one_that_does_not_answer(self) -> None:
        self.ready()
        limit, helper_fork_server.FORK_LIMIT = helper_fork_server.FORK_LIMIT, 0.1
        try:
            with self.assertRaisesRegex(helper_fork_server.NotForked, "did not answer within"):
                self.fork_server.fork({}, [])
        finally:
            helper_fork_server.FORK_LIMIT = limit
        self.assertEqual(self.process.wait(10), -9)
        self.fork_server.ended(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertIn("did not answer within", report["why"])

    def test_names_what_it_imported_when_it_died_before(self) -> None:
        (reader,) = self.loop.readers.values()
        reader(b'\x00\x00\x00\x16{"importing": "torch"}')
        self.kill()
        self.fork_server.ended(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertEqual(report["death"]["importing"], "torch")

    def test_reports_nothing_of_one_that_is_not_wanted_any_more(self) -> None:
        self.ready()
        self.fork_server.end()
        self.fork_server.ended(0, None)
        self.assertEqual(self.channel.sent, [])


if __name__ == "__main__":
    unittest.main()
