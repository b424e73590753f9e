"""Runs debugpy's adapter for one worker.

Usage: python -I debug_adapter.py FOLDER EDITOR_FD WORKER_FD [REPORT_FD], with the folder that debugpy is in and two
listening sockets; serve_bento_debug/adapter.py says what they are for. In a container there is also a pipe from the worker,
and the editor's socket is a port: see serve_bento_debug/gate.py.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from serve_bento_debug.adapter import run_adapter
from serve_bento_debug.gate import Gate

del sys.path[0]

if __name__ == "__main__":
    editor, worker, *report = map(int, sys.argv[2:])
    run_adapter(sys.argv[1], editor, worker, Gate(editor, report[0]) if report else None)
