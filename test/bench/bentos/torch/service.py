"""Three services that compute with torch: Search asks Embedder for a vector and Ranker for the order."""

from __future__ import annotations

from typing import List

import bentoml
import torch


@bentoml.service
class Embedder:
    @bentoml.api
    def embed(self, values: List[float]) -> List[float]:
        return torch.nn.functional.normalize(torch.tensor(values), dim=0).tolist()


@bentoml.service
class Ranker:
    @bentoml.api
    def rank(self, values: List[float]) -> List[int]:
        return torch.tensor(values).argsort(descending=True).tolist()


@bentoml.service
class Search:
    embedder = bentoml.depends(Embedder)
    ranker = bentoml.depends(Ranker)

    @bentoml.api
    def search(self, values: List[float]) -> List[int]:
        return self.ranker.rank(values=self.embedder.embed(values=values))
