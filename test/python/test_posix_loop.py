"""How the helper reads what processes write: python -m unittest discover test/python."""

import os
import sys
import types
import unittest
from typing import List, Optional
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform == "win32":
    raise unittest.SkipTest("Windows has another loop")

from helper.posix_loop import BURST, GAP, REST, SMALL, PosixLoop, end_of_rest  # noqa: E402


class ReusedDescriptorTest(unittest.TestCase):
    def test_what_came_before_is_not_taken_for_what_is_read_now(self) -> None:
        loop = PosixLoop()
        pipes = [os.pipe() for _ in range(2)]
        taken: List[str] = []

        def replace(fd: int, other: int) -> None:
            """The first of them that is read replaces the other one."""
            taken.append("first")
            loop.forget(fd)
            loop.forget(other)
            os.close(other)
            self.assertEqual(os.dup(pipes[0][1]), other)
            loop.read(other, lambda _: taken.append("replaced"))

        for (reading, writing), (other, _) in zip(pipes, reversed(pipes)):
            loop.read(reading, lambda _, fd=reading, other=other: replace(fd, other))  # type: ignore[misc]
            os.write(writing, b"x")
        loop.step(0)
        self.assertEqual(taken, ["first"])


class OutputTest(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 1000.0
        patch = mock.patch("helper.posix_loop.time", types.SimpleNamespace(monotonic=lambda: self.now))
        patch.start()
        self.addCleanup(patch.stop)
        self.loop = PosixLoop()
        self.pieces: List[Optional[bytes]] = []
        reading, self.writing = os.pipe()
        self.reading = reading
        self.loop.read_output(reading, self.pieces.append)

    def write(self, data: bytes, after: float = 0.0) -> None:
        self.now += after
        os.write(self.writing, data)
        self.loop.step(0)

    def burst(self) -> None:
        """Writes lines until they are read together."""
        for number in range(BURST + 1):
            self.write(b"%d\n" % number, GAP / 2)
        self.assertEqual(self.pieces, [b"%d\n" % number for number in range(BURST + 1)])
        self.pieces.clear()

    def test_small_pieces_in_quick_succession_are_read_together_after_a_rest(self) -> None:
        self.burst()
        for line in (b"a\n", b"b\n", b"c\n"):
            self.write(line)
        self.assertEqual(self.pieces, [])
        self.now += REST
        # Ends the rest, and then reads.
        self.loop.step(0)
        self.loop.step(0)
        self.assertEqual(self.pieces, [b"a\nb\nc\n"])
        self.write(b"d\n")
        self.assertEqual(self.pieces, [b"a\nb\nc\n"])

    def test_after_a_gap_each_piece_is_read_at_once_again(self) -> None:
        self.burst()
        self.now += GAP
        self.loop.step(0)
        self.write(b"a\n", REST)
        self.write(b"b\n")
        self.assertEqual(self.pieces, [b"a\n", b"b\n"])

    def test_waits_no_longer_than_the_rest(self) -> None:
        self.burst()
        self.write(b"a\n")
        with mock.patch.object(self.loop._selector, "select", return_value=[]) as select:
            self.loop.step(None)
            left = select.call_args[0][0]
            self.assertAlmostEqual(left, end_of_rest(self.now) - self.now)
            self.assertLessEqual(left, REST)
            self.loop.step(left / 2)
            self.assertAlmostEqual(select.call_args[0][0], left / 2)

    def test_all_that_rest_are_read_at_the_same_time(self) -> None:
        reading, writing = os.pipe()
        self.loop.read_output(reading, self.pieces.append)
        for _ in range(BURST + 1):
            self.write(b"1", GAP / 2)
            self.now += REST / (4 * BURST)
            os.write(writing, b"2")
            self.loop.step(0)
        self.pieces.clear()
        for name in (self.writing, writing):
            os.write(name, b"more")
        self.loop.step(0)
        self.assertEqual(self.pieces, [])
        self.now = end_of_rest(self.now)
        self.loop.step(0)
        self.loop.step(0)
        self.assertEqual(self.pieces, [b"more", b"more"])

    def test_large_pieces_are_read_at_once(self) -> None:
        for _ in range(3 * BURST):
            self.write(b"x" * SMALL)
        self.assertEqual(self.pieces, [b"x" * SMALL] * 3 * BURST)

    def test_what_came_before_the_end_is_read_and_then_the_end(self) -> None:
        self.burst()
        self.write(b"last words\n")
        self.assertEqual(self.loop.peek(self.reading), b"last words\n")
        os.close(self.writing)
        self.now += REST
        self.loop.step(0)
        self.loop.step(0)
        self.assertEqual(self.pieces, [b""])

    def test_is_forgotten_while_it_rests(self) -> None:
        self.burst()
        self.write(b"a\n")
        self.loop.forget(self.reading)
        self.now += REST
        self.loop.step(0)
        self.loop.step(0)
        self.assertEqual(self.pieces, [])


if __name__ == "__main__":
    unittest.main()
