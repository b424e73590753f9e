"""What the user's code raised: as Python would print it, and its parts, from which the extension says why."""

import os
import traceback
from typing import Any, Dict, Iterator, List, Optional, Set

# In characters, of a traceback and of a message.
LONGEST = 20000
# More than people nest; a chain may be a circle, and a recursion a thousand frames deep.
MOST_EXCEPTIONS = 20
MOST_FRAMES = 200
OWN = os.path.dirname(os.path.abspath(__file__))
IMPORTLIB = "<frozen importlib"


class DeploymentFailed(Exception):
    """Its cause is what a deployment hook raised."""


def as_line(error: BaseException, doing: str = "import") -> Dict[str, Any]:
    """`doing`: import or deployment."""
    return {"type": "raised", "doing": doing, **parts(error)}


def parts(error: BaseException) -> Dict[str, Any]:
    return {"traceback": text(error), "chain": chain(error)}


def text(error: BaseException) -> str:
    """The traceback without our own frames; of a long one the end."""
    try:
        lines = traceback.format_exception(type(error), error, error.__traceback__)
    except Exception:  # the exception's own __str__ may fail in any way
        lines = [type_name(error)]
    hidden = ('File "{}'.format(OWN), 'File "{}'.format(IMPORTLIB))
    return "".join(line for line in lines if not any(part in line for part in hidden))[-LONGEST:]


def chain(error: BaseException) -> List[Dict[str, Any]]:
    """The exception, then what it came from, nearest first; the exceptions of a group come right after it."""
    found: List[Dict[str, Any]] = []
    for one, relation in related(error, None, set()):
        if len(found) == MOST_EXCEPTIONS:
            break
        said = {"type": type_name(one), "message": message(one), "relation": relation, "frames": frames(one)}
        found.append({**said, "facts": facts(one)})
    return found


def related(error: BaseException, relation: Optional[str], seen: Set[int]) -> Iterator[Any]:
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error, relation
    members = getattr(error, "exceptions", None)
    for member in members if isinstance(members, (tuple, list)) else ():
        if isinstance(member, BaseException):
            yield from related(member, "member", seen)
    if error.__cause__ is not None:
        yield from related(error.__cause__, "cause", seen)
    # sys.exit() says nothing of itself: what it was called for is of interest although it was hidden.
    elif error.__context__ is not None and (not error.__suppress_context__ or isinstance(error, SystemExit)):
        yield from related(error.__context__, "context", seen)


def type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__


def message(error: BaseException) -> str:
    try:
        said = str(error.msg) if isinstance(error, SyntaxError) else str(error)
        notes = [str(note) for note in getattr(error, "__notes__", None) or ()]
    except BaseException:  # it is the user's code, and may even end Python
        return ""
    return "\n".join([said, *notes])[:LONGEST]


def facts(error: BaseException) -> Dict[str, Any]:
    """What the exception has in fields of its own, so that nobody reads it out of the message."""
    found: Dict[str, Any] = {}
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        found["module"] = error.name
    if isinstance(error, OSError):
        if isinstance(error.errno, int):
            found["errno"] = error.errno
        if isinstance(error.filename, (str, bytes)):
            found["file"] = os.fsdecode(error.filename)
    return found


def frames(error: BaseException) -> List[Dict[str, Any]]:
    """The outermost call first, without ours and Python's own of the import."""
    summary = traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES)
    found = [
        {"file": frame.filename, "line": frame.lineno, "function": frame.name, "code": frame.line or ""}
        for frame in summary
        if frame.lineno and not frame.filename.startswith((OWN, IMPORTLIB))
    ]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        found.append({"file": error.filename, "line": error.lineno, "code": (error.text or "").strip()})
    return found
