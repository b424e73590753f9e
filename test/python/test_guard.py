"""The guard of a real helper: python -m unittest discover test/python."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, List, Set

HELPER = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python", "helper"))

if sys.platform != "linux":
    raise unittest.SkipTest("workers are orphaned in another way elsewhere")

# A worker that leaves processes in other sessions.
LEAVES = "setsid sleep 1000 & (setsid sleep 1001 &) & sleep 1002"
LIMIT = 20.0


class GuardTest(unittest.TestCase):
    def setUp(self) -> None:
        self.mark = secrets.token_hex(16)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = os.path.join(temporary.name, "run")
        os.mkdir(self.directory)
        self.helper = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", HELPER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"SERVE_BENTO_MARK": self.mark},
        )
        self.addCleanup(self.end)
        self.ask(do="init", cleanup=[self.directory])
        self.ask(do="spawn", process="w#1", group="w", argv=["sh", "-c", LEAVES], env={"PATH": os.defpath}, cwd="/")
        self.until("what it leaves", lambda: len(self.marked()) >= 4)
        # It takes its name once it has let go of what it inherited.
        self.until("the guard", lambda: len(self.own_guards()) == 1)
        (self.guard,) = self.own_guards()

    def end(self) -> None:
        for pipe in (self.helper.stdin, self.helper.stdout):
            if pipe:
                pipe.close()
        self.helper.kill()
        self.helper.wait()

    def ask(self, **message: Any) -> Dict[str, Any]:
        assert self.helper.stdin and self.helper.stdout
        self.helper.stdin.write(json.dumps(dict(message, id=1)).encode() + b"\n")
        self.helper.stdin.flush()
        while True:
            answer = json.loads(self.helper.stdout.readline())
            if "re" in answer:
                self.assertTrue(answer["ok"], answer)
                return answer

    def until(self, what: str, look: Any) -> None:
        end = time.monotonic() + LIMIT
        while not look():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)

    def own_guards(self) -> List[int]:
        return [pid for pid in guards() if self.pipes(self.helper.pid) & self.pipes(pid)]

    def pipes(self, pid: int) -> Set[str]:
        folder = "/proc/%d/fd" % pid
        try:
            links = {os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)}
        except OSError:
            # That of another helper, which has just ended.
            return set()
        return {link for link in links if link.startswith("pipe:")}

    def marked(self) -> List[int]:
        return [pid for pid in pids() if self.mark.encode() in read(pid, "environ")]

    def test_ends_what_a_killed_helper_leaves_and_itself(self) -> None:
        self.helper.kill()
        self.helper.wait()
        self.until("the end of all", lambda: not self.marked() and self.guard not in guards())
        self.assertFalse(os.path.exists(self.directory))

    def test_ends_with_a_helper_that_ends_in_order(self) -> None:
        assert self.helper.stdin
        self.helper.stdin.close()
        self.assertEqual(self.helper.wait(LIMIT), 0)
        self.until("the end of the guard", lambda: self.guard not in guards())
        self.assertEqual(self.marked(), [])

    def test_carries_no_mark_and_holds_nothing_open(self) -> None:
        self.assertNotIn(b"SERVE_BENTO_MARK", read(self.guard, "environ"))
        folder = "/proc/%d/fd" % self.guard
        self.assertEqual(sorted(os.listdir(folder)), ["0", "1", "2", "3"])
        self.assertEqual({os.readlink(os.path.join(folder, fd)) for fd in "012"}, {os.devnull})


def pids() -> List[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def guards() -> List[int]:
    return [pid for pid in pids() if read(pid, "cmdline").startswith(b"serve-bento guard")]


def read(pid: int, name: str) -> bytes:
    try:
        with open("/proc/%d/%s" % (pid, name), "rb") as file:
            return file.read()
    except OSError:
        return b""


if __name__ == "__main__":
    unittest.main()
