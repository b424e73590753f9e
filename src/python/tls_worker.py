"""Runs one of BentoML's legacy workers with the TLS it was asked for.

Usage: python tls_worker.py MODULE ARGUMENT…, as `python -m MODULE ARGUMENT…`.
The HTTP worker of every version takes --ssl-version, --ssl-cert-reqs and --ssl-ciphers and leaves them out: it would
let in clients without a certificate. The gRPC worker takes no absolute paths in 1.4, and follows links before.
"""

import functools
import os
import runpy
import sys
from typing import List

# What BentoML passes when nothing is asked for.
UNASKED = {"--ssl-version": "17", "--ssl-cert-reqs": "0", "--ssl-ciphers": "TLSv1"}


def main() -> None:
    # As `python -m` has it, and with PYTHONSAFEPATH does not.
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    module = sys.argv.pop(1)
    if module.endswith(".http_api_server"):
        heed(sys.argv)
    else:
        read_any_file()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def heed(argv: List[str]) -> None:
    import uvicorn

    given = {option: argv[argv.index(option) + 1] for option in UNASKED if option in argv}
    asked = {
        option[2:].replace("-", "_"): value if option == "--ssl-ciphers" else int(value)
        for option, value in given.items()
        if value != UNASKED[option]
    }
    uvicorn.Config = functools.partial(uvicorn.Config, **asked)


def read_any_file() -> None:
    import bentoml.grpc.utils

    def load_from_file(path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    bentoml.grpc.utils.load_from_file = load_from_file


if __name__ == "__main__":
    main()
