"""One candidate as a single scikit-learn compatible pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone

from outfold.errors import NotApplicableError
from outfold.registry import Kind, Strategy, registry
from outfold.study.study import Candidate, Choice, Study


class Balanced(BaseEstimator):  # type: ignore[misc]
    """A model fitted with weights that a resampler gives instead of changing the rows.

    Args:
        model: The model; its ``fit`` takes ``sample_weight``.
        weigher: An object with ``sample_weight(y)``.
    """

    def __init__(self, model: Any, weigher: Any) -> None:
        self.model, self.weigher = model, weigher

    def fit(
        self, X: pd.DataFrame, y: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> Balanced:
        """Fit the model, weights multiplied."""
        weight = self.weigher.sample_weight(y)
        if sample_weight is not None:
            weight = weight * sample_weight
        self.model_ = clone(self.model).fit(X, y, sample_weight=weight)
        return self

    def __sklearn_tags__(self) -> Any:
        # Without them scikit-learn takes a classifier for something else, and its scorers fail.
        return self.model.__sklearn_tags__()

    def __getattr__(self, name: str) -> Any:
        # Whatever else a model can do is the fitted model's own.
        if name.startswith("__") or "model_" not in vars(self):
            raise AttributeError(name)
        return getattr(vars(self)["model_"], name)


def build(kind: Kind, choice: Choice, study: Study) -> Any:
    """The estimator of one choice, parameters complete and checked."""
    strategy: Strategy = registry(kind)[choice.key]
    return strategy.build(
        task=study.task, seed=study.seed, **strategy.complete(dict(choice.params))
    )


def chained(name: str, estimators: Sequence[Any]) -> list[tuple[str, Any]]:
    """The steps of a pipeline that do one thing after another: ``select``, ``select_2``."""
    return [(f"{name}_{i + 1}" if i else name, e) for i, e in enumerate(estimators)]


def pipeline(study: Study, candidate: Candidate) -> Any:
    """A candidate as an imbalanced-learn ``Pipeline``: prepare, select, resample, model.

    It does with one training set what the steps of a plan do with each split. ``fit`` takes the
    feature columns as they were read and the target as codes or values.

    Raises:
        NotApplicableError: The resampler weighs rows, and the model cannot take weights.
    """
    from imblearn.pipeline import Pipeline

    sampler = build("resampler", candidate.resampler, study)
    model = build("model", candidate.model, study)
    steps: list[tuple[str, Any]] = [
        ("prepare", build("preparation", study.preparation, study)),
        *chained("select", [build("selector", s, study) for s in candidate.selector.links]),
    ]
    if hasattr(sampler, "sample_weight"):
        if not registry("model")[candidate.model.key].weightable:
            raise NotApplicableError(
                f"{registry('model')[candidate.model.key].label} cannot weigh rows.",
                "Take a resampler that changes the rows.",
            )
        model = Balanced(model, sampler)
    elif candidate.resampler.key != "none":
        steps.append(("resample", sampler))
    return Pipeline([*steps, ("model", model)])
