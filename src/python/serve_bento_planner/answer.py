"""From a request to the line that answers it."""

import importlib
import os
from typing import Any, Callable, Dict

from . import bytecode, importing, raised
from .problem import PlanProblem

Request = Dict[str, Any]


def answer(request: Request, report: Callable[[Dict[str, Any]], None]) -> Dict[str, Any]:
    """`report` gets a line whenever another file is being imported: the last one counts when no answer follows."""
    try:
        with importing.reporting(lambda file: report({"type": "importing", "file": file})):
            return {"type": "plan", **make_plan(request)}
    except PlanProblem as problem:
        return problem.as_line()
    except raised.DeploymentFailed as error:
        return raised.as_line(error.__cause__ or error, "deployment")
    except BaseException as error:  # also sys.exit() in the user's code
        return raised.as_line(error)


def make_plan(request: Request) -> Dict[str, Any]:
    with bytecode.not_written():
        from . import arguments, build_file

    arguments.set_arguments(request.get("args", {}))
    request = build_file.applied(request)
    service = load(request)
    import bentoml

    # Only now: what these import is not needed to say why a service cannot be imported.
    with bytecode.not_written():
        generation = importlib.import_module("." + ("legacy" if hasattr(service, "runners") else "services"), __package__)
        from . import deployment, listening, sources

    request, requested = listening.resolve(service, request)
    planned = generation.plan(service, request)
    if request.get("deployment"):
        deployment.deploy(service)
    if not deployment.is_needed(service):
        planned["sources"] = sources.sources(request["workingDir"], request.get("buildFile"))
    return {"bentomlVersion": bentoml.__version__, "name": service.name, "requested": requested, **planned}


def load(request: Request) -> Any:
    from bentoml._internal.service.loader import load as load_service

    # Versions differ in whether they leave the directory changed.
    before = os.getcwd()
    try:
        return load_service(request["bento"], working_dir=request["workingDir"])
    finally:
        os.chdir(before)
