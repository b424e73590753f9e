"""The settings `runners.<name>` against the names that a bento has."""

from typing import Any, Dict, Iterable

from .problem import PlanProblem


def check_runner_names(request: Dict[str, Any], service: str, names: Iterable[str], word: str) -> None:
    known = list(names)
    unknown = [name for name in request.get("runners", {}) if name not in known]
    if not unknown:
        return
    args = {"service": service, "names": ", ".join(unknown)}
    key = "runnerUnknown" if word == "runner" else "dependencyUnknown"
    if known:
        raise PlanProblem("unknown-runner", key, {**args, "known": ", ".join(known)}, setting="serveBento.runners")
    raise PlanProblem("unknown-runner", key + "OfNone", args, setting="serveBento.runners")
