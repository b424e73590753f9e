"""The signal that retires a worker with uvicorn on Linux: see serve_bento_worker/retirement.py."""

import signal

# No library uses this one.
RETIRE = int(getattr(signal, "SIGRTMIN", 0)) + 7
