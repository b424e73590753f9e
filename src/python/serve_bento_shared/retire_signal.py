"""The signal at which a worker of uvicorn leaves without failing a request (Linux): see serve_bento_worker/retirement.py."""

import signal

# No library uses this one.
RETIRE = int(getattr(signal, "SIGRTMIN", 0)) + 7
