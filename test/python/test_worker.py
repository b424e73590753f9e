"""What forked workers have beyond others: python -m unittest discover test/python."""

import asyncio
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import unittest

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))
sys.path[:0] = [SOURCES, os.path.join(SOURCES, "helper")]

if sys.platform != "linux":
    raise unittest.SkipTest("workers are forked on Linux only")

from accepting import accepts  # noqa: E402
from serve_bento_worker.imported_files import note_imports  # noqa: E402
from serve_bento_worker.retirement import CLOSE, retire_at  # noqa: E402


class ImportedFilesTest(unittest.TestCase):
    def test_notes_where_modules_come_from_and_finds_them_as_before(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("noted_one.py", "import noted_two"), ("noted_two.py", "value = 2")):
                with open(os.path.join(folder, name), "w") as file:
                    file.write(text)
            listed = os.path.join(folder, "listed")
            finders = list(sys.meta_path)
            sys.path.insert(0, folder)
            try:
                note_imports(listed)
                self.assertEqual(importlib.import_module("noted_one").noted_two.value, 2)
                with self.assertRaises(ModuleNotFoundError):
                    importlib.import_module("noted_by_nobody")
            finally:
                sys.path.remove(folder)
                sys.meta_path[:] = finders
            with open(listed) as file:
                names = [os.path.basename(line) for line in file.read().splitlines()]
            self.assertEqual(names, ["noted_one.py", "noted_two.py"])

    def test_does_without_a_file(self) -> None:
        finders = list(sys.meta_path)
        note_imports(os.path.join(os.sep, "nowhere", "listed"))
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
