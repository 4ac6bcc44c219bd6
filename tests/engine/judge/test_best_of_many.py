"""The best score, corrected for having been picked."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from outfold.errors import NotApplicableError
from outfold.judge.best_of_many import best_of_many
from outfold.metrics.catalogue import catalogue
from tests.engine.judge.small_runs import binary_run, holdout_run, multiclass_run, regression_run


def test_it_equals_the_paper_s_algorithm_written_out():
    """Draw rows, pick on them, score on the others, with rows repeated instead of weighted."""
    measured = regression_run()
    metric = catalogue()["rmse"]
    found = best_of_many(measured.result, measured.predictions, "rmse", draws=40, seed=3)
    names = [c.name for c in measured.result.finished()]
    stored = [measured.predictions(name) for name in names]
    ids = np.unique(stored[0].rows)
    rng = np.random.default_rng(3)
    outside = []
    for _ in range(40):
        drawn = ids[rng.integers(0, len(ids), len(ids))]
        inside = []
        for p in stored:
            at = np.concatenate([np.flatnonzero(p.rows == i) for i in drawn])
            whole = p.scored()
            inside.append(
                metric.compute(
                    dataclasses.replace(
                        whole, truth=whole.truth[at], value=whole.value[at], null=whole.null[at]
                    )
                )
            )
        pick = stored[int(np.argmin(inside))]
        left = ~np.isin(pick.rows, drawn)
        whole = pick.scored()
        outside.append(
            metric.compute(
                dataclasses.replace(
                    whole, truth=whole.truth[left], value=whole.value[left], null=whole.null[left]
                )
            )
        )
    assert found.corrected == pytest.approx(np.mean(outside), rel=1e-12)
    assert found.naive == min(metric.compute(p.scored()) for p in stored)
    assert found.low <= found.corrected <= found.high


def test_of_candidates_that_know_nothing_the_best_is_brought_back_to_chance():
    """Thirty columns of noise: the best looks better than one half, and the correction sees it."""
    measured = binary_run(1)
    run, first = measured.result, measured.predictions(measured.result.finished()[0].name)
    rng = np.random.default_rng(0)
    n = 150
    base = dataclasses.replace(
        first, rows=np.arange(n), split=np.zeros(n, dtype=np.intp), truth=np.arange(n) % 2,
        score=None, null=np.full((n, 2), 0.5),
    )  # fmt: skip
    row = run.finished()[0]
    rows, made = [], {}
    for i in range(30):
        p = rng.random(n)
        choice = dataclasses.replace(row.candidate.model, params=(("seed", i),))
        candidate = dataclasses.replace(row.candidate, model=choice)
        rows.append(dataclasses.replace(row, candidate=candidate))
        probability = np.column_stack([1 - p, p])
        made[candidate.name] = dataclasses.replace(base, probability=probability)
    noise = dataclasses.replace(run, candidates=tuple(rows))
    found = best_of_many(noise, made.__getitem__, "roc_auc")
    assert found.naive > 0.58
    assert abs(found.corrected - 0.5) < 0.5 * (found.naive - 0.5)
    assert found.optimism == pytest.approx(found.naive - found.corrected)
    assert sum(found.picked.values()) == pytest.approx(1)
    assert found.candidates == 30


def test_repeats_are_drawn_together_and_the_same_seed_gives_the_same_figure():
    """Ten predictions of five hundred rows are still five hundred rows."""
    measured = binary_run()
    one = best_of_many(measured.result, measured.predictions, draws=30)
    again = best_of_many(measured.result, measured.predictions, draws=30)
    assert one == again
    stored = measured.predictions(one.best)
    assert one.rows == len(np.unique(stored.rows)) < len(stored.rows)
    assert abs(one.optimism) < 0.03  # five candidates that differ leave little to pick by luck


def test_one_candidate_is_not_picked_from_many():
    """Nothing to correct is said in words."""
    measured = holdout_run()
    alone = dataclasses.replace(measured.result, candidates=measured.result.candidates[:1])
    with pytest.raises(NotApplicableError, match="two finished candidates"):
        best_of_many(alone, measured.predictions)


def with_a_rare_class(rare: int):
    """The multi-class run with all but so many rows of its last class taken out."""
    measured = multiclass_run()
    made = {}
    for name, p in measured.stored.items():
        kept = p.truth != 2
        kept |= np.isin(p.rows, np.unique(p.rows[p.truth == 2])[:rare])
        columns = {
            f.name: getattr(p, f.name)[kept]
            for f in dataclasses.fields(p)
            if isinstance(getattr(p, f.name), np.ndarray) and len(getattr(p, f.name)) == len(kept)
        }
        made[name] = dataclasses.replace(p, **columns)
    return measured.result, made


def test_a_class_of_two_rows_stays_in_every_figure_that_is_averaged_over_classes():
    """A class gone from the rows left out would lift the corrected score above the naive one."""
    run, made = with_a_rare_class(2)
    p = made[run.finished()[0].name]
    # Every candidate takes the rare class for another, and is right in all else.
    wrong = np.eye(3)[np.where(p.truth == 2, 0, p.truth)]
    made = {name: dataclasses.replace(one, probability=wrong) for name, one in made.items()}
    found = best_of_many(run, made.__getitem__, "balanced_accuracy", draws=40)
    assert found.naive == pytest.approx(2 / 3)
    assert (found.low, found.high) == pytest.approx((2 / 3, 2 / 3))
    assert found.rarest == 2


def test_a_class_of_one_row_cannot_be_picked_on_and_scored_on():
    """It is said which class, instead of a figure over the other classes."""
    run, made = with_a_rare_class(1)
    with pytest.raises(NotApplicableError, match="single row"):
        best_of_many(run, made.__getitem__, "balanced_accuracy")
