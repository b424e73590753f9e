"""The helper's end of the process that workers are forked from: python -m unittest discover test/python."""

import os
import socket
import subprocess
import sys
import threading
import unittest
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

from helper import fork_server  # noqa: E402

Reader = Callable[[Optional[bytes]], None]


class Loop:
    def __init__(self) -> None:
        self.readers: Dict[int, Reader] = {}

    def read(self, fd: int, reader: Reader) -> None:
        self.readers[fd] = reader

    def forget(self, fd: int) -> None:
        del self.readers[fd]

    def peek(self, _fd: int) -> Optional[bytes]:
        return None


class Channel:
    def __init__(self) -> None:
        self.sent: List[Mapping[str, Any]] = []

    def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(message)


class EndTest(unittest.TestCase):
    process: "subprocess.Popen[bytes]"
    theirs: socket.socket

    def setUp(self) -> None:
        self.loop, self.channel = Loop(), Channel()
        loop: Any = self.loop
        channel: Any = self.channel
        self.fork_server = fork_server.ForkServer(loop, channel)

        def start(_argv: List[str], fds: Sequence[int]) -> int:
            # It is silent, as one that is stopped.
            self.process = subprocess.Popen(["sleep", "60"], pass_fds=fds)
            self.theirs = socket.socket(fileno=os.dup(fds[0]))
            return self.process.pid

        self.fork_server.start(start, [], {"stack": "service", "preload": [], "metrics": None, "bytecode": None})
        self.addCleanup(self.end)

    def end(self) -> None:
        self.fork_server.end()
        self.kill()


    def kill(self) -> None:
        self.theirs.close()
        self.process.kill()
        self.process.wait()

    def answer(self, line: bytes) -> None:
        (reader,) = self.loop.readers.values()
        reader(line)

    def ready(self) -> None:
        self.answer(b'{"ready":true}\n')
        self.assertEqual(self.channel.sent, [{"event": "forkServer", "ready": True, "why": None}])
        self.channel.sent.clear()

    def assert_not_forked(self, reason: str) -> None:
        with self.assertRaisesRegex(fork_server.NotForked, reason):
            self.fork_server.fork(["python", "-m", "served"], {}, "/", [], "SIGKILL", None)

    def test_reports_how_one_died_that_was_ready(self) -> None:
        self.answer(b'{"importing":"torch"}\n')
        self.ready()
        self.kill()
        self.fork_server.report_end(None, "SIGKILL")
        death = {"code": None, "signal": "SIGKILL", "importing": None}
        self.assertEqual(self.channel.sent, [{"event": "forkServer", "ready": False, "why": None, "death": death}])
        self.assert_not_forked("forked from is gone")

    def test_reports_it_once_also_when_a_fork_notices_it_first(self) -> None:
        self.ready()
        self.kill()
        self.assert_not_forked("forked from has ended")
        self.assertEqual(self.channel.sent, [])
        self.fork_server.report_end(7, None)
        self.fork_server.report_end(7, None)
        (report,) = self.channel.sent
        self.assertEqual(report["death"], {"code": 7, "signal": None, "importing": None})

    def test_ends_one_that_does_not_answer(self) -> None:
        self.ready()
        with mock.patch.object(fork_server, "FORK_LIMIT", 0.1):
            self.assert_not_forked("did not answer within")
        self.assertEqual(self.process.wait(10), -9)
        self.fork_server.report_end(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertIn("did not answer within", report["why"])

    def test_forks_nothing_before_it_is_ready(self) -> None:
        self.assert_not_forked("forked from is not ready")
        self.assertEqual(self.channel.sent, [])

    def can_plan(self) -> None:
        self.answer(b'{"importing":"bentoml"}\n{"canPlan":true}\n{"importing":"uvicorn"}\n')
        self.assertEqual(self.channel.sent, [{"event": "canPlan"}])
        self.channel.sent.clear()

    def fork(self) -> int:
        forked = self.fork_server.fork(["python", "plan.py"], {}, "/", [], "SIGKILL", None)
        forked.stdout.close()
        forked.stderr.close()
        return forked.pid

    def test_forks_a_planner_before_it_is_ready(self) -> None:
        self.can_plan()
        self.theirs.sendall(b'{"importing":"aiohttp"}\n{"pid":71}\n{"importing":"psutil"}\n')
        self.assertEqual((self.fork(), self.channel.sent), (71, []))
        self.kill()
        self.fork_server.report_end(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertEqual(report["death"]["importing"], "psutil")

    def test_forks_a_planner_at_the_moment_when_it_becomes_ready(self) -> None:
        self.can_plan()
        self.theirs.sendall(b'{"ready":true}\n{"pid":72}\n')
        self.assertEqual(self.fork(), 72)
        self.assertEqual(self.channel.sent, [{"event": "forkServer", "ready": True, "why": None}])
        self.assertEqual(self.loop.readers, {})
        self.theirs.sendall(b'{"pid":73}\n')
        self.assertEqual(self.fork(), 73)

    def test_forks_no_planner_if_it_becomes_unfit(self) -> None:
        self.can_plan()
        self.theirs.sendall(b'{"unfit":"torch starts threads when it is imported"}\n')
        self.assert_not_forked("forked from has ended")
        (report,) = self.channel.sent
        self.assertEqual(report["why"], "torch starts threads when it is imported")
        self.assert_not_forked("forked from is gone")

    def test_waits_for_the_end_of_an_import_longer_than_for_a_fork(self) -> None:
        self.can_plan()
        timer = threading.Timer(0.3, self.theirs.sendall, [b'{"pid":74}\n'])
        timer.start()
        with mock.patch.object(fork_server, "FORK_LIMIT", 0.1):
            self.assertEqual(self.fork(), 74)
        timer.join()
        with mock.patch.object(fork_server, "IMPORT_LIMIT", 0.1):
            self.assert_not_forked("did not answer within")
        self.assertEqual(self.process.wait(10), -9)

    def test_names_what_it_imported_when_it_died_before(self) -> None:
        self.answer(b'{"importing":"torch"}\n')
        self.kill()
        self.fork_server.report_end(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertEqual(report["death"]["importing"], "torch")

    def test_reports_a_refusal_and_not_its_end_after_it(self) -> None:
        self.answer(b'{"unfit":"torch starts threads when it is imported"}\n')
        self.fork_server.report_end(0, None)
        (report,) = self.channel.sent
        self.assertEqual((report["ready"], report["why"]), (False, "torch starts threads when it is imported"))

    def test_reports_nothing_of_one_that_is_not_wanted_any_more(self) -> None:
        self.ready()
        self.fork_server.end()
        self.fork_server.report_end(0, None)
        self.assertEqual(self.channel.sent, [])


if __name__ == "__main__":
    unittest.main()
