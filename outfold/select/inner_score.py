"""How well a set of columns predicts rows that inner folds hold out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from outfold.registry import Param
from outfold.select.columns import Floats, Ints
from outfold.select.encode import Encoded
from outfold.select.linear_model import as_response, fit_quietly, losses
from outfold.select.sampling import inner_folds
from outfold.task import Task, is_classification

Wrapped = Literal["linear", "tree", "knn"]

MODEL = Param(
    key="model",
    label="Inner model",
    kind="choice",
    default="linear",
    choices=("linear", "tree", "knn"),
    help="The quick model that judges a set of columns: logistic or ridge, a small tree, or near "
    "rows.",
)

FOLDS = 3


def make(kind: str, task: Task, seed: int) -> Any:
    """The quick model of a kind."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    by_class = is_classification(task)
    if kind == "linear":
        return LogisticRegression(max_iter=200, tol=1e-3) if by_class else Ridge()
    if kind == "tree":
        tree = DecisionTreeClassifier if by_class else DecisionTreeRegressor
        return tree(max_depth=4, min_samples_leaf=10, random_state=seed)
    near = KNeighborsClassifier if by_class else KNeighborsRegressor
    return near(n_neighbors=25)


class InnerScore:
    """R² of a set of source columns over inner folds, remembered for each set.

    R² is 1 less the ratio of the model's squared error to that of the training mean, for classes
    the squared error of the predicted probabilities (the Brier skill score): 1 is perfect, 0 is no
    better than the mean, below 0 is worse.

    Attributes:
        fits: Models fitted so far.
    """

    def __init__(
        self, encoded: Encoded, target: Ints | Floats, task: Task, kind: str, seed: int
    ) -> None:
        self._encoded = encoded
        self._response = as_response(target, task)
        self._task = task
        self._kind = kind
        self._seed = seed
        self._folds = inner_folds(target, task, FOLDS, seed)
        self._known: dict[frozenset[int], Floats] = {frozenset(): np.zeros(FOLDS)}
        self.fits = 0

    def by_fold(self, members: Iterable[int]) -> Floats:
        """R² of each inner fold, ``(FOLDS,)``."""
        subset = frozenset(members)
        if subset not in self._known:
            matrix = self._encoded.of(sorted(subset))
            found = []
            for train, test in self._folds:
                model = make(self._kind, self._task, self._seed)
                if self._kind == "knn":
                    model.set_params(n_neighbors=min(25, len(train)))
                fit_quietly(model, matrix[train], self._response[train])
                self.fits += 1
                loss, null = losses(
                    model,
                    (matrix[train], self._response[train]),
                    (matrix[test], self._response[test]),
                    self._task,
                )
                found.append(1.0 - loss / null if null > 0 else 0.0)
            self._known[subset] = np.array(found)
        return self._known[subset]

    def __call__(self, members: Iterable[int]) -> float:
        """Mean R² over the inner folds."""
        return float(self.by_fold(members).mean())
