"""A grid taken apart into what each part of a candidate is worth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from outfold.draw import main_effects as picture
from outfold.errors import NotApplicableError
from outfold.judge.corrected_t import corrected_t
from outfold.judge.main_effects import main_effects
from outfold.study.results import CandidateResult, RunResult
from outfold.study.study import BASELINE, NONE, Candidate, Choice, Study

SELECTORS = (NONE, Choice("cfs"))
RESAMPLERS = (NONE, Choice("smote"), Choice("class_weight"))
MODELS = (Choice("logistic"), Choice("random_forest"))


def run_of(score, n_splits: int = 5) -> RunResult:
    """A finished run whose scores a function of selector, resampler, model and split gives."""
    study = Study("0" * 24, "y", "binary", selectors=SELECTORS, resamplers=RESAMPLERS,
                  models=MODELS, metric="roc_auc")  # fmt: skip
    rows = [
        CandidateResult(
            Candidate(s, r, m),
            "finished",
            splits_done=n_splits,
            scores={"roc_auc": tuple(score(i, j, k, f) for f in range(n_splits))},
        )
        for (i, s), (j, r), (k, m) in itertools.product(
            enumerate(SELECTORS), enumerate(RESAMPLERS), enumerate(MODELS)
        )
    ]
    base = CandidateResult(
        BASELINE, "finished", splits_done=n_splits, scores={"roc_auc": (0.5,) * n_splits}
    )
    return RunResult("r", study, "finished", (base, *rows), n_splits, 0.25)


def test_effects_that_add_up_leave_no_interaction():
    """0.06 for the model and 0.02 for the selector: nine tenths and one tenth of the variance."""
    found = main_effects(run_of(lambda s, r, m, f: 0.7 + 0.06 * m + 0.02 * s + 0.01 * f))
    assert found.shares[("model",)] == pytest.approx(0.9)
    assert found.shares[("selector",)] == pytest.approx(0.1)
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.shares[("selector", "model")] == pytest.approx(0, abs=1e-12)
    assert found.sentence().startswith("The model mattered most: 90%")
    by_key = {(v.factor, v.choice.key): v for v in found.levels}
    assert by_key["model", "random_forest"].difference == pytest.approx(0.06)
    assert by_key["selector", "cfs"].difference == pytest.approx(0.02)
    assert by_key["resampler", "smote"].difference == pytest.approx(0)


def test_the_shares_are_those_of_an_analysis_of_variance():
    """They agree with statsmodels on the same twelve means."""
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    rng = np.random.default_rng(1)
    table = rng.normal(0.8, 0.05, (2, 3, 2, 5))
    found = main_effects(run_of(lambda s, r, m, f: float(table[s, r, m, f])))
    cells = [
        {"s": str(s), "r": str(r), "m": str(m), "y": table[s, r, m].mean()}
        for s, r, m in itertools.product(range(2), range(3), range(2))
    ]
    frame = pd.DataFrame(cells)
    # Without the triple interaction there are degrees of freedom left, so nothing is divided by 0.
    sums = anova_lm(ols("y ~ (s + r + m) ** 2", frame).fit())["sum_sq"]
    total = ((frame["y"] - frame["y"].mean()) ** 2).sum()
    names = {"s": "selector", "r": "resampler", "m": "model"}
    for term, value in sums.items():
        key = ("selector", "resampler", "model") if term == "Residual" else tuple(
            names[t] for t in term.split(":")
        )  # fmt: skip
        assert found.shares[key] == pytest.approx(value / total, rel=1e-9)


def test_levels_are_tested_over_the_splits():
    """The interval is that of the corrected t-test on the mean difference of each split."""
    rng = np.random.default_rng(2)
    table = rng.normal(0.8, 0.02, (2, 3, 2, 5))
    found = main_effects(run_of(lambda s, r, m, f: float(table[s, r, m, f])))
    level = next(v for v in found.levels if v.choice.key == "random_forest")
    gaps = table[:, :, 1].mean(axis=(0, 1)) - table[:, :, 0].mean(axis=(0, 1))
    test = corrected_t(gaps, 0.25)
    assert (level.low, level.high) == pytest.approx((test.low, test.high))
    assert level.p_adjusted >= test.p_value
    figure = picture.draw(found)
    assert figure.layout.title.text
    assert sum(len(t.y) for t in figure.data) == 7


def test_a_model_with_a_failure_is_left_out_and_one_factor_is_no_grid():
    """The grid stays balanced; where nothing varies twice, that is said."""
    run = run_of(lambda s, r, m, f: 0.7 + 0.01 * s + 0.001 * f)
    broken = tuple(
        CandidateResult(c.candidate, "failed", reason="no")
        if c.candidate == Candidate(SELECTORS[1], RESAMPLERS[0], MODELS[1])
        else c
        for c in run.candidates
    )
    found = main_effects(RunResult("r", run.study, "finished", broken, 5, 0.25))
    assert found.left_out == ("random_forest",)
    assert ("model",) not in found.shares
    lone = run.study.replace(selectors=(NONE,), resamplers=(NONE,))
    with pytest.raises(NotApplicableError, match="Fewer than two"):
        main_effects(RunResult("r", lone, "finished", run.candidates, 5, 0.25))
