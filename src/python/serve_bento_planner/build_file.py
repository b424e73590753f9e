"""The build file that a bento is served by: beside the service it names arguments (1.4.8 and later) and model aliases."""

import os
from typing import Any, Dict, Iterator, List

from . import arguments
from .problem import PlanProblem


def applied(request: Dict[str, Any]) -> Dict[str, Any]:
    """The request with what BentoML is given to serve: the folder, when it then reads this build file by itself.

    BentoML's workers read the build file again only when they are given the folder. Else they are given the service,
    and our worker.py sets in them what is read here.
    """
    build_file = request.get("buildFile")
    if build_file is None:
        return request
    folder = request["workingDir"]
    before = arguments.current()
    if build_file in [os.path.join(folder, name) for name in names()] and build_file in read_by_bentoml(folder):
        return {**request, "bento": "."}
    # Those of another build file.
    arguments.replace(before)
    config = read(build_file)
    values = {"args": getattr(config, "args", None) or {}, "aliases": dict(getattr(config, "model_aliases", {}))}
    set_values(values)
    return {**request, "buildFileValues": values} if any(values.values()) else request


def set_values(values: Dict[str, Any]) -> None:
    """What a build file gives to the service's code. Arguments that are set already win."""
    from bentoml._internal.configuration.containers import BentoMLContainer

    if values["args"]:
        arguments.replace({**values["args"], **arguments.current()})
    if values["aliases"]:
        provider = BentoMLContainer.model_aliases
        provider.set(values["aliases"])
        # When BentoML 1.3 imports a class service, it sets those of the build file that it finds in the folder.
        provider.set = lambda _: None


def read_by_bentoml(folder: str) -> List[str]:
    """The build files that `bentoml serve FOLDER` serves by."""
    files = [path for path in (os.path.join(folder, name) for name in names()) if os.path.isfile(path)]
    if passes_over():
        for path in files:
            if read(path).service:
                break
        return files
    # The first one has to name the service.
    return [path for path in files[:1] if read(path).service]


def names() -> List[str]:
    """The file names that this BentoML knows; pyproject.toml since 1.2."""
    from bentoml._internal.bento import bento

    known = getattr(bento, "DEFAULT_BENTO_BUILD_FILES", None)
    return [bento.DEFAULT_BENTO_BUILD_FILE] if known is None else list(known)


def passes_over() -> bool:
    """Since 1.4 a build file without a service is passed over, and service.py is served where there is no other."""
    try:
        from bentoml._internal.utils.args import set_arguments  # noqa: F401
    except ImportError:
        return False
    return True


def read(path: str) -> Any:
    """As BentoML reads it, which sets the arguments that are not set yet."""
    from bentoml._internal.bento.build_config import BentoBuildConfig

    try:
        if hasattr(BentoBuildConfig, "from_file"):
            return BentoBuildConfig.from_file(path)
        with open(path, encoding="utf-8") as file:
            return BentoBuildConfig.from_yaml(file)
    except Exception as error:
        raise refused(path, error) from error


def refused(path: str, error: Exception) -> PlanProblem:
    import bentoml

    reason = "; ".join(dict.fromkeys(reasons(error)))
    args = {"version": bentoml.__version__, "name": os.path.basename(path), "reason": reason}
    return PlanProblem("import-failed", "buildFileRefused", args, "buildFileRefusedSummary", file=path)


def reasons(error: BaseException) -> Iterator[str]:
    """A group of errors says in its members what is wrong."""
    members = getattr(error, "exceptions", None)
    if members:
        for member in members:
            yield from reasons(member)
    else:
        yield " ".join(str(error).split()).rstrip(".") or type(error).__name__
