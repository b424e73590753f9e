"""The reply to a command that is not known when the command returns."""

from typing import Any, Callable, Mapping, Optional

# Returns the reply, or raises the reason why there is none.
Outcome = Callable[[], Mapping[str, Any]]
Answer = Callable[[Outcome], None]


class Deferred:
    def __init__(self) -> None:
        self._outcome: Optional[Outcome] = None
        self._answer: Optional[Answer] = None

    def on_settled(self, answer: Answer) -> None:
        self._answer = answer
        if self._outcome is not None:
            answer(self._outcome)

    def settle(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if self._answer is not None:
            self._answer(outcome)
