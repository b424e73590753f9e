"""A search service of three classes: Search asks Embedder for vectors and Ranker for the order."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Dict, List

import bentoml

DOCUMENTS = [
    "a bento is a boxed lunch of rice and fish",
    "a model server answers requests with predictions",
    "green tea goes well with rice",
    "a supervisor restarts what has crashed",
]

Vector = Dict[str, float]


@bentoml.service
class Embedder:
    """Turns a text into a vector of unit length: one number for each of its words."""

    @bentoml.api
    def embed(self, texts: List[str]) -> List[Vector]:
        return [unit_vector(text) for text in texts]


@bentoml.service
class Ranker:
    """Scores vectors by their cosine similarity to the query's vector."""

    @bentoml.api
    def rank(self, query: Vector, candidates: List[Vector]) -> List[float]:
        return [round(cosine(query, candidate), 4) for candidate in candidates]


@bentoml.service
class Search:
    """The entry: what people call."""

    embedder = bentoml.depends(Embedder)
    ranker = bentoml.depends(Ranker)

    @bentoml.api
    def search(self, query: str, limit: int = 1) -> List[Dict[str, object]]:
        """Returns the best documents for the query, each with its score, best first."""
        asked, *candidates = self.embedder.embed(texts=[query, *DOCUMENTS])
        scores = self.ranker.rank(query=asked, candidates=candidates)
        best = sorted(zip(scores, DOCUMENTS), reverse=True)[:limit]
        print(f"searched for {query!r}: best score {best[0][0] if best else None}")
        return [{"document": document, "score": score} for score, document in best]


def unit_vector(text: str) -> Vector:
    counts = Counter(re.findall(r"\w+", text.lower()))
    length = math.sqrt(sum(count * count for count in counts.values()))
    return {word: count / length for word, count in counts.items()}


def cosine(one: Vector, other: Vector) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
