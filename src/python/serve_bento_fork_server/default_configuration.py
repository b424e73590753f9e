"""BentoML's default configuration of class services, which each of their workers would parse and check again.

That takes a third of the time until a forked worker is ready.
"""

import pickle
import sys
from typing import Any

MODULE = "bentoml._internal.configuration.containers"
# Of the file's format. The other one, 1, is read when BentoML is imported.
VERSION = 2


def read_once() -> None:
    """Reads it now, and has BentoML get a copy of it from then on."""
    containers: Any = sys.modules.get(MODULE)
    read = getattr(containers, "get_default_config", None)
    if read is None:
        return
    # Of plain values only: made from it faster than by copying.
    known = pickle.dumps(read(version=VERSION))

    def get_default_config(version: int) -> Any:
        return pickle.loads(known) if version == VERSION else read(version=version)

    containers.get_default_config = get_default_config
