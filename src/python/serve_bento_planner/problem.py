"""A failure that people can act on."""

from typing import Any, Dict, Optional

Args = Dict[str, str]


class PlanProblem(Exception):
    """`key`, `args` and `summary`: see src/core/messages. `facts`: other fields of a problem, such as its setting."""

    def __init__(self, code: str, key: str, args: Args, summary: Optional[str] = None, **facts: str) -> None:
        super().__init__(key)
        self.line = line(code, key, args, summary, **facts)

    def as_line(self) -> Dict[str, Any]:
        return {"type": "problem", **self.line}


def line(code: str, key: str, args: Args, summary: Optional[str] = None, **facts: str) -> Dict[str, Any]:
    said = {"code": code, "key": key, "args": args, **facts}
    return said if summary is None else {**said, "summary": summary}
