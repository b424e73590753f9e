"""The settings `runners.<name>` against the names that a bento has."""

from typing import Any, Dict, Iterable

from .problem import PlanProblem


def check_runner_names(request: Dict[str, Any], service: str, names: Iterable[str], word: str) -> None:
    known = list(names)
    unknown = [name for name in request.get("runners", {}) if name not in known]
    if not unknown:
        return
    there = "it has {}".format(", ".join(known)) if known else "it has none"
    raise PlanProblem(
        "unknown-runner",
        "{} has no {} named {}, which serveBento.runners configures; {}: correct the name in the settings.".format(
            service, word, " or ".join(unknown), there
        ),
        setting="serveBento.runners",
    )
