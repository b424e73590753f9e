"""A failure that people can act on."""

from typing import Any, Dict


class PlanProblem(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def as_line(self) -> Dict[str, Any]:
        return {"type": "problem", "code": self.code, "message": self.message}
