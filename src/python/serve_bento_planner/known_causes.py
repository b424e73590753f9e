"""Why a service cannot be imported, in one sentence with the next step."""

import os
import sys
import traceback
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .location import Location, location_of
from .problem import PlanProblem

INSTALL = "run {} -m pip install {}"

# Packages that are called otherwise than their modules.
PACKAGES = {
    "cv2": "opencv-python",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def explain(error: BaseException, request: Dict[str, Any], doing: str = "Importing") -> PlanProblem:
    chain = list(_chain(error))
    cause, where = _root(chain, [request["workingDir"], _store()])
    code, message = _sentence(cause, where, request, doing)
    return PlanProblem(
        code,
        message,
        detail=_traceback(error),
        file=where.file if where else None,
        line=where.line if where else None,
        exception=type(cause).__name__,
    )


def _sentence(cause: BaseException, where: Optional[Location], request: Dict[str, Any], doing: str) -> Tuple[str, str]:
    first = str(cause).split("\n", 1)[0].strip().rstrip(".")
    at = " ({})".format(where) if where else ""
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        return _missing_module(cause.name.split(".", 1)[0], at)
    if isinstance(cause, SyntaxError):
        return "import-failed", "Python cannot read {}: {}. Correct it and serve again.".format(
            where or cause.filename, cause.msg
        )
    if isinstance(cause, SystemExit):
        return "import-failed", "{} {} ended Python with sys.exit({}){}: remove that and serve again.".format(
            doing, request["bento"], "" if cause.code is None else cause.code, at
        )
    if isinstance(cause, TypeError) and "runners" in first and where:
        return "import-failed", (
            "This version of BentoML has services with runners in bentoml.legacy{}: write "
            "bentoml.legacy.Service(runners=…), or {}.".format(at, INSTALL.format(sys.executable, '"bentoml<1.2"'))
        )
    if "google.protobuf" in first or "Descriptors cannot be created directly" in first:
        return "grpc-unavailable", "The installed protobuf does not suit BentoML's gRPC ({}){}: {}.".format(
            first, at, INSTALL.format(sys.executable, '"protobuf<5" "grpcio<1.63" "grpcio-health-checking<1.63"')
        )
    if isinstance(cause, ValueError) and "requires runners" in first:
        return "missing-runner", "BentoML misses a runner: {}.".format(first)
    if first.startswith("Environment variable '"):
        return "settings", "{}: set it in serveBento.env or in a file of serveBento.envFile.".format(first.split(". ", 1)[0])
    if first.startswith("Invalid host IP address"):
        return "settings", "{}: write an address such as 127.0.0.1 in serveBento.http.host.".format(first)
    kind = type(cause).__name__
    if where is None and type(cause).__module__.split(".")[0] in ("bentoml", "_bentoml_sdk", "_bentoml_impl"):
        return "import-failed", "BentoML cannot serve {}: {}. Correct that and serve again.".format(
            request["bento"], first
        )
    said = "{}: {}".format(kind, first) if first else kind
    return "import-failed", "{} {} failed with {}{}. Correct that and serve again.".format(
        doing, request["bento"], said, at
    )


def _missing_module(name: str, at: str) -> Tuple[str, str]:
    if name == "bentoml":
        return "no-bentoml", "{} has no BentoML: {}.".format(
            sys.executable, INSTALL.format(sys.executable, "bentoml")
        )
    if name == "pkg_resources":
        return "import-failed", "BentoML needs pkg_resources, which setuptools has dropped in version 81{}: {}.".format(
            at, INSTALL.format(sys.executable, '"setuptools<81"')
        )
    return "import-failed", "The module {} is not installed in {}{}: {}, or correct the import, and serve again.".format(
        name, sys.executable, at, INSTALL.format(sys.executable, PACKAGES.get(name, name))
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from or while handling, nearest first."""
    waiting: List[BaseException] = [error]
    seen = set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.extend(other for other in (one.__cause__, one.__context__) if other is not None)


def _root(chain: List[BaseException], directories: List[str]) -> Tuple[BaseException, Optional[Location]]:
    """BentoML wraps what the user's code raised: the first of the chain that comes from there counts."""
    for one in chain:
        where = location_of(one, directories)
        if where is not None:
            return one, where
    missing = [one for one in chain if isinstance(one, ModuleNotFoundError)]
    known = [one for one in missing if (one.name or "").split(".")[0] in ("bentoml", "pkg_resources")]
    return (known or chain)[0], None


def _store() -> str:
    home = os.environ.get("BENTOML_HOME") or os.path.join("~", "bentoml")
    return os.path.join(os.path.expanduser(home), "bentos")


def _traceback(error: BaseException) -> str:
    own = os.path.dirname(os.path.abspath(__file__))
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return "".join(line for line in lines if 'File "{}'.format(own) not in line)[-20000:]
