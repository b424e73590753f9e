"""The files that made a plan: while none of them changes, the plan holds."""

import os
import sys
import sysconfig
from typing import Dict, Iterator, List, Optional, Set, Tuple

BUILD_FILES = ("bentofile.yaml", "bentofile.yml", "pyproject.toml", "bento.yaml")
INSTALLED = ("site-packages", "dist-packages")
OURS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def sources(working_dir: str, build_file: Optional[str] = None) -> List[str]:
    """Returns the files of the user's imported modules, wherever they are, and the files that BentoML reads.

    Includes files that may be created later, and links beside their targets: a link may get another target.
    """
    found: Set[str] = set()
    real_path = RealPaths()
    not_the_users = (*standard_folders(), os.path.join(OURS, ""))
    for folder in (os.path.abspath(working_dir), os.path.realpath(working_dir)):
        found.update(os.path.join(folder, name) for name in BUILD_FILES)
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and is_the_users(real_path(file), not_the_users):
            found.update(names_of(os.path.abspath(file)))
    if build_file is not None:
        found.update((build_file, os.path.realpath(build_file)))
    if os.environ.get("BENTOML_CONFIG"):
        found.add(os.path.abspath(os.environ["BENTOML_CONFIG"]))
    return sorted(found)


class RealPaths:
    """`os.path.realpath` with a cache of folders: it is slow, and a thousand modules are in a hundred folders."""

    def __init__(self) -> None:
        self._folders: Dict[str, str] = {}

    def __call__(self, file: str) -> str:
        folder, name = os.path.split(file)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        path = os.path.join(self._folders[folder], name)
        return os.path.realpath(path) if os.path.islink(path) else path


def names_of(file: str) -> Iterator[str]:
    yield file
    yield os.path.realpath(file)
    module, extension = os.path.splitext(file)
    if extension == ".py" and os.path.basename(module) != "__init__":
        # Beside the module, Python would take a package of the same name.
        yield os.path.join(module, "__init__.py")


def standard_folders() -> Tuple[str, ...]:
    folders = (os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
    return tuple(os.path.join(folder, "") for folder in folders)


def is_the_users(path: str, others: Tuple[str, ...]) -> bool:
    if path.startswith(others) or any(part in INSTALLED for part in path.split(os.sep)):
        return False
    return os.path.isfile(path)
