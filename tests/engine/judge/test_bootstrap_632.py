"""The .632+ bootstrap against the paper's formulas, worked again with plain loops."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from outfold.judge.bootstrap_632 import estimate, no_information, plus_632, versus
from outfold.judge.infinitesimal_jackknife import influence, out_of_bag
from outfold.metrics.catalogue import catalogue, metrics_for
from outfold.metrics.metric import Scored
from outfold.study.results import Drawn, Predictions
from outfold.study.split import splits
from outfold.study.study import BASELINE, Validation

WITH_PARTS = [m for m in catalogue().values() if m.parts is not None]


def scored_rows(task: str, n: int, seed: int = 0, weighted: bool = False) -> Scored:
    """Predictions that are neither perfect nor chance."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.5, 2, n) if weighted else None
    if task in ("binary", "multiclass"):
        k = 2 if task == "binary" else 3
        truth = rng.integers(0, k, n)
        logits = rng.normal(size=(n, k)) + 1.2 * np.eye(k)[truth]
        share = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        null = np.tile(np.bincount(truth, minlength=k) / n, (n, 1))
        return Scored(task, truth, probability=share.round(2), weight=weight, null=null)
    mean = rng.gamma(3, 1, n)
    truth = rng.poisson(mean) + (1.0 if task == "regression" else 0.0)
    return Scored(task, truth, value=mean + 0.3, weight=weight, null=np.full(n, truth.mean()))


@pytest.mark.parametrize("metric", WITH_PARTS, ids=lambda m: m.key)
@pytest.mark.parametrize("weighted", [False, True])
def test_the_parts_of_a_metric_average_to_the_metric(metric, weighted):
    """What each row adds is what the whole is made of."""
    for task in metric.tasks:
        scored = scored_rows(task, 60, seed=3, weighted=weighted)
        parts = metric.parts.of(scored)
        mean = np.average(parts, weights=scored.weight)
        value = metric.compute(scored)
        assert parts.shape == (60,)
        assert mean == pytest.approx(value**2 if metric.parts.kind == "root" else value, rel=1e-12)


@pytest.mark.parametrize("metric", WITH_PARTS, ids=lambda m: m.key)
def test_parts_move_the_metric_as_weights_do(metric):
    """To first order, a row that weighs a little more moves the metric by its part."""
    scored = scored_rows(metric.tasks[0], 40, seed=5)
    parts, n, small = metric.parts.of(scored), 40, 1e-6
    power = 2 if metric.parts.kind == "root" else 1
    for row in (0, 7, 21):
        weight = np.ones(n)
        weight[row] += small
        moved = metric.compute(dataclasses.replace(scored, weight=weight)) ** power
        slope = (moved - metric.compute(scored) ** power) / small
        assert slope == pytest.approx((parts[row] - parts.mean()) / n, abs=1e-6)


def test_an_auc_of_one_class_has_no_parts():
    """Undefined stays undefined, row by row."""
    scored = Scored("binary", np.zeros(5, dtype=int), probability=np.full((5, 2), 0.5))
    assert np.isnan(catalogue()["roc_auc"].parts.of(scored)).all()


def test_the_formula_is_that_of_the_paper():
    """Equation 32: .632 rule plus a correction that grows with the relative overfitting rate."""
    some = [(0.1, 0.3, 0.5), (0.0, 0.45, 0.5), (0.2, 0.2, 0.5), (0.3, 0.25, 0.5), (0.05, 0.6, 0.5)]
    for apparent, oob, none in [*some, (0.4, 0.5, 0.35)]:
        capped = min(oob, none)
        rate = (capped - apparent) / (none - apparent) if oob > apparent and none > apparent else 0
        rule = 0.368 * apparent + 0.632 * oob
        wanted = rule + (capped - apparent) * (0.368 * 0.632 * rate) / (1 - 0.368 * rate)
        made, _ = plus_632(apparent, oob, none)
        assert made.value == pytest.approx(wanted, rel=1e-12)
        assert made.overfitting == pytest.approx(rate)
        mirrored, _ = plus_632(1 - apparent, 1 - oob, 1 - none, higher=True)
        assert mirrored.value == pytest.approx(1 - wanted, rel=1e-12)


def test_an_auc_is_combined_as_sahiner_and_others_do():
    """Below chance out of bag counts as chance; else the weight follows the overfitting rate."""
    made, _ = plus_632(0.95, 0.8, 0.5, higher=True, clipped=True)
    rate = (0.95 - 0.8) / (0.95 - 0.5)
    weight = 0.632 / (1 - 0.368 * rate)
    assert made.weight == pytest.approx(weight)
    assert made.value == pytest.approx((1 - weight) * 0.95 + weight * 0.8)
    assert plus_632(1.0, 0.45, 0.5, higher=True, clipped=True)[0].value == 0.5
    assert plus_632(0.7, 0.8, 0.5, higher=True, clipped=True)[0].weight == pytest.approx(0.632)


@pytest.mark.parametrize(
    "figures", [(0.1, 0.3, 0.5), (0.0, 0.45, 0.5), (0.3, 0.25, 0.5), (0.1, 0.6, 0.5)]
)
def test_the_slopes_are_derivatives(figures):
    """The interval needs how the estimate moves with what it is made from."""
    apparent, oob, none = figures
    h = 1e-6
    _, slopes = plus_632(apparent, oob, none)

    def at(a: float, o: float) -> float:
        return plus_632(a, o, none)[0].value

    by_apparent = (at(apparent + h, oob) - at(apparent - h, oob)) / (2 * h)
    by_oob = (at(apparent, oob + h) - at(apparent, oob - h)) / (2 * h)
    assert slopes == pytest.approx((by_apparent, by_oob), abs=1e-6)


@pytest.mark.parametrize("key", ["accuracy", "brier", "log_loss"])
def test_no_information_pairs_every_truth_with_every_prediction(key):
    """Gamma of the paper: the double sum over rows, as plain loops."""
    metric, scored = catalogue()[key], scored_rows("multiclass", 20, seed=1, weighted=True)
    above = below = 0.0
    for i, j in itertools.product(range(20), repeat=2):
        pair = Scored(
            "multiclass", scored.truth[i : i + 1], probability=scored.probability[j : j + 1],
            null=scored.null[j : j + 1],
        )  # fmt: skip
        weight = scored.weight[i] * scored.weight[j]
        above, below = above + weight * metric.compute(pair), below + weight
    assert no_information(scored, metric) == pytest.approx(above / below, rel=1e-12)


def test_no_information_of_numbers_is_the_double_sum_too():
    """Squared errors of every truth against every prediction; many rows are sampled evenly."""
    metric, scored = catalogue()["rmse"], scored_rows("regression", 30, seed=2)
    total = sum((y - f) ** 2 for y in scored.truth for f in scored.value) / 30**2
    assert no_information(scored, metric) ** 2 == pytest.approx(total, rel=1e-12)
    many = scored_rows("regression", 3000, seed=2)
    exact = many.truth.var() + many.value.var() + (many.truth.mean() - many.value.mean()) ** 2
    assert no_information(many, metric) ** 2 == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize(("task", "chance"), [("binary", 1 / 2), ("multiclass", 1 / 3)])
def test_chance_is_chance(task, chance):
    """Without information the AUC is a half and the balanced accuracy one over the classes."""
    scored = scored_rows(task, 50, seed=4)
    assert no_information(scored, catalogue()["roc_auc"]) == pytest.approx(0.5, abs=1e-12)
    assert no_information(scored, catalogue()["balanced_accuracy"]) == pytest.approx(chance)


def bootstrapped(n: int = 60, draws: int = 25, seed: int = 0, noise: float = 1.0) -> Predictions:
    """A nearest-centroid model with probabilities, on two classes that overlap."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    x = rng.normal(size=(n, 4)) * noise + y[:, None] * [0.8, 0.4, 0.0, 0.0]
    found = splits(Validation("bootstrap_632_plus", resamples=draws), y, "binary", seed=seed)
    parts = [_fitted(x, y, s.train, s.test) for s in found]

    def joined(some: list[dict[str, np.ndarray]], key: str) -> np.ndarray:
        return np.concatenate([p[key] for p in some])

    def made(some: list[dict[str, np.ndarray]], first: int) -> Predictions:
        split = np.concatenate([np.full(len(p["rows"]), first + i) for i, p in enumerate(some)])
        return Predictions(
            BASELINE, "binary", ("a", "b"), 1, joined(some, "rows"), split, joined(some, "truth"),
            joined(some, "probability"), None, None, None, joined(some, "null"), (n,) * len(some),
        )  # fmt: skip

    times = np.stack([np.bincount(s.train, minlength=n) for s in found[:-1]])
    drawn = Drawn(times, np.arange(n), made(parts[-1:], draws))
    return dataclasses.replace(made(parts[:-1], 0), drawn=drawn)


def _fitted(x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> dict:
    centres = [x[train][y[train] == c].mean(axis=0) for c in (0, 1)]
    away = ((x[test] - centres[0]) ** 2 - (x[test] - centres[1]) ** 2).sum(axis=1)
    share = 1 / (1 + np.exp(-away / 2))
    null = np.full((len(test), 2), 0.5)
    return {"rows": test, "truth": y[test], "probability": np.column_stack([1 - share, share]),
            "null": null}  # fmt: skip


def test_the_estimate_is_the_paper_worked_with_loops():
    """Misclassification of 60 rows, each averaged over the draws that left it out."""
    found = bootstrapped()
    split, rows = found.split, found.rows
    wrong = (found.probability[:, 1] >= 0.5).astype(int) != found.truth
    by_row = []
    for row in range(60):
        seen = [bool(wrong[k]) for k in range(len(rows)) if rows[k] == row]
        assert seen, "every row was left out at least once"
        by_row.append(sum(seen) / len(seen))
    one = sum(by_row) / 60
    whole = found.drawn.apparent
    said = (whole.probability[:, 1] >= 0.5).astype(int)
    apparent = sum(int(a != b) for a, b in zip(said, whole.truth, strict=True)) / 60
    share, flagged = whole.truth.mean(), said.mean()
    none = share * (1 - flagged) + (1 - share) * flagged
    capped = min(one, none)
    rate = (capped - apparent) / (none - apparent)
    weight = 0.632 / (1 - 0.368 * rate)
    made = estimate(found, catalogue()["accuracy"])
    assert 0 < rate < 1
    assert made.plus.apparent == pytest.approx(1 - apparent)
    assert made.plus.out_of_bag == pytest.approx(1 - one)
    assert made.plus.no_information == pytest.approx(1 - none)
    assert made.value == pytest.approx(1 - ((1 - weight) * apparent + weight * one), rel=1e-12)
    assert len(made.values) == 25 == len(np.unique(split))


def test_an_auc_is_the_mean_over_draws():
    """Scores of different models are not on one scale, so draws are not pooled."""
    found, metric = bootstrapped(), catalogue()["roc_auc"]
    by_draw = [metric.compute(s) for s in found.by_split()]
    made = estimate(found, metric)
    assert made.plus.out_of_bag == pytest.approx(np.mean(by_draw))
    assert made.plus.no_information == pytest.approx(0.5)
    low, high = sorted((made.plus.apparent, made.plus.out_of_bag))
    assert low <= made.value <= high


def test_every_metric_has_a_figure_and_those_without_parts_say_so():
    """What has no .632+ form is the plain mean out of bag, never passed off as more."""
    found = bootstrapped()
    for metric in metrics_for("binary"):
        made = estimate(found, metric)
        assert np.isfinite(made.value), metric.key
        assert np.isfinite(made.std_error), metric.key
        if metric.parts is None:
            assert made.plus is None
            assert made.value == pytest.approx(np.nanmean(made.values))
        elif metric.direction == "higher":
            assert made.plus.apparent >= made.value >= made.plus.out_of_bag - 1e-12


def test_a_memorising_model_is_not_flattered():
    """With a perfect fit of pure noise the figure is near chance, and the .632 rule far off."""
    plus, rule = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        y, x = np.arange(80) % 2, rng.normal(size=(80, 10))
        found = splits(Validation("bootstrap_632_plus", resamples=20), y, "binary", seed=seed)
        wrong = np.full((20, 80), np.nan)
        for b, s in enumerate(found[:-1]):
            away = ((x[s.test][:, None] - x[s.train][None]) ** 2).sum(axis=2)
            wrong[b, s.test] = y[s.train][away.argmin(axis=1)] != y[s.test]
        oob = out_of_bag(wrong, np.ones(80)).mean
        plus.append(plus_632(0.0, oob, 0.5)[0].value)
        rule.append(0.632 * oob)
    assert 0.43 < np.mean(plus) < 0.55
    assert np.mean(rule) < 0.34


def test_the_influences_are_the_derivative_of_the_ideal_bootstrap():
    """All 256 draws of four rows: theorem 1, and a derivative taken by moving a row's weight."""
    y = np.array([1.0, 2.5, 4.0, 0.5])
    n = len(y)
    draws = [np.array(d) for d in itertools.product(range(n), repeat=n)]
    times = np.stack([np.bincount(d, minlength=n) for d in draws])
    losses = np.array([[(y[i] - y[d].mean()) ** 2 if i not in d else np.nan for i in range(n)]
                       for d in draws])  # fmt: skip
    bag = out_of_bag(losses, np.ones(n))
    found = influence(bag, np.zeros(n), np.ones(n), times, np.arange(n), (0.0, 1.0))

    left, summed = np.isfinite(losses), np.nansum(losses, axis=1) / n
    cov = ((times - 1.0) * summed[:, None]).mean(axis=0)
    e_n = (1 - 1 / n) ** -n
    theorem = (2 + 1 / (n - 1)) * (bag.rows - bag.mean) / n + e_n * cov
    assert found.by_unit == pytest.approx(theorem, abs=1e-12)

    def statistic(p: np.ndarray) -> float:
        chance = np.prod(p[np.array(draws)], axis=1)
        each = [(chance * np.where(left[:, i], losses[:, i], 0)).sum() / chance[left[:, i]].sum()
                for i in range(n)]  # fmt: skip
        return float(p @ np.array(each))

    for i in range(n):
        toward = np.eye(n)[i] - 1 / n
        h = 1e-5
        slope = (statistic(1 / n + h * toward) - statistic(1 / n - h * toward)) / (2 * h)
        assert found.by_unit[i] == pytest.approx(slope / n, abs=1e-7)


def test_groups_drawn_together_count_as_one():
    """With rows doubled and drawn in pairs the standard error is that of the pairs."""
    rng = np.random.default_rng(0)
    n, draws = 30, 60
    times = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(draws)])
    losses = np.where(times == 0, rng.random((draws, n)), np.nan)
    own = rng.random(n)
    alone = influence(
        out_of_bag(losses, np.ones(n)), own, np.ones(n), times, np.arange(n), (0.3, 0.7)
    )
    twice = [np.repeat(a, 2, axis=-1) for a in (losses, times, own, np.arange(n))]
    weight = np.ones(2 * n)
    together = influence(
        out_of_bag(twice[0], weight), twice[2], weight, twice[1], twice[3], (0.3, 0.7)
    )
    assert together.std_error == pytest.approx(alone.std_error, rel=1e-12)


def test_the_standard_error_is_that_of_repeated_samples():
    """Over 60 tables the error out of bag varies as much as its standard error says."""
    metric = catalogue()["brier"]
    made = [estimate(bootstrapped(50, 60, seed), metric) for seed in range(60)]
    told = math.sqrt(np.mean([m.std_error**2 for m in made]))
    seen = float(np.std([m.value for m in made], ddof=1))
    assert 0.75 < told / seen < 1.4


def test_shared_draws_tell_small_differences():
    """Two nearly equal candidates differ by less than either is uncertain."""
    metric = catalogue()["brier"]
    found = bootstrapped(80, 40, 1)
    other = dataclasses.replace(
        found, probability=0.9 * found.probability + 0.05,
        drawn=dataclasses.replace(
            found.drawn,
            apparent=dataclasses.replace(
                found.drawn.apparent, probability=0.9 * found.drawn.apparent.probability + 0.05
            ),
        ),
    )  # fmt: skip
    a, b = estimate(found, metric), estimate(other, metric)
    gap, error = versus(a, b)
    assert gap == pytest.approx(a.value - b.value)
    assert error < 0.5 * min(a.std_error, b.std_error)
    assert versus(a, a) == (0.0, 0.0)


def test_predictions_of_folds_are_refused():
    """The correction needs what only a bootstrap has."""
    with pytest.raises(ValueError, match="bootstrap"):
        estimate(dataclasses.replace(bootstrapped(40, 10), drawn=None), catalogue()["brier"])
