"""The helper's end of the process that workers are forked from: python -m unittest discover test/python."""

import os
import socket
import subprocess
import sys
import unittest
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

from helper import fork_server  # noqa: E402
from serve_bento_fork_server.protocol import ForkRequest  # noqa: E402

Reader = Callable[[Optional[bytes]], None]


class Loop:
    def __init__(self) -> None:
        self.readers: Dict[int, Reader] = {}
        # What can still be read from a process that has died.
        self.last: Optional[bytes] = None

    def read(self, fd: int, reader: Reader) -> None:
        self.readers[fd] = reader

    def forget(self, fd: int) -> None:
        del self.readers[fd]

    def peek(self, _fd: int) -> Optional[bytes]:
        return self.last


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
            self.fork()

    def request(self) -> ForkRequest:
        return self.fork_server.request(["python", "-m", "served"], {}, "/", [], "SIGKILL", None)

    def fork(self) -> int:
        forked = self.fork_server.fork(self.request())
        forked.stdout.close()
        forked.stderr.close()
        return forked.pid

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

    def fork_later(self) -> List[str]:
        """Has a planner forked. Returns a list that gets its process id, or why there is none."""
        outcomes: List[str] = []

        def settle(outcome: fork_server.ForkOutcome) -> None:
            try:
                forked = outcome()
            except (fork_server.NotForked, OSError) as error:
                outcomes.append(str(error))
            else:
                outcomes.append(str(forked.pid))
                forked.stdout.close()
                forked.stderr.close()

        self.assertTrue(self.fork_server.can_fork_later)
        self.fork_server.fork_later(self.request(), "plan", settle)
        return outcomes

    def test_forks_a_planner_before_it_is_ready(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        # One at a time: the next one is started.
        self.assertFalse(self.fork_server.can_fork_later)
        self.assert_not_forked("is not ready")
        self.answer(b'{"importing":"aiohttp"}\n{"pid":71}\n{"importing":"psutil"}\n')
        self.assertEqual((outcomes, self.channel.sent), (["71"], []))
        self.assertTrue(self.fork_server.can_fork_later)
        self.kill()
        self.fork_server.report_end(None, "SIGKILL")
        (report,) = self.channel.sent
        self.assertEqual(report["death"]["importing"], "psutil")

    def test_forks_no_planner_that_is_refused(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        self.answer(b'{"refused":"what was imported has changed on the disk"}\n')
        self.assertEqual(outcomes, ["what was imported has changed on the disk"])
        self.ready()

    def test_forks_a_planner_at_the_moment_when_it_becomes_ready(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        self.ready()
        self.assert_not_forked("is forking another one")
        self.answer(b'{"pid":72}\n')
        self.assertEqual((outcomes, self.loop.readers), (["72"], {}))
        self.theirs.sendall(b'{"pid":73}\n')
        self.assertEqual(self.fork(), 73)

    def test_forks_no_planner_if_it_becomes_unfit(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        self.answer(b'{"unfit":"torch starts threads when it is imported"}\n')
        self.assertEqual(outcomes, ["the process that workers are forked from has ended"])
        (report,) = self.channel.sent
        self.assertEqual(report["why"], "torch starts threads when it is imported")
        self.assertFalse(self.fork_server.can_fork_later)
        self.assert_not_forked("forked from is gone")

    def test_forks_no_planner_if_it_dies(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        self.answer(b'{"importing":"aiohttp"}\n')
        self.kill()
        self.assertEqual(outcomes, [])
        self.fork_server.report_end(None, "SIGSEGV")
        self.assertEqual(outcomes, ["the process that workers are forked from has ended"])

    def test_reports_what_it_imported_if_its_death_is_noticed_by_a_request(self) -> None:
        self.can_plan()
        self.kill()
        self.assertEqual(self.fork_later(), ["the process that workers are forked from has ended"])
        self.loop.last = b'{"importing":"aiohttp"}\n'
        self.fork_server.report_end(None, "SIGSEGV")
        (report,) = self.channel.sent
        self.assertEqual(report["death"]["importing"], "aiohttp")

    def test_ends_a_planner_that_is_withdrawn_when_it_has_been_forked(self) -> None:
        for group in ("plan", None):
            with self.subTest(group):
                self.end_withdrawn(group)

    def test_withdraws_a_planner_that_has_ended_before_its_answer_is_read(self) -> None:
        planner = subprocess.Popen(["true"])
        planner.wait()
        self.can_plan()
        self.fork_later()
        self.fork_server.withdraw("plan")
        self.answer(b'{"pid":%d}\n' % planner.pid)
        self.assertTrue(self.fork_server.can_fork_later)

    def test_takes_an_answer_that_has_come(self) -> None:
        self.can_plan()
        self.fork_server.take_answer()
        outcomes = self.fork_later()
        self.fork_server.take_answer()
        self.assertEqual(outcomes, [])
        self.loop.last = b'{"pid":75}\n'
        self.fork_server.take_answer()
        self.assertEqual(outcomes, ["75"])

    def test_is_killed_at_its_end_if_it_would_still_fork_a_planner(self) -> None:
        self.can_plan()
        outcomes = self.fork_later()
        self.fork_server.withdraw()
        self.fork_server.end()
        self.assertEqual(self.process.wait(10), -9)
        self.assertEqual(len(outcomes), 1)

    def end_withdrawn(self, group: Optional[str]) -> None:
        planner = subprocess.Popen(["sleep", "60"])
        self.addCleanup(planner.wait)
        self.addCleanup(planner.kill)
        self.answer(b'{"canPlan":true}\n')
        outcomes = self.fork_later()
        self.fork_server.withdraw("http")
        self.assertEqual(outcomes, [])
        for _ in range(2):
            self.fork_server.withdraw(group)
        self.assertEqual(outcomes, ["[Errno 3] it was ended before it was forked"])
        self.assertFalse(self.fork_server.can_fork_later)
        self.answer(b'{"pid":%d}\n' % planner.pid)
        self.assertEqual(planner.wait(10), -9)
        self.assertTrue(self.fork_server.can_fork_later)

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
