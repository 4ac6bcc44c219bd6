"""Estimators that take a prepared frame as it is: encoding is part of the model."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.utils.metaestimators import available_if

from outfold.errors import NotApplicableError, OutfoldError

Encoding = Literal["one_hot", "native"]


class OneHot:
    """Turns a prepared frame into a matrix: numbers as they are, one 0/1 column per category.

    The columns of a category follow from its type, not from the rows, so every frame of one
    preparation gives the same matrix. A missing category, which is a level that fitting never saw,
    is zero in all its columns.

    Args:
        frame: A prepared frame; only its column names and types are remembered.
        dtype: The type of the matrix.
    """

    def __init__(self, frame: pd.DataFrame, dtype: type[np.floating[Any]] = np.float64) -> None:
        self.columns = [str(c) for c in frame.columns]
        self.dtype = dtype
        self.numbers: list[int] = []
        self.levels: list[tuple[int, int, int]] = []
        self.width = 0
        for i, kind in enumerate(frame.dtypes):
            if isinstance(kind, pd.CategoricalDtype):
                self.levels.append((i, 0, len(kind.categories)))
            else:
                self.numbers.append(i)
        self.width = len(self.numbers)
        for j, (i, _, size) in enumerate(self.levels):
            self.levels[j] = (i, self.width, size)
            self.width += size

    def __call__(self, frame: pd.DataFrame) -> npt.NDArray[np.floating[Any]]:
        """The matrix of shape (n_rows, ``width``)."""
        if not self.levels:
            return frame.to_numpy(dtype=self.dtype)
        matrix = np.zeros((len(frame), self.width), dtype=self.dtype)
        if self.numbers:
            matrix[:, : len(self.numbers)] = frame.iloc[:, self.numbers].to_numpy()
        rows = np.arange(len(frame))
        for i, start, _ in self.levels:
            codes = frame.iloc[:, i].cat.codes.to_numpy()
            seen = codes >= 0
            if seen.all():
                matrix[rows, start + codes.astype(np.intp)] = 1
            else:
                matrix[rows[seen], start + codes[seen].astype(np.intp)] = 1
        return matrix

    def names(self) -> list[str]:
        """A name for each column of the matrix: ``column`` or ``column=code``."""
        found = [self.columns[i] for i in self.numbers]
        for i, _, size in self.levels:
            found += [f"{self.columns[i]}={code}" for code in range(size)]
        return found


def _inner_has(attribute: str) -> Any:
    def check(self: Encoded) -> bool:
        inner = self.estimator_ if hasattr(self, "estimator_") else self.estimator
        return hasattr(inner, attribute)

    return available_if(check)


class Encoded(BaseEstimator):  # type: ignore[misc]
    """An estimator behind the encoding that it needs.

    Args:
        estimator: What is fitted on the encoded columns.
        encoding: ``one_hot`` for a numeric matrix; ``native`` for the frame with its ``category``
            columns, renamed by position because some libraries refuse names that people use.
        single_precision: Encode as float32, which tree ensembles turn their input into anyway.
        weighs: Whether the estimator can be fitted with row weights.
    """

    def __init__(
        self,
        estimator: Any,
        encoding: Encoding = "one_hot",
        single_precision: bool = False,
        weighs: bool = True,
    ) -> None:
        self.estimator = estimator
        self.encoding = encoding
        self.single_precision = single_precision
        self.weighs = weighs

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        """Fit on a prepared frame.

        Raises:
            NotApplicableError: Row weights were given to a method that cannot use them.
            OutfoldError: There are no rows, or only one class among them.
        """
        if sample_weight is not None and not self.weighs:
            raise NotApplicableError(
                f"{type(self.estimator).__name__} cannot be fitted with row weights.",
                "Take a model that can, or leave weights out.",
            )
        y = np.asarray(y)
        if len(y) == 0:
            raise OutfoldError("There are no training rows.", "Give at least two.")
        self._check_target(y)
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        if self.encoding == "one_hot":
            self.encoder_ = OneHot(X, np.float32 if self.single_precision else np.float64)
        self.estimator_ = clone(self.estimator)
        self._fit_to_rows(len(y))
        weights = {} if sample_weight is None else {"sample_weight": np.asarray(sample_weight)}
        self.estimator_.fit(self.encode(X), y, **weights)
        return self

    def encode(self, X: pd.DataFrame) -> Any:
        """What the estimator itself is given for a prepared frame."""
        if len(X.columns) != self.n_features_in_ or any(
            a != b for a, b in zip(X.columns, self.feature_names_in_, strict=True)
        ):
            X = X[list(self.feature_names_in_)]
        if self.encoding == "one_hot":
            return self.encoder_(X)
        return X.set_axis([f"c{i}" for i in range(X.shape[1])], axis=1)

    def predict(self, X: pd.DataFrame) -> npt.NDArray[Any]:
        """The predicted class codes or values, shape (n_rows,)."""
        return self.estimator_.predict(self.encode(X))

    def _check_target(self, y: npt.NDArray[Any]) -> None:
        """Refuse a target that the kind of estimator cannot learn from."""

    def _fit_to_rows(self, count: int) -> None:
        """Lower a number of neighbours that exceeds the training rows."""
        wanted = self.estimator_.get_params(deep=False).get("n_neighbors")
        if wanted is not None and wanted > count:
            self.estimator_.set_params(n_neighbors=count)


class EncodedClassifier(ClassifierMixin, Encoded):  # type: ignore[misc]
    """A classifier behind the encoding that it needs."""

    @property
    def classes_(self) -> npt.NDArray[Any]:
        """The class codes among the training rows, in the order of the probabilities."""
        return self.estimator_.classes_

    @_inner_has("predict_proba")  # type: ignore[untyped-decorator]
    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Class probabilities, shape (n_rows, len(classes_))."""
        return np.asarray(self.estimator_.predict_proba(self.encode(X)), dtype=np.float64)

    @_inner_has("decision_function")  # type: ignore[untyped-decorator]
    def decision_function(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Scores that rise with the class, as scikit-learn's."""
        return np.asarray(self.estimator_.decision_function(self.encode(X)), dtype=np.float64)

    def _check_target(self, y: npt.NDArray[Any]) -> None:
        if (y == y[0]).all():
            raise OutfoldError(
                "All training rows are of one class, so there is nothing to tell apart.",
                "Choose a validation scheme that leaves each class among the training rows.",
            )


class EncodedRegressor(RegressorMixin, Encoded):  # type: ignore[misc]
    """A regressor behind the encoding that it needs."""
