"""Idle priority that can be taken back: python -m unittest discover test/python."""

import os
import subprocess
import sys
import unittest
from typing import Callable, Optional

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform != "linux":
    raise unittest.SkipTest("priorities are lowered on Linux only")

from helper import idle_priority  # noqa: E402

NOBODY = 65534


def session_nice(pid: int) -> Optional[int]:
    try:
        with open("/proc/%d/autogroup" % pid) as autogroup:
            return int(autogroup.read().split()[-1])
    except OSError:
        # The kernel was built without it.
        return None


def start(may_be_nice: bool, user: Optional[int] = None) -> "subprocess.Popen[bytes]":
    def lower() -> None:
        if user is not None:
            os.setuid(user)
        idle_priority.lower_own(may_be_nice)

    return subprocess.Popen(["sleep", "60"], start_new_session=True, preexec_fn=lower)  # noqa: PLW1509


class IdlePriorityTest(unittest.TestCase):
    def started(self, may_be_nice: bool, user: Optional[int] = None) -> int:
        process = start(may_be_nice, user)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process.pid

    def test_lowers_what_can_be_restored(self) -> None:
        may_be_nice = idle_priority.can_take_back_nice()
        pid = self.started(may_be_nice)
        expected = 19 if may_be_nice else os.getpriority(os.PRIO_PROCESS, 0)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid), expected)
        self.assertEqual(os.sched_getscheduler(pid), os.SCHED_BATCH)
        self.assertIn(session_nice(pid), (None, 19))
        self.assertIn(idle_priority.io_priority(pid), (None, idle_priority.IOPRIO_IDLE))
        idle_priority.restore(pid)
        self.assert_own_priority(pid)

    def assert_own_priority(self, pid: int) -> None:
        self.assertEqual(os.sched_getscheduler(pid), os.sched_getscheduler(0))
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, pid), os.getpriority(os.PRIO_PROCESS, 0))
        self.assertIn(session_nice(pid), (None, 0))
        self.assertEqual(idle_priority.io_priority(pid), idle_priority.io_priority(0))

    def test_restores_a_process_that_has_ended(self) -> None:
        process = start(False)
        process.kill()
        process.wait()
        idle_priority.restore(process.pid)

    @unittest.skipIf(os.getuid() != 0, "needs another user")
    def test_an_ordinary_user_can_restore_it(self) -> None:
        def as_nobody(work: Callable[[], bool]) -> bool:
            pid = os.fork()
            if pid == 0:
                os.setuid(NOBODY)
                os._exit(0 if work() else 1)
            return os.waitpid(pid, 0)[1] == 0

        pid = self.started(as_nobody(idle_priority.can_take_back_nice), NOBODY)

        def restores() -> bool:
            idle_priority.restore(pid)
            return True

        self.assertTrue(as_nobody(restores))
        self.assert_own_priority(pid)


if __name__ == "__main__":
    unittest.main()
