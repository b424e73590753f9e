"""Gives BentoML's legacy workers the TLS that was requested.

The HTTP worker of every version takes --ssl-version, --ssl-cert-reqs and --ssl-ciphers and leaves them out: it would
let in clients without a certificate. The gRPC worker takes no absolute paths in 1.4, and follows links before.
"""

import functools
from typing import Any, List

from .after_import import after_import

# What BentoML passes when nothing is requested.
DEFAULTS = {"--ssl-version": "17", "--ssl-cert-reqs": "0", "--ssl-ciphers": "TLSv1"}


def correct(command: List[str]) -> None:
    """Changes what the worker imports; `command` is the module and its arguments."""
    if command[0] == "bentoml_cli.worker.http_api_server":
        after_import("uvicorn", lambda uvicorn: apply_options(uvicorn, command))
    elif command[0] == "bentoml_cli.worker.grpc_api_server":
        after_import("bentoml.grpc.utils", read_any_file)


def apply_options(uvicorn: Any, command: List[str]) -> None:
    given = {option: command[command.index(option) + 1] for option in DEFAULTS if option in command}
    requested = {
        option[2:].replace("-", "_"): value if option == "--ssl-ciphers" else int(value)
        for option, value in given.items()
        if value != DEFAULTS[option]
    }
    uvicorn.Config = functools.partial(uvicorn.Config, **requested)


def read_any_file(utils: Any) -> None:
    def load_from_file(path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    utils.load_from_file = load_from_file
