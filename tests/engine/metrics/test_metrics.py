"""Metrics equal scikit-learn's where it has them, say when they are undefined, and are quick."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from sklearn import metrics as sk

from outfold.errors import UnknownNameError
from outfold.metrics.catalogue import catalogue, default_metric, metric_named, metrics_for
from outfold.metrics.metric import Scored
from outfold.task import TASKS

BINARY_LABEL = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "f1": sk.f1_score,
    "precision": sk.precision_score,
    "recall": sk.recall_score,
    "mcc": sk.matthews_corrcoef,
    "kappa": lambda y, p, sample_weight: sk.cohen_kappa_score(y, p, sample_weight=sample_weight),
}
VALUES = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "median_ae": sk.median_absolute_error,
    "mape": sk.mean_absolute_percentage_error,
    "r2": sk.r2_score,
    "rmsle": sk.root_mean_squared_log_error,
    "mean_gamma_deviance": sk.mean_gamma_deviance,
    "mean_tweedie_deviance": lambda y, m, sample_weight: sk.mean_tweedie_deviance(
        y, m, power=1.5, sample_weight=sample_weight
    ),
    "mean_poisson_deviance": sk.mean_poisson_deviance,
}


def binary(n: int = 400, weighted: bool = False, positive: int = 1, seed: int = 3) -> Scored:
    """Correlated scores with ties."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 1.2 * (y - 0.5)))), 2)
    weight = rng.uniform(0.2, 3, n) if weighted else None
    null = np.array([0.4, 0.6])
    return Scored("binary", y, np.column_stack([1 - p, p]), None, None, positive, 0.5, weight, null)


def multiclass(n: int = 500, weighted: bool = False) -> Scored:
    """Four classes, one of them rare."""
    rng = np.random.default_rng(5)
    y = rng.choice(4, n, p=[0.5, 0.3, 0.18, 0.02])
    p = rng.dirichlet([1, 1, 1, 1], n) + 0.3 * np.eye(4)[y]
    p /= p.sum(axis=1, keepdims=True)
    weight = rng.uniform(0.2, 3, n) if weighted else None
    return Scored("multiclass", y, p, weight=weight)


def values(n: int = 300, weighted: bool = False, task: str = "regression") -> Scored:
    """Positive values with multiplicative error."""
    rng = np.random.default_rng(7)
    y = rng.gamma(3, 2, n)
    mu = y * np.exp(rng.normal(0, 0.4, n))
    weight = rng.uniform(0.2, 3, n) if weighted else None
    return Scored(task, y, value=mu, weight=weight, null=np.full(n, 5.5))  # type: ignore[arg-type]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("positive", [0, 1])
def test_binary_metrics_equal_scikit_learn(weighted: bool, positive: int) -> None:
    """Whichever class is called positive, weighted or not."""
    scored = binary(weighted=weighted, positive=positive)
    y, said = scored.is_positive(), scored.predicted() == positive
    score, w = scored.positive_score(), scored.weight
    for key, function in BINARY_LABEL.items():
        expected = function(y, said, sample_weight=w)
        assert metric_named(key).compute(scored) == pytest.approx(expected, rel=1e-10), key
    for key, expected in {
        "specificity": sk.recall_score(~y, ~said, sample_weight=w),
        "roc_auc": sk.roc_auc_score(y, score, sample_weight=w),
        "average_precision": sk.average_precision_score(y, score, sample_weight=w),
        "log_loss": sk.log_loss(y, score, sample_weight=w),
        "brier": sk.brier_score_loss(y, score, sample_weight=w),
    }.items():
        assert metric_named(key).compute(scored) == pytest.approx(expected, rel=1e-10), key


@pytest.mark.parametrize("weighted", [False, True])
def test_multiclass_metrics_equal_scikit_learn(weighted: bool) -> None:
    """Macro averages, weighted or not."""
    scored = multiclass(weighted=weighted)
    y, p, w = scored.truth, scored.probability, scored.weight
    assert p is not None
    said = p.argmax(axis=1)
    for key, expected in {
        "accuracy": sk.accuracy_score(y, said, sample_weight=w),
        "balanced_accuracy": sk.balanced_accuracy_score(y, said, sample_weight=w),
        "f1_macro": sk.f1_score(y, said, average="macro", sample_weight=w),
        "f1_weighted": sk.f1_score(y, said, average="weighted", sample_weight=w),
        "precision_macro": sk.precision_score(y, said, average="macro", sample_weight=w),
        "mcc": sk.matthews_corrcoef(y, said, sample_weight=w),
        "kappa": sk.cohen_kappa_score(y, said, sample_weight=w),
        "roc_auc": sk.roc_auc_score(y, p, multi_class="ovr", sample_weight=w),
        "average_precision": sk.average_precision_score(np.eye(4)[y], p, sample_weight=w),
        "log_loss": sk.log_loss(y, p, sample_weight=w),
        "brier": sk.brier_score_loss(y, p, sample_weight=w, labels=range(4)),
    }.items():
        assert metric_named(key).compute(scored) == pytest.approx(expected, rel=1e-9), key


@pytest.mark.parametrize("weighted", [False, True])
def test_metrics_of_values_equal_scikit_learn(weighted: bool) -> None:
    """Errors and deviances, weighted or not."""
    scored = values(weighted=weighted)
    for key, function in VALUES.items():
        expected = function(scored.truth, scored.value, sample_weight=scored.weight)
        assert metric_named(key).compute(scored) == pytest.approx(expected, rel=1e-10), key


def test_geometric_mean_equals_imbalanced_learn() -> None:
    """The root of the product of the recalls."""
    from imblearn.metrics import geometric_mean_score

    for scored in (binary(), multiclass()):
        expected = geometric_mean_score(scored.truth, scored.predicted())
        assert metric_named("g_mean").compute(scored) == pytest.approx(expected)


def test_skill_is_measured_against_the_training_shares() -> None:
    """Brier skill and D² take the null from the training rows, not from the rows judged."""
    scored = binary()
    null = np.full(len(scored.truth), 0.6)
    y = scored.truth
    assert metric_named("brier_skill").compute(scored) == pytest.approx(
        1 - sk.brier_score_loss(y, scored.positive_score()) / sk.brier_score_loss(y, null)
    )
    assert metric_named("d2_log_loss").compute(scored) == pytest.approx(
        1 - sk.log_loss(y, scored.positive_score()) / sk.log_loss(y, null)
    )
    numbers = values()
    gap = np.mean((numbers.truth - 5.5) ** 2)
    assert metric_named("d2_gaussian").compute(numbers) == pytest.approx(
        1 - sk.mean_squared_error(numbers.truth, numbers.value) / gap
    )


def test_the_null_model_has_no_skill() -> None:
    """D² of the training mean itself is exactly nothing."""
    y = np.array([0.0, 1, 4, 2, 0, 3])
    scored = Scored("count", y, value=np.full(6, 1.3), null=np.full(6, 1.3))
    assert metric_named("d2_poisson").compute(scored) == 0


def test_a_predicted_count_of_zero_costs_much_but_not_everything() -> None:
    """The Poisson deviance stays finite, and falls as the forecast rises from below zero."""
    y = np.array([2.0, 0, 1])
    null = np.full(3, 1.0)
    poisson = metric_named("mean_poisson_deviance")
    bad = poisson.compute(Scored("count", y, value=np.array([-1.0, 0, 1]), null=null))
    better = poisson.compute(Scored("count", y, value=np.array([0.01, 0, 1]), null=null))
    assert math.isfinite(bad)
    assert bad > better > 0


@pytest.mark.parametrize("task", TASKS)
def test_metrics_stay_within_their_range(task: str) -> None:
    """Every metric of a task is a number between its bounds on ordinary predictions."""
    made = {"binary": binary(), "multiclass": multiclass(), "regression": values()}
    scored = made.get(task) or values(task="count")
    for metric in metrics_for(task):  # type: ignore[arg-type]
        figure = metric.compute(scored)
        assert math.isfinite(figure), metric.key
        assert metric.low is None or figure >= metric.low
        assert metric.high is None or figure <= metric.high


@pytest.mark.parametrize("metric", catalogue().values(), ids=lambda m: m.key)
def test_perfect_predictions_reach_the_best_value(metric) -> None:
    """Direction and bounds are declared the right way round."""
    y = np.array([0, 1, 1, 0, 1])
    t = np.array([1.0, 2, 3, 5, 8])
    if metric.needs == "value":
        task = metric.tasks[0]
        scored = Scored(task, t, value=t.copy(), null=np.full(5, 4.0))
    else:
        scored = Scored(metric.tasks[0], y, np.eye(2)[y], null=np.array([0.4, 0.6]))
    best = metric.high if metric.direction == "higher" else metric.low
    if metric.key in ("gain_10", "lift_10"):
        # The tenth on top holds all positives only where they are no more than a tenth.
        y = np.arange(20) < 2
        scored = Scored("binary", y.astype(int), np.eye(2)[y.astype(int)])
    assert metric.compute(scored) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("key", ["roc_auc", "average_precision", "ks", "recall", "f1", "mcc",
                                 "kappa", "balanced_accuracy", "g_mean"])  # fmt: skip
def test_one_class_leaves_a_metric_undefined(key: str) -> None:
    """Where only the negative class occurs there is nothing to rank or find."""
    p = np.array([0.2, 0.7, 0.4])
    scored = Scored("binary", np.zeros(3, int), np.column_stack([1 - p, p]))
    assert math.isnan(metric_named(key).compute(scored))


def test_nothing_flagged_leaves_precision_undefined() -> None:
    """0/0 is not 0."""
    scored = Scored("binary", np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]))
    assert math.isnan(metric_named("precision").compute(scored))
    assert metric_named("f1").compute(scored) == 0
    assert metric_named("mcc").compute(scored) == 0


def test_constant_truth_leaves_r2_undefined() -> None:
    """No variance, no share of it."""
    scored = Scored("regression", np.full(9, 0.1), value=np.linspace(0, 1, 9))
    assert math.isnan(metric_named("r2").compute(scored))


def test_values_out_of_a_familys_reach_leave_its_deviance_undefined() -> None:
    """Gamma has no zeros, logarithms no values below -1, percentages no zero truth."""
    scored = Scored("regression", np.array([0.0, 2, -3]), value=np.array([1.0, 2, 2]))
    for key in ("mean_gamma_deviance", "mean_tweedie_deviance", "rmsle", "mape"):
        assert math.isnan(metric_named(key).compute(scored)), key


def test_scores_without_probabilities_can_be_ranked_but_not_weighed() -> None:
    """A support vector machine has an AUC and labels, and no log loss."""
    y = np.array([0, 1, 1, 0])
    scored = Scored("binary", y, score=np.array([-1.0, 2, -0.5, -2]))
    assert metric_named("roc_auc").compute(scored) == 1
    assert metric_named("accuracy").compute(scored) == 0.75
    assert math.isnan(metric_named("log_loss").compute(scored))
    assert math.isnan(metric_named("d2_log_loss").compute(scored))


def test_a_class_that_a_fold_lacks_is_left_out_of_the_macro_auc() -> None:
    """The mean is over the classes that occur, rather than undefined."""
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.5, 0.4, 0.1], [0.4, 0.5, 0.1]])
    scored = Scored("multiclass", np.array([0, 1, 0, 1]), p)
    assert metric_named("roc_auc").compute(scored) == 1


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_one_default_metric(task) -> None:
    """A leaderboard can be ranked without a choice."""
    assert sum(task in m.default_for for m in catalogue().values()) == 1
    assert task in default_metric(task).tasks


def test_an_unknown_metric_is_answered_with_the_nearest() -> None:
    """The hint names what was probably meant."""
    with pytest.raises(UnknownNameError, match="Did you mean roc_auc"):
        metric_named("roc_auk")


def test_all_metrics_of_32000_rows_take_milliseconds() -> None:
    """Scoring a fold costs far less than fitting it: below a quarter second even when busy."""
    scored = binary(32_000, weighted=True)
    best = math.inf
    for _ in range(3):
        start = time.perf_counter()
        for metric in metrics_for("binary"):
            metric.compute(scored)
        best = min(best, time.perf_counter() - start)
    assert best < 0.25
