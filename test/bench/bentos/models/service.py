"""Services whose models are trained when they start, with two and with four workers."""

from __future__ import annotations

from typing import Dict, List

import bentoml
import numpy as np
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

VERSION = "version 000"


class Models:
    def __init__(self) -> None:
        points = np.random.default_rng(0).normal(size=(200, 4))
        above = (points.sum(axis=1) > 0).astype(int)
        self.linear = LogisticRegression().fit(points, above)
        self.trees = XGBClassifier(n_estimators=10, n_jobs=1).fit(points, above)

    def answer(self, point: List[float]) -> Dict[str, object]:
        votes = [int(model.predict([point])[0]) for model in (self.linear, self.trees)]
        return {"votes": votes, "version": VERSION}


@bentoml.service(workers=2)
class Two(Models):
    @bentoml.api
    def predict(self, point: List[float]) -> Dict[str, object]:
        return self.answer(point)


@bentoml.service(workers=4)
class Four(Models):
    @bentoml.api
    def predict(self, point: List[float]) -> Dict[str, object]:
        return self.answer(point)
