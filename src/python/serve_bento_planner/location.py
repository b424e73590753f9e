"""Where in the user's own code an exception came from."""

import os
import traceback
from typing import Optional, Sequence

NOT_THE_USERS = ("site-packages", "dist-packages", ".venv", "venv", "node_modules")


class Location:
    def __init__(self, file: str, line: int, root: str) -> None:
        self.file = file
        self.line = line
        self._root = root

    def __str__(self) -> str:
        return "{}:{}".format(os.path.relpath(self.file, self._root), self.line)


def location_of(error: BaseException, directories: Sequence[str]) -> Optional[Location]:
    """The deepest frame inside the directories; for a SyntaxError the line that cannot be read."""
    places = [(frame.filename, frame.lineno or 1) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno or 1))
    for file, line in reversed(places):
        for directory in directories:
            root = os.path.realpath(directory)
            path = os.path.realpath(os.path.join(root, file))
            if is_the_users(path, root):
                return Location(path, line, root)
    return None


def is_the_users(path: str, root: str) -> bool:
    # Frames of `<string>` and `<frozen importlib._bootstrap>` have no file.
    if not path.startswith(os.path.join(root, "")) or not os.path.isfile(path):
        return False
    return not any(part in NOT_THE_USERS for part in os.path.relpath(path, root).split(os.sep))
