"""Out-of-fold deviance puts every candidate on one scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import d2_log_loss_score, log_loss, mean_poisson_deviance

from outfold.draw.candidate_deviance import candidate_deviance
from outfold.judge.candidate_deviance import candidate_deviances
from outfold.judge.glm import fit_glm
from outfold.study.results import Predictions
from outfold.study.study import BASELINE, Candidate, Choice
from outfold.task import Task
from tests.reference.cases import table

RNG = np.random.default_rng(5)
LOGISTIC = Candidate(Choice("none"), Choice("none"), Choice("logistic"))


def predictions(task: Task, truth: np.ndarray, candidate: Candidate, **more: Any) -> Predictions:
    fields: dict[str, Any] = {
        "candidate": candidate, "task": task, "classes": (), "positive": 1,
        "rows": np.arange(len(truth)), "split": np.zeros(len(truth), dtype=int), "truth": truth,
        "probability": None, "score": None, "value": None, "weight": None,
        "null": np.full(len(truth), truth.mean()), "train_sizes": (len(truth),),
    }  # fmt: skip
    return Predictions(**{**fields, **more})


def test_binomial_deviance_is_twice_the_log_loss() -> None:
    """And D² is scikit-learn's, where the null shares are those of the same rows."""
    y = RNG.integers(0, 2, 200)
    p = np.clip(0.5 + 0.3 * (y - 0.5) + RNG.normal(0, 0.1, 200), 0.05, 0.95)
    shares = np.tile([1 - y.mean(), y.mean()], (200, 1))
    both = np.column_stack([1 - p, p])
    found = candidate_deviances(
        [predictions("binary", y, LOGISTIC, probability=both, null=shares)]
    ).rows[0]
    assert found.deviance == pytest.approx(2 * log_loss(y, p))
    assert found.d2 == pytest.approx(d2_log_loss_score(y, p))


def test_a_poisson_glm_has_its_own_deviance() -> None:
    """A GLM's fitted means give the deviance that the GLM reports."""
    frame = table("warpbreaks.csv")
    fit = fit_glm(frame, "breaks ~ wool", "poisson")
    y = frame["breaks"].to_numpy(dtype=float)
    found = candidate_deviances([predictions("count", y, LOGISTIC, value=fit.mu)]).rows[0]
    assert found.deviance * len(y) == pytest.approx(fit.residual_deviance)
    assert found.null_deviance * len(y) == pytest.approx(fit.null_deviance)
    assert found.d2 == pytest.approx(fit.d2)
    assert found.deviance == pytest.approx(mean_poisson_deviance(y, fit.mu))


def test_predictions_at_a_bound_are_clipped_and_counted() -> None:
    """A certain and wrong prediction is dear, not infinite."""
    y = np.array([0, 1, 1, 0])
    sure = np.array([[0.0, 1.0], [0.2, 0.8], [0.4, 0.6], [0.9, 0.1]])
    found = candidate_deviances(
        [predictions("binary", y, LOGISTIC, probability=sure, null=np.full((4, 2), 0.5))]
    ).rows[0]
    assert found.clipped == 1
    assert math.isfinite(found.deviance)
    assert found.d2 < 0


def test_candidates_are_ordered_and_those_without_probabilities_come_last() -> None:
    """Least deviance first; a reason where there is none."""
    y = RNG.integers(0, 2, 100)
    null = np.full((100, 2), 0.5)
    good = np.column_stack([0.9 - 0.8 * y, 0.1 + 0.8 * y])
    scale = candidate_deviances(
        [
            predictions("binary", y, Candidate(Choice("none"), Choice("none"), Choice("svm_rbf")),
                        score=RNG.normal(size=100), null=null),
            predictions("binary", y, BASELINE, probability=null, null=null),
            predictions("binary", y, LOGISTIC, probability=good, null=null),
        ]
    )  # fmt: skip
    assert [r.model for r in scale.rows] == ["logistic", "dummy", "svm_rbf"]
    assert scale.rows[1].d2 == pytest.approx(0)
    assert "no probabilities" in scale.rows[2].reason
    figure = candidate_deviance(scale)
    assert len(figure.data[0].x) == 2
    assert "of the null deviance out of fold" in figure.layout.title.text
