"""Texts that workers read as files: python -m unittest discover test/python."""

import os
import stat
import sys
import tempfile
import unittest
from unittest import mock

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

from helper.secret_files import SecretFiles  # noqa: E402

TEXT = "-----BEGIN PRIVATE KEY-----\n✓\n"


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


class SecretFilesTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.files = SecretFiles()
        self.addCleanup(self.files.close)

    def keep(self) -> str:
        return self.files.write(TEXT, self.directory)

    @unittest.skipUnless(sys.platform == "linux", "others have files only")
    def test_are_in_memory(self) -> None:
        paths = [self.keep(), self.keep()]
        self.assertEqual([read(path) for path in paths], [TEXT, TEXT])
        self.assertEqual(os.listdir(self.directory), [])
        self.files.close()
        self.assertFalse(any(map(os.path.exists, paths)))

    def test_are_private_files_where_there_is_no_such_memory(self) -> None:
        with mock.patch.object(os, "memfd_create", side_effect=OSError("not allowed"), create=True):
            paths = [self.keep(), self.keep()]
        self.assertEqual([read(path) for path in paths], [TEXT, TEXT])
        if os.name == "posix":
            self.assertEqual({stat.S_IMODE(os.stat(path).st_mode) for path in paths}, {0o600})
        self.files.close()
        self.assertEqual(os.listdir(self.directory), [])


if __name__ == "__main__":
    unittest.main()
