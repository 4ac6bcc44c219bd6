"""The transformer that every selector builds: one scoring function behind scikit-learn's face."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from outfold.data.schema import source_of
from outfold.errors import NotApplicableError
from outfold.select.ranking import ByRank, Ranking
from outfold.select.selection import Selection
from outfold.task import Task


@contextmanager
def _looking_at(X: pd.DataFrame) -> Iterator[None]:
    """Surrounds what is learnt from a prepared frame."""
    if X.shape[1] == 0:
        raise NotApplicableError(
            "There is no feature column to select from.",
            "Give at least one column the role feature.",
        )
    # Small matrix products on many threads are slower than on one, the more so beside others.
    with threadpool_limits(limits=1):
        yield


class Selector(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the columns that a scoring function chooses on the rows it is fitted on.

    Args:
        choose: Called as ``choose(X, y, task=…, seed=…, **params)``, returns a ``Selection``; a
            ``ranking.ByRank`` where the selection is a cut of a ranking.
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
        with _looking_at(X):
            self.selection_ = self.choose(
                X, y, task=self.task, seed=self.seed, **(self.params or {})
            )
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def rank_columns(self, X: pd.DataFrame, y: Any, params: Mapping[str, Any]) -> Ranking:
        """The ranking of training rows that selections with other cuts share.

        Args:
            X: A prepared frame.
            y: The target.
            params: What the ranking depends on, see ``registry.Ranks.before``.

        Raises:
            NotApplicableError: There is no column, or the target does not vary.
        """
        with _looking_at(X):
            return self._by_rank.rank(X, y, task=self.task, seed=self.seed, **params)

    def cut_ranking(self, ranking: Ranking) -> Selection:
        """What ``fit`` would choose on the rows of a ranking."""
        return self._by_rank.cut_by(ranking, self.params or {})

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """The strategy's own functions that ``fit`` calls."""
        by = self.choose
        return (by.rank, by.cut) if isinstance(by, ByRank) else (by,)

    @property
    def _by_rank(self) -> ByRank:
        if not isinstance(self.choose, ByRank):
            raise TypeError(f"{self.choose} cuts no ranking")
        return self.choose

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
