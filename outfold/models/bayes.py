"""Naive Bayes over numbers, truth values and categories together."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logsumexp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB

Floats = npt.NDArray[np.float64]


class MixedNaiveBayes(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Naive Bayes: a normal distribution per number, a table of shares per category.

    Numeric columns that are only ever 0 or 1 in fitting count as categories. A missing category,
    which is a level that fitting never saw, says nothing about the class.

    Args:
        smoothing: Rows added to each level of a category before shares are taken (Laplace: 1).
        var_smoothing: Share of the largest variance that is added to all, for stability.
    """

    def __init__(self, smoothing: float = 1.0, var_smoothing: float = 1e-9) -> None:
        self.smoothing = smoothing
        self.var_smoothing = var_smoothing

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        """Fit on a prepared frame."""
        y = np.asarray(y)
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, float)
        self.classes_, places = np.unique(y, return_inverse=True)
        count = len(self.classes_)
        totals = np.bincount(places, weights=weight, minlength=count)
        self.log_prior_ = np.log(np.maximum(totals, np.finfo(float).tiny) / totals.sum())
        categories = [isinstance(d, pd.CategoricalDtype) for d in X.dtypes]
        numbers = np.flatnonzero(~np.array(categories))
        matrix = X.iloc[:, numbers].to_numpy(dtype=np.float64)
        binary = ((matrix == 0) | (matrix == 1)).all(axis=0)
        self.numbers_ = numbers[~binary].tolist()
        self.levels_ = {int(i): 2 for i in numbers[binary]}
        self.levels_ |= {
            i: len(X.dtypes.iloc[i].categories) for i in np.flatnonzero(categories).tolist()
        }
        self.gaussian_ = None
        if self.numbers_:
            self.gaussian_ = GaussianNB(var_smoothing=self.var_smoothing)
            self.gaussian_.fit(matrix[:, ~binary], y, sample_weight=sample_weight)
        self.tables_: dict[int, Floats] = {}
        for i, size in self.levels_.items():
            codes = self._codes(X, i)
            seen = codes >= 0
            cells = np.bincount(
                places[seen] * size + codes[seen], weights=weight[seen], minlength=count * size
            )
            smoothed = cells.reshape(count, size) + self.smoothing
            self.tables_[i] = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Class probabilities, shape (n_rows, n_classes)."""
        joint = np.tile(self.log_prior_, (len(X), 1))
        if self.gaussian_ is not None:
            matrix = X.iloc[:, self.numbers_].to_numpy(dtype=np.float64)
            # scikit-learn's joint value holds its own log prior, which is counted once.
            joint = self.gaussian_.predict_joint_log_proba(matrix)
        for i, table in self.tables_.items():
            codes = self._codes(X, i)
            seen = codes >= 0
            joint[seen] += table[:, codes[seen]].T
        return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """The most probable class of each row, shape (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _codes(self, X: pd.DataFrame, position: int) -> npt.NDArray[np.intp]:
        column = X.iloc[:, position]
        if isinstance(column.dtype, pd.CategoricalDtype):
            return column.cat.codes.to_numpy().astype(np.intp)
        # A number between, from an imputed or synthetic row, goes to the nearer of 0 and 1.
        return (column.to_numpy(dtype=np.float64) > 0.5).astype(np.intp)
