"""Runs the gRPC metrics server of BentoML 1.1 and older on the directory it is given.

It takes --prometheus-dir only after it has opened BentoML's default directory, which need not exist and
which all bentos share. Usage: as `python -m bentoml_cli.worker.grpc_prometheus_server`.
"""

import os
import runpy
import sys


def main() -> None:
    # As `python -m` has it, and with PYTHONSAFEPATH does not.
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    from bentoml._internal.configuration.containers import BentoMLContainer

    directory = sys.argv[sys.argv.index("--prometheus-dir") + 1]
    BentoMLContainer.prometheus_multiproc_dir.set(directory)
    runpy.run_module("bentoml_cli.worker.grpc_prometheus_server", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
