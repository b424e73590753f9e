"""A failure that people can act on."""

from typing import Any, Dict


class PlanProblem(Exception):
    """`facts`: other fields of `Problem` in src/core/model.ts, such as the setting to change."""

    def __init__(self, code: str, message: str, **facts: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.facts = facts

    def as_line(self) -> Dict[str, Any]:
        return {"type": "problem", "code": self.code, "message": self.message, **self.facts}
