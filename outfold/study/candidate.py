"""One candidate as a single pipeline, fitted like any scikit-learn estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from outfold.registry import registry
from outfold.study.study import Candidate, Study


class Pipeline:
    """A candidate's steps in order: prepare, select, resample, fit.

    It does with one training set what the steps of a plan do with each split, and is what an
    artifact holds after a refit on all rows.

    Args:
        study: The study that the candidate belongs to.
        candidate: The combination.
    """

    def __init__(self, study: Study, candidate: Candidate) -> None:
        self.study, self.candidate = study, candidate

    def fit(
        self, frame: pd.DataFrame, target: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> Pipeline:
        """Fit every step on these rows alone.

        Args:
            frame: Feature columns as read, shape (n_rows, n_features).
            target: Class codes or values, shape (n_rows,).
            sample_weight: Row weights, shape (n_rows,), or None.
        """
        self.preparation = self._build("preparation")
        x = self.preparation.fit_transform(frame, target).reset_index(drop=True)
        self.selector = self._build("selector").fit(x, target)
        x, weight = self.selector.transform(x), sample_weight
        sampler = self._build("resampler")
        if hasattr(sampler, "sample_weight"):
            balance = sampler.sample_weight(target)
            weight = balance if weight is None else weight * balance
        elif self.candidate.resampler.key != "none":
            x, target = sampler.fit_resample(x, target)
        self.model = self._build("model")
        self.model.fit(x, target, **({} if weight is None else {"sample_weight": weight}))
        return self

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows as the model sees them."""
        return self.selector.transform(self.preparation.transform(frame))

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Class codes or values, shape (n_rows,)."""
        return np.asarray(self.model.predict(self.transform(frame)))

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """Class probabilities in the order of the model's classes, shape (n_rows, K)."""
        return np.asarray(self.model.predict_proba(self.transform(frame)))

    def _build(self, kind: Any) -> Any:
        choice = {
            "preparation": self.study.preparation,
            "selector": self.candidate.selector,
            "resampler": self.candidate.resampler,
            "model": self.candidate.model,
        }[kind]
        strategy = registry(kind)[choice.key]
        params = strategy.complete(dict(choice.params))
        return strategy.build(task=self.study.task, seed=self.study.seed, **params)
