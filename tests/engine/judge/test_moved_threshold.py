"""Moving the threshold beside resampling: chosen on other rows, judged with its uncertainty."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from outfold.draw import moved_threshold as picture
from outfold.errors import NotApplicableError
from outfold.judge.cost_matrix import CostMatrix
from outfold.judge.moved_threshold import moved_threshold, other_rows
from outfold.judge.prior import prior_corrected
from outfold.study.study import Candidate, Choice
from tests.engine.judge.small_runs import binary_run, holdout_run, multiclass_run

PLAIN = binary_run().of("logistic")
RATIO = binary_run().result.test_train_ratio


def tilted(shares):
    """The same model as if its classes had been fitted in other shares."""
    made = prior_corrected(PLAIN.probability, PLAIN.null, shares)
    candidate = Candidate(Choice("none"), Choice("random_over"), PLAIN.candidate.model)
    return dataclasses.replace(PLAIN, probability=made, candidate=candidate)


@pytest.mark.parametrize(
    ("measure", "reference"),
    [("f1", f1_score), ("balanced_accuracy", balanced_accuracy_score)],
)
def test_scores_are_those_of_the_thresholds_named(measure, reference):
    """Each split by its own threshold, as scikit-learn scores it."""
    found = moved_threshold(PLAIN, [tilted([0.5, 0.5])], RATIO, measure)
    for arm, source in [(found.plain[0], PLAIN), (found.moved, PLAIN),
                        (found.resampled[0], tilted([0.5, 0.5]))]:  # fmt: skip
        for split, (at, score) in enumerate(zip(arm.thresholds, arm.scores, strict=True)):
            rows = source.split == split
            said = source.probability[rows, 1] >= at
            assert score == pytest.approx(reference(source.truth[rows] == 1, said))
        assert arm.difference == pytest.approx(arm.mean - found.moved.mean)


def test_no_threshold_is_chosen_on_a_row_that_it_is_scored_on():
    """Spoiling a split's truth in every repeat moves its score, never its threshold."""
    held = 3
    rows = np.isin(PLAIN.rows, PLAIN.rows[PLAIN.split == held])
    truth = np.where(rows, 1 - PLAIN.truth, PLAIN.truth)
    before = moved_threshold(PLAIN, [], RATIO, "balanced_accuracy").moved
    after = moved_threshold(
        dataclasses.replace(PLAIN, truth=truth), [], RATIO, "balanced_accuracy"
    ).moved
    assert after.thresholds[held] == before.thresholds[held]
    assert after.scores[held] != before.scores[held]
    free = other_rows(PLAIN.rows, PLAIN.split, held)
    assert not set(PLAIN.rows[free]) & set(PLAIN.rows[PLAIN.split == held])


def test_resampling_that_only_tilts_the_odds_does_not_beat_the_threshold():
    """It is a moved threshold itself, and is not called better."""
    found = moved_threshold(PLAIN, [tilted([0.6, 0.4]), tilted([0.05, 0.95])], RATIO, "f1")
    assert all(found.beats(arm) <= 0 for arm in found.resampled)
    assert "moving the threshold" in found.sentence()
    assert len(found.frame()) == 4
    figure = picture.draw(found, {PLAIN.candidate.name: "<b>none"})
    assert figure.layout.title.text
    assert "&lt;b&gt;none" in figure.data[0].y[0]


def test_a_model_that_ranks_better_beats_the_threshold():
    """Predictions that know the truth are better than any threshold."""
    knows = np.column_stack([PLAIN.truth == 0, PLAIN.truth == 1]).astype(float)
    better = dataclasses.replace(tilted([0.5, 0.5]), probability=knows)
    found = moved_threshold(PLAIN, [better], RATIO, "balanced_accuracy")
    assert found.beats(found.resampled[0]) == 1
    assert "beats moving the threshold" in found.sentence()


def test_costs_give_a_threshold_without_any_row():
    """Elkan's, beside the one chosen on other splits; less is better."""
    costs = CostMatrix(fp=1, fn=9)
    found = moved_threshold(PLAIN, [tilted([0.5, 0.5])], RATIO, "cost", costs)
    assert found.better == -1
    assert found.plain[2].how == "elkan"
    assert set(found.plain[2].thresholds) == {0.1}
    assert found.moved.mean < found.plain[0].mean


def test_where_there_is_nothing_to_choose_on_it_says_so():
    """One split, or more than two classes."""
    with pytest.raises(NotApplicableError, match="single split"):
        moved_threshold(holdout_run().of("logistic"), [], 0.25)
    with pytest.raises(NotApplicableError, match="two classes"):
        moved_threshold(multiclass_run().of("naive_bayes"), [], 0.25)
