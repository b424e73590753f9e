"""A failure that people can act on."""

from typing import Any, Dict, Optional


class PlanProblem(Exception):
    def __init__(
        self,
        code: str,
        message: str,
        detail: Optional[str] = None,
        file: Optional[str] = None,
        line: Optional[int] = None,
        exception: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.file = file
        self.line = line
        self.exception = exception

    def as_line(self) -> Dict[str, Any]:
        fields = ("code", "message", "detail", "file", "line", "exception")
        found = {name: getattr(self, name) for name in fields}
        return {"type": "problem", **{name: value for name, value in found.items() if value is not None}}
