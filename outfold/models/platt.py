"""Probabilities for classifiers that only have scores: a sigmoid fitted on rows held out."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from outfold.errors import OutfoldError


class Platt(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose scores are turned into probabilities by Platt's sigmoid.

    The sigmoid is fitted on scores for training rows that the classifier had not seen, by inner
    folds; the classifier itself is then fitted on all training rows. With more than two classes
    there is one sigmoid per class, and the probabilities are made to sum to 1.

    Args:
        estimator: A classifier with ``decision_function``.
        folds: Inner folds; lowered to the rows of the rarest class where that has fewer.
        seed: Seeds the inner folds.

    Source: Platt 1999, Probabilistic outputs for support vector machines.
    """

    def __init__(self, estimator: Any, folds: int = 3, seed: int = 0) -> None:
        self.estimator = estimator
        self.folds = folds
        self.seed = seed

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit the classifier and the sigmoid.

        Raises:
            OutfoldError: A class has one row only, so it cannot be held out.
        """
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.model_selection import StratifiedKFold

        rarest = int(np.unique(y, return_counts=True)[1].min())
        if rarest < 2:
            raise OutfoldError(
                "A class has a single training row, so no row of it can be held out to turn "
                "scores into probabilities.",
                "Merge or leave out the rarest classes, or take another model.",
            )
        inner = StratifiedKFold(min(self.folds, rarest), shuffle=True, random_state=self.seed)
        self.calibrated_ = CalibratedClassifierCV(
            clone(self.estimator), method="sigmoid", cv=inner, ensemble=False
        )
        self.calibrated_.fit(X, y, sample_weight=sample_weight)
        self.classes_ = self.calibrated_.classes_
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """Class probabilities, shape (n_rows, n_classes)."""
        return self.calibrated_.predict_proba(X)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each row, shape (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
