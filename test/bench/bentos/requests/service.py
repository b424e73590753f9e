"""What clients ask for: a small answer, one of another service, a large body, a stream."""

from __future__ import annotations

from typing import Generator

import bentoml


@bentoml.service
class Inner:
    @bentoml.api
    def double(self, number: int) -> int:
        return 2 * number


@bentoml.service
class Outer:
    inner = bentoml.depends(Inner)

    @bentoml.api
    def small(self, number: int) -> int:
        return number + 1

    @bentoml.api
    def nested(self, number: int) -> int:
        return self.inner.double(number=number)

    @bentoml.api
    def large(self, text: str) -> int:
        return len(text)

    @bentoml.api
    def stream(self, pieces: int) -> Generator[str, None, None]:
        for number in range(pieces):
            yield "piece %d\n" % number
