"""The transformer that every selector builds: one scoring function behind scikit-learn's face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from outfold.data.schema import source_of
from outfold.errors import NotApplicableError
from outfold.select.selection import Selection
from outfold.task import Task


class Selector(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the columns that a scoring function chooses on the rows it is fitted on.

    Args:
        choose: Called as ``choose(X, y, task=…, seed=…, **params)``, returns a ``Selection``.
        task: What is predicted.
        seed: The seed of everything random in ``choose``.
        params: The strategy's own parameters.

    Attributes:
        selection_: What was found.
        feature_names_in_: The prepared columns seen in fitting.
    """

    selection_: Selection

    def __init__(
        self,
        choose: Callable[..., Selection],
        task: Task,
        seed: int = 0,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        self.choose = choose
        self.task = task
        self.seed = seed
        self.params = params

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Choose columns from training rows.

        Raises:
            NotApplicableError: There is no column, or the target does not vary.
        """
        if X.shape[1] == 0:
            raise NotApplicableError(
                "There is no feature column to select from.",
                "Give at least one column the role feature.",
            )
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        # Small matrix products on many threads are slower than on one, the more so beside others.
        with threadpool_limits(limits=1):
            self.selection_ = self.choose(
                X, y, task=self.task, seed=self.seed, **(self.params or {})
            )
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The kept columns in the frame's own order, with its index."""
        check_is_fitted(self, "selection_")
        kept = set(self.selection_.selected)
        return X.loc[:, [source_of(str(c)) in kept for c in X.columns]]

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """The prepared columns that ``transform`` keeps."""
        check_is_fitted(self, "selection_")
        kept = set(self.selection_.selected)
        return np.asarray(
            [c for c in self.feature_names_in_ if source_of(str(c)) in kept], dtype=object
        )
