"""Runs debugpy's adapter for one worker.

Usage: python -I debug_adapter.py FOLDER EDITOR_FD WORKER_FD, with the folder that debugpy is in and two listening
sockets; serve_bento_debug/adapter.py says what they are for.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from serve_bento_debug.adapter import run_adapter

del sys.path[0]

if __name__ == "__main__":
    run_adapter(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
