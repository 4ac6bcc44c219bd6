import numpy as np
import pytest

from outfold.judge.score_by_size import score_by_size
from outfold.judge.selector_value import selector_worth
from outfold.study.results import CandidateResult, RunResult
from outfold.study.study import NONE, Candidate, Choice, Study

NOISE = np.array([0.01, -0.01, 0.005, -0.005, 0.0])
BASE = 0.8 + NOISE
MODEL = Choice("logistic")


def a_run(**scores: np.ndarray | tuple[int, np.ndarray]) -> RunResult:
    """Scores of each selector on five splits; a ranking has its size before them."""
    rows, choices = [], []
    for name, given in scores.items():
        size, values = given if isinstance(given, tuple) else (None, given)
        key = name.split("_at_")[0]
        choice = Choice(key) if size is None else Choice.of(key, k=size)
        choices.append(choice)
        rows.append(
            CandidateResult(
                Candidate(choice, NONE, MODEL), "finished", splits_done=5,
                scores={"roc_auc": tuple(values)},
                selected=tuple(("c",) * (size or 9) for _ in range(5)),
            )
        )  # fmt: skip
    study = Study("d", "y", "binary", selectors=tuple(choices), models=(MODEL,), metric="roc_auc")
    return RunResult("r", study, "finished", tuple(rows), 5, 0.25)


@pytest.mark.parametrize(
    ("shift", "verdict", "says"),
    [(0.1, "better", "gains"), (-0.1, "worse", "loses"), (0.0, "same", None)],
)
def test_a_verdict_says_which_way_the_difference_goes(shift, verdict, says):
    """A tenth more on every split is better, less is worse, and next to nothing is neither."""
    noise = np.array([0.002, -0.003, 0.004, -0.002, 0.0])
    found = selector_worth(a_run(none=BASE, cfs=BASE + shift + noise), {})
    assert found.rows[1].verdict == verdict
    # Without what was kept nothing is known to have been left out for free.
    assert (found.finding and found.finding[1]) == says


def test_an_interval_stays_within_what_a_difference_can_be():
    """Few splits with rare rows spread wide; two areas under a curve are at most 1 apart."""
    few = np.array([1.0, np.nan, 0.2, np.nan, np.nan])
    found = selector_worth(a_run(none=few, cfs=1.2 - few), {})
    row = found.rows[1]
    assert (row.difference_low, row.difference_high) == (-1, 1)
    assert (row.n_scored, found.n_splits) == (2, 5)


def test_where_less_is_better_a_lower_score_is_the_better_one():
    """The direction of the metric decides."""
    run = a_run(none=BASE, cfs=BASE - 0.1 + 0.1 * NOISE)
    scores = [{"brier": c.scores["roc_auc"]} for c in run.candidates]
    rows = tuple(
        CandidateResult(c.candidate, "finished", splits_done=5, scores=s)
        for c, s in zip(run.candidates, scores, strict=True)
    )
    lower = RunResult("r", run.study, "finished", rows, 5, 0.25)
    found = selector_worth(lower, {}, "brier")
    assert not found.higher
    assert found.rows[1].verdict == "better"


def test_a_run_without_every_column_tests_nothing():
    """There is nothing to compare with."""
    found = selector_worth(a_run(cfs=BASE, mrmr=BASE), {})
    assert [r.verdict for r in found.rows] == ["unknown", "unknown"]
    assert found.method.startswith("none")
    assert found.finding is None


def test_the_smallest_size_within_one_standard_error_is_marked():
    """Standard error of the best by Nadeau & Bengio; sizes as large as no more pass come once."""
    rising = {f"mrmr_at_{k}": (k, BASE + gain) for k, gain in ((1, -0.2), (2, -0.003), (4, 0.001))}
    found = score_by_size(a_run(none=BASE, **rising), {})
    (curve,) = found.curves
    assert [p.asked for p in curve.points] == [1, 2, 4]
    assert curve.best == 2
    error = float(np.sqrt(NOISE.var(ddof=1) * (1 / 5 + 0.25)))
    assert curve.points[2].std_error == pytest.approx(error)
    assert error > 0.004
    assert curve.smallest == 1
    assert found.everything == pytest.approx(0.8)
