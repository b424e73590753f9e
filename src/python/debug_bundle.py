"""Writes one file with what a container needs to debug a worker: our Python files, debugpy and its settings.

Usage: python -I debug_bundle.py OUTPUT DEBUGPY [--small], with the folder that the package debugpy is in. The settings of
serve_bento_debug/container.py come through standard input, because they contain a token. With `--small`, the file has no
large native modules: debugpy works without them, but more slowly. The file is a zip archive that Python can run: see
debug_start.py.
"""

import os
import sys
import zipfile
from typing import Iterator, Set, Tuple

HERE = os.path.dirname(os.path.abspath(__file__))
# A debugger of Windows, which is a part of debugpy.
LEFT_OUT = {"winappdbg", "windows", "__pycache__"}
# The helper does not run in containers.
OWN_LEFT_OUT = {"helper", "__pycache__"}
# It is read when the archive is run, wherever it was extracted to.
MAIN = "debug_start.py"
SETTINGS = "debug.json"


def files_of(folder: str, endings: Tuple[str, ...], left_out: Set[str]) -> Iterator[Tuple[str, str]]:
    """Gives the files below a folder with their names in the archive, always in the same order."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in left_out)
        for name in sorted(names):
            if name.endswith(endings):
                path = os.path.join(at, name)
                yield path, os.path.relpath(path, folder)


def write(output: str, debugpy: str, settings: str, is_small: bool) -> None:
    # The small native module sets the trace functions of threads.
    native = "attach_linux_amd64.so" if is_small else ".so"
    package = os.path.join(debugpy, "debugpy")
    with zipfile.ZipFile(output, "x", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, name in files_of(HERE, (".py",), OWN_LEFT_OUT):
            archive.write(path, name)
        for path, name in files_of(package, (".py", native), LEFT_OUT):
            archive.write(path, os.path.join("debugpy", name))
        archive.write(os.path.join(HERE, MAIN), "__main__.py")
        # ZipInfo has a fixed time, so the same settings give the same archive.
        archive.writestr(zipfile.ZipInfo(SETTINGS), settings, zipfile.ZIP_DEFLATED)
    # The user of the container reads it. Its folder is private.
    os.chmod(output, 0o644)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], sys.stdin.read(), "--small" in sys.argv[3:])
