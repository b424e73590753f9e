"""What forked workers have beyond others: python -m unittest discover test/python."""

import asyncio
import hashlib
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
import unittest
from typing import Dict

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path.insert(0, SOURCES)

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

from helper.accepting import accepts  # noqa: E402
from serve_bento_worker.imported_files import note_imports  # noqa: E402
from serve_bento_worker.retirement import CLOSE, retire_at  # noqa: E402


class ImportedFilesTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = os.path.realpath(temporary.name)
        self.code = os.path.join(self.folder, "code")
        self.listed = os.path.join(self.folder, "listed")

    def write(self, name: str, text: str) -> None:
        path = os.path.join(self.code, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def imported(self, *names: str) -> Dict[str, Dict[str, str]]:
        """What is noted while the modules are imported: by kind of line, and by path below the code."""
        finders, before = list(sys.meta_path), set(sys.modules)
        sys.path.insert(0, self.code)
        importlib.invalidate_caches()
        try:
            note_imports(self.listed)
            for name in names:
                try:
                    importlib.import_module(name)
                except ImportError:
                    pass
        finally:
            sys.path.remove(self.code)
            sys.meta_path[:] = finders
            for name in set(sys.modules) - before:
                del sys.modules[name]
        noted: Dict[str, Dict[str, str]] = {"file": {}, "place": {}}
        with open(self.listed) as file:
            for line in file:
                kind, path, value = json.loads(line)
                if path.startswith(self.code + os.sep):
                    noted[kind][os.path.relpath(path, self.code)] = value
        return noted

    def digest(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    def test_notes_files_with_what_they_hold(self) -> None:
        self.write("noted_one.py", "import noted_two")
        self.write("noted_two.py", "value = 2")
        noted = self.imported("noted_one")
        expected = {"noted_one.py": self.digest("import noted_two"), "noted_two.py": self.digest("value = 2")}
        self.assertEqual(noted["file"], expected)
        self.assertEqual(noted["place"], {"noted_one": "module", "noted_two": "module"})

    def test_notes_where_a_module_was_looked_for_and_what_was_there(self) -> None:
        self.write("noted_pack/__init__.py", "from . import part")
        self.write("noted_pack/part.py", "")
        self.write("noted_space/inner.py", "")
        noted = self.imported("noted_pack", "noted_space.inner", "noted_by_nobody", "colorsys")
        expected = {
            "noted_pack": "package",
            os.path.join("noted_pack", "part"): "module",
            "noted_space": "namespace",
            os.path.join("noted_space", "inner"): "module",
            "noted_by_nobody": "none",
            # A file of this name would be imported instead of the standard one.
            "colorsys": "none",
        }
        self.assertEqual(noted["place"], expected)

    def test_names_a_link_as_it_was_found(self) -> None:
        self.write("../real.py", "value = 1")
        os.symlink("../real.py", os.path.join(self.code, "noted_link.py"))
        self.assertEqual(self.imported("noted_link")["file"], {"noted_link.py": self.digest("value = 1")})

    def test_is_not_misled_by_bytecode_of_a_save_in_the_same_second(self) -> None:
        file = os.path.join(self.code, "noted_racy.py")
        for text in ("value = 1", "value = 2"):
            self.write("noted_racy.py", text)
            os.utime(file, (time.time(), int(time.time())))
            sys.path.insert(0, self.code)
            finders = list(sys.meta_path)
            importlib.invalidate_caches()
            try:
                note_imports(self.listed)
                value = importlib.import_module("noted_racy").value
            finally:
                sys.path.remove(self.code)
                sys.meta_path[:] = finders
                del sys.modules["noted_racy"]
        self.assertEqual(value, 2)

    def test_does_without_a_file(self) -> None:
        finders = list(sys.meta_path)
        note_imports(os.path.join(os.devnull, "listed"))
        self.assertEqual(sys.meta_path, finders)


class AcceptingTest(unittest.TestCase):
    def test_knows_who_waits_for_a_socket(self) -> None:
        with socket.socket() as waited, socket.socket() as other, select.epoll() as epoll:
            epoll.register(waited.fileno())
            inodes = [os.fstat(one.fileno()).st_ino for one in (waited, other)]
            self.assertTrue(accepts(os.getpid(), {inodes[0]}))
            self.assertFalse(accepts(os.getpid(), {inodes[1]}))

    def test_does_not_know_of_what_is_gone(self) -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        self.assertIsNone(accepts(child, {1}))


class Listening:
    def __init__(self, sock: socket.socket) -> None:
        self.sockets = [sock]


class Server:
    """As much of uvicorn's as is touched: its own tests are with the real one (test/real/reload.test.ts)."""

    def __init__(self, sock: socket.socket) -> None:
        self.servers = [Listening(sock)]
        self.server_state = type("State", (), {"default_headers": [(b"date", b"now")], "connections": {"one"}})()
        self.config = type("Config", (), {"encoded_headers": []})()

    async def startup(self) -> None:
        asyncio.get_running_loop().add_reader(self.servers[0].sockets[0].fileno(), lambda: None)


class RetirementTest(unittest.TestCase):
    def test_accepts_no_more_and_ends_politely_once_nobody_is_connected(self) -> None:
        number = signal.SIGRTMIN + 7
        retire_at(number, Server)
        ended = []

        async def serve() -> None:
            loop = asyncio.get_running_loop()
            with socket.socket() as sock:
                server = Server(sock)
                await server.startup()
                loop.add_signal_handler(signal.SIGTERM, lambda: ended.append(True))
                os.kill(os.getpid(), number)
                await asyncio.sleep(0.15)
                self.assertFalse(loop.remove_reader(sock.fileno()))
                self.assertIn(CLOSE, server.server_state.default_headers)
                self.assertIn(CLOSE, server.config.encoded_headers)
                self.assertEqual(ended, [])
                server.server_state.connections.clear()
                await asyncio.sleep(0.15)
                self.assertEqual(ended, [True])

        asyncio.run(serve())


if __name__ == "__main__":
    unittest.main()
