"""Metrics that weigh one mistake more than another, averages over classes, and shares on top."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.metrics.catalogue import catalogue
from outfold.metrics.metric import Scored
from tests.engine.metrics.test_metrics import binary, multiclass


def value(key: str, scored: Scored) -> float:
    return catalogue()[key].compute(scored)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("key", "beta"), [("f2", 2.0), ("f05", 0.5)])
def test_f_beta_is_scikit_learns(key: str, beta: float, weighted: bool):
    """Whichever class is positive."""
    for positive in (0, 1):
        scored = binary(weighted=weighted, positive=positive)
        expected = sk.fbeta_score(
            scored.truth, scored.predicted(), beta=beta, pos_label=positive,
            sample_weight=scored.weight,
        )  # fmt: skip
        assert value(key, scored) == pytest.approx(expected)


@pytest.mark.parametrize("weighted", [False, True])
def test_averages_over_classes_are_scikit_learns(weighted: bool):
    """Weighted one against the rest, and weighted precision; pairs where it has no weights."""
    scored = multiclass(weighted=weighted)
    assert value("precision_weighted", scored) == pytest.approx(
        sk.precision_score(scored.truth, scored.predicted(), average="weighted",
                           sample_weight=scored.weight, zero_division=0)
    )  # fmt: skip
    assert value("roc_auc_weighted", scored) == pytest.approx(
        sk.roc_auc_score(scored.truth, scored.probability, multi_class="ovr", average="weighted",
                         sample_weight=scored.weight)
    )  # fmt: skip
    if not weighted:
        assert value("roc_auc_pairs", scored) == pytest.approx(
            sk.roc_auc_score(scored.truth, scored.probability, multi_class="ovo")
        )


def test_micro_averages_are_the_accuracy():
    """As the summary of accuracy says."""
    scored = multiclass()
    for figure in (sk.precision_score, sk.recall_score, sk.f1_score):
        micro = figure(scored.truth, scored.predicted(), average="micro")
        assert value("accuracy", scored) == pytest.approx(micro)
    assert "micro" in catalogue()["accuracy"].summary


def test_gain_and_lift_count_the_tenth_on_top():
    """By hand without ties; with ties the mean over drawing the tied rows by lot."""
    rng = np.random.default_rng(1)
    p = rng.permutation(200) / 200
    y = (rng.uniform(size=200) < p).astype(int)
    scored = Scored("binary", y, np.column_stack([1 - p, p]))
    top = np.argsort(-p)[:20]
    assert value("gain_10", scored) == pytest.approx(y[top].sum() / y.sum())
    assert value("lift_10", scored) == pytest.approx(y[top].mean() / y.mean())
    flat = Scored("binary", y, np.full((200, 2), 0.5))
    assert value("gain_10", flat) == pytest.approx(0.1)
    assert value("lift_10", flat) == pytest.approx(1)
    assert np.isnan(value("lift_10", dataclasses.replace(scored, truth=np.zeros(200, dtype=int))))


@pytest.mark.parametrize(("key", "level"), [("pinball_10", 0.1), ("pinball_90", 0.9)])
def test_pinball_is_scikit_learns(key: str, level: float):
    """With weights and without; its parts are its rows."""
    rng = np.random.default_rng(2)
    y, m, w = rng.normal(size=100), rng.normal(size=100), rng.uniform(1, 2, 100)
    for weight in (None, w):
        scored = Scored("regression", y, value=m, weight=weight)
        expected = sk.mean_pinball_loss(y, m, alpha=level, sample_weight=weight)
        assert value(key, scored) == pytest.approx(expected)
        parts = catalogue()[key].parts
        assert parts is not None
        assert np.average(parts.of(scored), weights=weight) == pytest.approx(expected)
