"""Runs one of BentoML's start commands with a metrics directory of its own.

Usage: python start.py --metrics DIRECTORY [--workers RUNNER=COUNT]… [--args JSON]
    [--build-file-values JSON] -- start-…-server ARGUMENTS…
BentoML empties one directory for all components at each start; this keeps them apart.
"""

import argparse
import importlib
import importlib.util
import json
import os
import runpy
import shutil
import sys
from typing import Any, List, Tuple

# With PYTHONSAFEPATH, Python 3.11 and later do not put the folder of a script on the path, nor that of `python -m`.
SAFE_PATH = getattr(sys.flags, "safe_path", False)


def main() -> None:
    own, command = split(sys.argv[1:])
    parser = argparse.ArgumentParser(prog="start.py")
    parser.add_argument("--metrics", required=True)
    parser.add_argument("--workers", action="append", default=[])
    parser.add_argument("--args", type=json.loads, default={})
    parser.add_argument("--build-file-values", type=json.loads)
    options = parser.parse_args(own)
    counts = {name: int(count) for name, count in (item.rsplit("=", 1) for item in options.workers)}
    if SAFE_PATH:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    from serve_bento_planner import arguments, build_file, metrics_server, recording, runner_workers, workers

    sys.dont_write_bytecode = write_bytecode
    # As `python -m` has it; our modules would otherwise be in the way of the user's.
    if SAFE_PATH:
        sys.path.pop(0)
    else:
        sys.path[0] = os.getcwd()
    serving = recording.serving_module()
    keep_metrics_apart(serving, options.metrics)
    run_by_us = workers.run_by_us(serving.create_watcher, options.build_file_values)
    serving.create_watcher = metrics_server.correcting(run_by_us)
    skip_deployment()
    runner_workers.set_worker_counts(counts)
    arguments.set_arguments(options.args)
    if options.build_file_values is not None:
        build_file.set_values(options.build_file_values)
    module = "bentoml_cli._internal.start" if has_module("bentoml_cli._internal.start") else "bentoml"
    sys.argv = ["bentoml", *command]
    runpy.run_module(module, run_name="__main__")


def split(argv: List[str]) -> Tuple[List[str], List[str]]:
    end = argv.index("--")
    return argv[:end], argv[end + 1 :]


def keep_metrics_apart(serving: Any, directory: str) -> None:
    def ensure_prometheus_dir(*_: Any, **__: Any) -> str:
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory, mode=0o700, exist_ok=True)
        return directory

    serving.ensure_prometheus_dir = ensure_prometheus_dir


def skip_deployment() -> None:
    """The hooks run once per serve, in plan.py; each of these commands would run them again."""
    if has_module("_bentoml_impl.server.serving"):
        serving: Any = importlib.import_module("_bentoml_impl.server.serving")
        serving.server_on_deployment = lambda *_, **__: None


def has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main()
