"""Starts the helper. Run as `python -I -S -B helper`."""

import os
import sys

# Python puts this folder on the path; its modules, and those it shares with others, are found from the one above.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from helper.main import Helper  # noqa: E402

if __name__ == "__main__":
    Helper().run()
    # Not sys.exit: a reader thread blocked on a pipe must not hold the process (Windows).
    os._exit(0)
