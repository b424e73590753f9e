"""Our scripts leave no bytecode beside them: python -m unittest discover test/python."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from typing import List, Sequence

SOURCES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "src", "python"))


class BytecodeTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.working_dir = os.path.join(folder.name, "bento")
        self.scripts = os.path.join(folder.name, "scripts")
        os.mkdir(self.working_dir)
        shutil.copytree(SOURCES, self.scripts, ignore=shutil.ignore_patterns("__pycache__"))

    def run_script(self, name: str, *arguments: str, fds: Sequence[int] = ()) -> str:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        argv = [sys.executable, os.path.join(self.scripts, name), *arguments]
        ended = subprocess.run(
            argv,
            cwd=self.working_dir,
            env=env,
            pass_fds=fds,
            timeout=60,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return ended.stdout.decode()

    def bytecode(self, folder: str) -> List[str]:
        return [path for path, _, _ in os.walk(folder) if os.path.basename(path) == "__pycache__"]

    def write(self, name: str, source: str) -> None:
        with open(os.path.join(self.working_dir, name), "w") as file:
            file.write(source)

    @unittest.skipUnless(sys.platform == "linux", "workers are forked on Linux only")
    def test_of_the_process_that_forks(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours, theirs:
            ours.shutdown(socket.SHUT_WR)
            self.assertEqual(self.run_script("fork_server.py", str(theirs.fileno()), fds=[theirs.fileno()]), "")
        self.assertEqual(self.bytecode(self.scripts), [])

    def test_of_a_start(self) -> None:
        said = self.run_script("start.py", "--metrics", "m", "--", "start-http-server")
        # It has imported its own modules by then.
        self.assertIn("No module named", said)
        self.assertNotIn("serve_bento_planner'", said)
        self.assertEqual(self.bytecode(self.scripts), [])

    def test_of_a_worker_whose_modules_are_compiled(self) -> None:
        self.write("served.py", "import greeting\n")
        self.write("greeting.py", "print('hello')\n")
        self.assertEqual(self.run_script("worker.py", "--build-file-values", "{}", "served").strip(), "hello")
        self.assertEqual(self.bytecode(self.scripts), [])
        self.assertEqual(len(self.bytecode(self.working_dir)), 1)


if __name__ == "__main__":
    unittest.main()
