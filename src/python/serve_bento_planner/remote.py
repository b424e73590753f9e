"""Runners and dependency services that run elsewhere: they are called and watched, not started."""

from typing import Any, Dict, Optional

from .problem import PlanProblem
from .text import escape


def address(request: Dict[str, Any], name: str) -> Optional[str]:
    found: Optional[str] = request.get("runners", {}).get(name, {}).get("remote")
    return found


def tcp(name: str, elsewhere: str) -> str:
    return "tcp://" + authority(name, elsewhere)


def authority(name: str, elsewhere: str) -> str:
    scheme, rest = elsewhere.split("://", 1)
    if scheme != "tcp":
        raise PlanProblem("settings", "remoteNotTcp", {"name": name, "address": elsewhere}, setting="serveBento.runners")
    return escape(rest)


def planned(component: str, kind: str, name: str, elsewhere: str, probes: Dict[str, str]) -> Dict[str, Any]:
    return {
        "id": component,
        "kind": kind,
        "name": name,
        "dependsOn": [],
        "processes": [],
        "probes": probes,
        "command": [],
        "commandEnv": {},
        "remote": elsewhere,
    }
