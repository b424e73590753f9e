"""How workers are profiled and write their stacks: python -m unittest discover test/python."""

import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import unittest
from typing import Any, Dict, List
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.abspath(os.path.join(HERE, "..", "..", "src", "python"))
sys.path[:0] = [SOURCES, HERE]

if sys.platform == "win32":
    raise unittest.SkipTest("there are neither signals nor Unix sockets")

from helper.debugging import NotArmed  # noqa: E402
from serve_bento_debug import arming  # noqa: E402
from serve_bento_profile import cpuprofile, sampler  # noqa: E402
from serve_bento_profile.call_tree import DEEPEST, OMITTED, CallTree  # noqa: E402
from serve_bento_profile.sampler import Sampler  # noqa: E402
from test_debug import WorkerTest  # noqa: E402

# One thread computes, one waits, one sleeps in native code; the main thread may be made to hang.
SERVICE = """
    import os, sys, threading, time
    def compute():
        while True:
            sum(range(2000))
    def rest():
        threading.Event().wait()
    def doze():
        time.sleep(1000)
    for target in (compute, rest, doze):
        threading.Thread(target=target, name=target.__name__, daemon=True).start()
    print("service runs", flush=True)
    if sys.argv[1:] == ["hangs"]:
        import ctypes
        # Keeps the interpreter's lock, so that no other thread runs; no signal interrupts it.
        library, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(64)
        library.pthread_mutex_lock(mutex)
        library.pthread_mutex_lock(mutex)
    while True:
        time.sleep(0.02)
"""


def load(path: str) -> Any:
    with open(path) as file:
        return json.load(file)


def stacks(profile: Any) -> Dict[str, float]:
    """Seconds by stack, of what ran innermost: `Thread compute/_bootstrap/…`."""
    nodes = {node["id"]: node for node in profile["nodes"]}
    parents = {child: node["id"] for node in profile["nodes"] for child in node.get("children", [])}
    deltas = [*profile["timeDeltas"][1:], profile["endTime"] - sum(profile["timeDeltas"])]
    found: Dict[str, float] = {}
    for sample, delta in zip(profile["samples"], deltas):
        names: List[str] = []
        at = sample
        while at != 1:
            names.append(nodes[at]["callFrame"]["functionName"])
            at = parents[at]
        path = "/".join(reversed(names))
        found[path] = found.get(path, 0) + delta / 1_000_000
    return found


class ProfileTest(WorkerTest):
    service = SERVICE

    def setUp(self) -> None:
        super().setUp()
        self.file = os.path.join(self.folder, "result.cpuprofile")

    def profiled(self) -> List[Any]:
        return [(message["done"], message["failure"]) for message in self.channel.of("profile")]

    def start(self, *argv: str) -> int:
        pid = self.spawn(*argv)
        self.runs()
        return pid

    def hangs(self, pid: int) -> bool:
        reply = self.children.dump_stacks(pid)
        stacks: List[str] = []

        def written() -> bool:
            with open(reply["file"]) as file:
                file.seek(reply["begin"])
                stacks[:] = [file.read()]
            return stacks[0].endswith("in <module>\n")

        self.until("stacks", holds=written)
        return 'served.py", line 18 in' in stacks[0]

    def test_shows_where_each_thread_computes_and_where_it_waits(self) -> None:
        pid = self.start()
        self.children.profile(pid, 1.0, 0.01, self.file)
        self.until("end", holds=lambda: len(self.profiled()) == 2)
        self.assertEqual(self.profiled(), [(False, None), (True, None)])
        profile = load(self.file)
        found = stacks(profile)
        computing = {path: seconds for path, seconds in found.items() if not path.endswith("/(idle)")}
        hottest = max(computing, key=lambda path: computing[path])
        self.assertTrue(hottest.startswith("Thread compute/"), found)
        self.assertTrue(hottest.endswith("/compute"), found)
        # Half of the time and more, unless other programs have the processors.
        self.assertGreater(computing[hottest], 0.05)
        seen = {name: [path for path in found if path.startswith(f"Thread {name}/")] for name in ("rest", "MainThread")}
        self.assertTrue(seen["rest"] and all(path.endswith("/(idle)") for path in seen["rest"]), found)
        # The main thread wakes fifty times a second, so a sample may find it awake.
        self.assertTrue(seen["MainThread"])
        self.assertLess(sum(found[path] for path in seen["MainThread"] if not path.endswith("/(idle)")), 0.3, found)
        # Of threads that were idle all the time, one sample is enough.
        self.assertLess(sum(seconds for path, seconds in found.items() if path.startswith("Thread rest/")), 0.1)
        frames = [node["callFrame"] for node in profile["nodes"]]
        (frame,) = [frame for frame in frames if frame["url"] and frame["functionName"] == "compute"]
        self.assertEqual(frame["url"], "file://" + os.path.join(self.folder, "served.py"))
        self.assertEqual(frame["lineNumber"], 2)
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)
        self.assertEqual(self.channel.of("exit"), [])

    def test_ends_without_a_file_when_it_is_told_to_and_can_begin_again(self) -> None:
        pid = self.start()
        self.children.profile(pid, 60, 0.01, self.file)
        self.until("begin", holds=lambda: self.profiled() == [(False, None)])
        self.children.end_profile(self.file)
        self.until("end", holds=lambda: len(self.profiled()) == 2)
        self.assertEqual(self.profiled()[1][1]["code"], "gone")
        self.assertFalse(os.path.exists(self.file))
        self.children.profile(pid, 0.1, 0.01, self.file)
        self.until("second", holds=lambda: os.path.exists(self.file))

    def test_one_at_a_time(self) -> None:
        pid = self.start()
        self.children.profile(pid, 60, 0.01, self.file)
        self.until("begin", holds=lambda: self.profiled() == [(False, None)])
        self.children.profile(pid, 60, 0.01, self.file + "2")
        self.until("refusal", holds=lambda: len(self.profiled()) == 2)
        done, failure = self.profiled()[1]
        self.assertEqual((done, failure["code"]), (True, "already-profiled"))
        self.assertEqual([message["file"] for message in self.channel.of("profile")], [self.file, self.file + "2"])
        self.children.end_profile(self.file)
        self.until("end", holds=lambda: len(self.profiled()) == 3)

    def test_reports_a_worker_that_dies_and_a_file_that_cannot_be_written(self) -> None:
        pid = self.start()
        self.children.profile(pid, 0.05, 0.01, os.path.join(self.folder, "missing", "x"))
        self.until("failure", holds=lambda: len(self.profiled()) == 2)
        self.assertEqual(self.profiled()[1][1]["code"], "FileNotFoundError")
        self.children.profile(pid, 60, 0.01, self.file)
        self.until("begin", holds=lambda: len(self.profiled()) == 3)
        os.kill(pid, signal.SIGKILL)
        self.until("end", holds=lambda: len(self.profiled()) == 4)
        self.assertEqual(self.profiled()[3][1]["code"], "gone")

    def test_a_worker_that_hangs_writes_its_stacks_and_a_request_is_withdrawn(self) -> None:
        pid = self.start("hangs")
        # It may not have come so far.
        self.until("hang", holds=lambda: self.hangs(pid))
        self.children.profile(pid, 60, 0.01, self.file)
        reply = self.children.dump_stacks(pid)
        text: List[str] = []

        def written() -> bool:
            with open(reply["file"]) as file:
                head = file.read(reply["begin"])
                text[:] = [head, file.read()]
            # The main thread is the last.
            return re.search(r'worker\.py", line \d+ in <module>\n\Z', text[1]) is not None

        self.until("stacks", holds=written)
        # The first line names the call with which the stacks end.
        self.assertRegex(text[0], r"\Amain \d+ <module> /.*/worker\.py\n")
        self.assertIn(text[0].split()[3], text[1].splitlines()[-1])
        number = int(text[0].split()[1])
        self.assertIn(f"0x{number:016x}", text[1])
        self.assertIn("served.py\", line 18 in <module>", text[1])
        self.assertIn("in compute", text[1])
        self.children.end_profile(self.file)
        self.assertEqual(self.debugging.take(pid), None)
        self.assertEqual(self.profiled(), [])

    def test_the_file_of_a_worker_ends_with_it(self) -> None:
        pid = self.start()
        path = arming.stacks_file(self.folder, pid)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        os.kill(pid, signal.SIGKILL)
        self.until("end", holds=lambda: self.channel.of("exit"))
        self.assertFalse(os.path.exists(path))

    def test_refuses_processes_of_others_and_those_that_the_signal_would_end(self) -> None:
        for ask in (lambda pid: self.children.profile(pid, 1, 1, "/x"), self.children.dump_stacks):
            with self.assertRaises(ProcessLookupError):
                ask(1)
        reply = self.children.spawn("x", "x", ["sleep", "60"], {"PATH": os.environ["PATH"]}, self.folder)
        for ask in (lambda pid: self.children.profile(pid, 1, 1, "/x"), self.children.dump_stacks):
            with self.assertRaises(NotArmed):
                ask(reply["pid"])


class SamplerTest(unittest.TestCase):
    def test_an_end_before_the_time_is_over_is_told(self) -> None:
        self.assertFalse(Sampler().run(60, 0.001, lambda _: False))

    def test_lasts_as_long_as_it_is_asked_to(self) -> None:
        begin = time.monotonic()
        self.assertTrue(Sampler().run(0.2, 0.01, lambda seconds: time.sleep(seconds) is None))
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_without_clocks_of_threads_what_waits_in_the_library_is_idle(self) -> None:
        event = threading.Event()
        thread = threading.Thread(target=event.wait, name="waiter")
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(event.set)
        found = Sampler()
        with mock.patch.object(sampler, "thread_time", return_value=None):
            found.look(0.01)
            found.look(0.01)
        (own,) = [one for (_, name), one in found.threads.items() if name == "waiter"]
        self.assertEqual(own.busy, 0)
        self.assertEqual(len(own.samples), 1)

    def test_of_a_deep_recursion_the_outermost_calls_are_left_out(self) -> None:
        tree = CallTree()

        def dive(depth: int) -> int:
            return dive(depth - 1) if depth else tree.stack(tree.root, sys._getframe())

        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(3000)
        try:
            dive(2 * DEEPEST)
        finally:
            sys.setrecursionlimit(limit)
        self.assertEqual([node.call for node in tree.nodes[:2]], ["(root)", OMITTED])
        self.assertEqual(len(tree.nodes), DEEPEST + 2)

    def test_nothing_sampled_is_an_empty_profile(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.cpuprofile")
            cpuprofile.write(Sampler(), path, 0.01, lambda: True)
            profile = load(path)
        self.assertEqual((profile["samples"], profile["timeDeltas"], profile["endTime"]), ([], [], 0))

    def test_what_is_not_wanted_any_more_leaves_no_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(InterruptedError):
                cpuprofile.write(Sampler(), os.path.join(folder, "x"), 0.01, lambda: False)
            self.assertEqual(os.listdir(folder), [])

    def test_urls_of_files_with_any_name(self) -> None:
        self.assertEqual(cpuprofile.url_of("/a b/ä%.py"), "file:///a%20b/%C3%A4%25.py")
        self.assertEqual(cpuprofile.url_of("<string>"), "<string>")


if __name__ == "__main__":
    unittest.main()
