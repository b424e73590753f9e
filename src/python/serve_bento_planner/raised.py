"""What the user's code raised, as Python would print it: the extension tells people why."""

import os
import traceback
from typing import Any, Dict

LONGEST = 20000


class DeploymentFailed(Exception):
    """Its cause is what a deployment hook raised."""


def as_line(error: BaseException, doing: str = "Importing") -> Dict[str, Any]:
    return {"type": "raised", "doing": doing, "traceback": text(error)}


def text(error: BaseException) -> str:
    """The traceback without our own frames; of a long one the end."""
    own = os.path.dirname(os.path.abspath(__file__))
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return "".join(line for line in lines if 'File "{}'.format(own) not in line)[-LONGEST:]
