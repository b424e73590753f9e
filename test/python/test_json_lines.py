"""The framing of all messages between processes: python -m unittest discover test/python."""

import os
import random
import sys
import unittest
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from serve_bento_shared import json_lines  # noqa: E402

MESSAGES = [{}, {"text": "a\nb\r\u2028 \u2713 \udcff"}, {"deep": [{"n": 1.5}, None, True]}, {"long": "x" * 5000}]


class JsonLinesTest(unittest.TestCase):
    def test_come_back_whatever_the_pieces_are(self) -> None:
        stream = b"".join(map(json_lines.encode, MESSAGES))
        for seed in range(50):
            cut, reader = random.Random(seed), json_lines.LineReader()
            rest, found = stream, []
            while rest:
                size = cut.randint(1, 2000)
                found += [json_lines.decode(line) for line in reader.feed(rest[:size])]
                rest = rest[size:]
            self.assertEqual(found, MESSAGES, "seed %d" % seed)

    def test_are_one_line_of_ascii_each(self) -> None:
        for message in MESSAGES:
            line = json_lines.encode(message)
            self.assertTrue(line.isascii())
            self.assertEqual(line.count(b"\n"), 1)

    def test_that_are_no_objects_are_errors(self) -> None:
        for line in (b"", b"[]", b"1", b"null", b"{", b"\xff", b"{}{}"):
            with self.assertRaises(ValueError):
                json_lines.decode(line)

    def test_that_are_too_long_are_cut_and_the_next_one_is_read(self) -> None:
        with mock.patch.object(json_lines, "LONGEST_LINE", 100):
            reader = json_lines.LineReader()
            for _ in range(50):
                self.assertEqual(list(reader.feed(b"x" * 10)), [])
            self.assertEqual(list(reader.feed(b"\n{}\n")), [b"x" * 100, b"{}"])

    def test_are_written_whole_through_a_full_pipe(self) -> None:
        written = []

        def write(_fd: int, data: bytes) -> int:
            written.append(bytes(data[:7]))
            return len(written[-1])

        with mock.patch.object(os, "write", write):
            json_lines.write_all(1, json_lines.encode(MESSAGES[1]))
        self.assertEqual(b"".join(written), json_lines.encode(MESSAGES[1]))


if __name__ == "__main__":
    unittest.main()
