"""Ensembles whose every member is fitted on rows drawn to balance the classes."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.errors import OutfoldError
from outfold.models.encoding import EncodedClassifier, Encoding


class LessCommon:
    """The rows that each class has in a member, counted on the rows that the member draws from.

    Args:
        ratio: Rows of the rarest class over those of each commoner one.
    """

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def __call__(self, y: Any) -> dict[int, int]:
        """Rows by class code."""
        codes, counts = np.unique(y, return_counts=True)
        goals = np.minimum(counts, max(1, round(int(counts.min()) / self.ratio)))
        return dict(zip(codes.tolist(), goals.tolist(), strict=True))


class Balanced(EncodedClassifier):
    """An ensemble of imbalanced-learn behind the encoding that it needs.

    After ``fit``, ``class_shares_`` holds the share of each class among the rows that a member was
    fitted on, in the order of ``classes_``: what its probabilities are biased by.

    Args:
        estimator: The ensemble; its ``sampling_strategy`` is set by the ratio.
        encoding: As of ``Encoded``.
        single_precision: As of ``Encoded``.
        weighs: As of ``Encoded``.
        ratio: Rows of the rarest class over those of each commoner one in every member; 1 leaves
            the ensemble as it is, with as many rows of each class.
    """

    def __init__(
        self,
        estimator: Any,
        encoding: Encoding = "one_hot",
        single_precision: bool = False,
        weighs: bool = True,
        ratio: float = 1.0,
    ) -> None:
        super().__init__(estimator, encoding, single_precision, weighs)
        self.ratio = ratio

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        """Fit on a prepared frame.

        Raises:
            NotApplicableError: Row weights were given to a method that cannot use them.
            OutfoldError: There is nothing that the ensemble could learn from these rows.
        """
        try:
            super().fit(X, y, sample_weight)
        except ValueError as error:
            if "worse than random" not in str(error):
                raise
            raise OutfoldError(
                "The first tree is no better than chance on these rows, so there is nothing to "
                "boost.",
                "Take deeper trees, other features, or a balanced random forest.",
            ) from None
        goals = np.array(list(LessCommon(self.ratio)(np.asarray(y)).values()), dtype=np.float64)
        self.class_shares_: npt.NDArray[np.float64] = goals / goals.sum()
        return self

    def _fit_to_rows(self, count: int) -> None:
        if self.ratio != 1.0:
            self.estimator_.set_params(sampling_strategy=LessCommon(self.ratio))
