"""Asks BentoML what it would run for a bento, without running it.

Usage: python plan.py JSON-REQUEST, with the directory to serve from as the current one. Writes lines of JSON to
what was its standard output: which file is being imported, and at the end a plan or a problem. Everything the
user's code prints goes to standard error.
"""

import atexit
import contextlib
import json
import os
import sys
import threading
from typing import Any, Dict

SCRIPTS = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    result = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # Ours are found first, with PYTHONSAFEPATH too; the user's modules are found as in BentoML's workers.
    if sys.path[0] == SCRIPTS:
        sys.path.pop(0)
    sys.path.insert(0, SCRIPTS)
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    from serve_bento_planner import answer
    from serve_bento_shared import json_lines

    sys.dont_write_bytecode = write_bytecode
    request = json.loads(sys.argv[1])
    sys.path[0] = request["workingDir"]
    sys.argv[1:] = []

    def send(line: Dict[str, Any]) -> None:
        json_lines.write_all(result, json_lines.encode(line))

    line = answer.answer(request, send)
    send(line)
    os.close(result)
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):  # the user's code may have closed it
            if stream is not None:
                stream.flush()
    leave(0 if line["type"] == "plan" else 1)


def leave(code: int) -> None:
    """Ends at once: threads that the user's code started at import would keep Python alive."""
    limit = threading.Timer(2, os._exit, [code])
    limit.daemon = True
    limit.start()
    atexit._run_exitfuncs()
    os._exit(code)


if __name__ == "__main__":
    main()
