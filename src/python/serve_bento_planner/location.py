"""Where in the user's own code an exception came from."""

import os
import traceback
from typing import Optional

NOT_THE_USERS = ("site-packages", "dist-packages", ".venv", "venv", "node_modules")


class Location:
    def __init__(self, file: str, line: int) -> None:
        self.file = file
        self.line = line

    def short(self, directory: str) -> str:
        return "{}:{}".format(os.path.relpath(self.file, os.path.realpath(directory)), self.line)


def location_of(error: BaseException, directory: str) -> Optional[Location]:
    """The deepest frame inside the directory; for a SyntaxError the line that cannot be read."""
    if isinstance(error, SyntaxError) and error.filename and is_the_users(error.filename, directory):
        return Location(os.path.realpath(error.filename), error.lineno or 1)
    found = None
    for frame in traceback.extract_tb(error.__traceback__):
        if is_the_users(frame.filename, directory):
            found = Location(os.path.realpath(frame.filename), frame.lineno or 1)
    return found


def is_the_users(file: str, directory: str) -> bool:
    root = os.path.realpath(directory)
    path = os.path.realpath(os.path.join(root, file))
    if not path.startswith(os.path.join(root, "")):
        return False
    return not any(part in NOT_THE_USERS for part in os.path.relpath(path, root).split(os.sep))
