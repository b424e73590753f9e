"""The files that made a plan: while none of them changes, the plan holds."""

import os
import sys
from typing import List

BUILD_FILES = ("bentofile.yaml", "bentofile.yml", "pyproject.toml", "bento.yaml")
NOT_THE_USERS = ("site-packages", "dist-packages", ".venv", "venv", "node_modules")


def sources(working_dir: str) -> List[str]:
    """The user's modules that were imported, and the files BentoML reads, also those that may come to be."""
    root = os.path.realpath(working_dir)
    found = {os.path.join(root, name) for name in BUILD_FILES}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and is_the_users(os.path.realpath(file), root):
            found.add(os.path.realpath(file))
    if os.environ.get("BENTOML_CONFIG"):
        found.add(os.path.abspath(os.environ["BENTOML_CONFIG"]))
    return sorted(found)


def is_the_users(path: str, root: str) -> bool:
    if not path.startswith(os.path.join(root, "")) or not os.path.isfile(path):
        return False
    return not any(part in NOT_THE_USERS for part in os.path.relpath(path, root).split(os.sep))
