"""Charts of tuning show the trials they are given, say what they show, and escape names."""

from __future__ import annotations

import json
import math

import numpy as np
import plotly.graph_objects as go
import pytest

from outfold.draw import tuning_history, tuning_importance, tuning_values
from outfold.metrics.catalogue import metric_named
from outfold.study.study import NONE, Candidate, Choice
from outfold.study.tune.importance import importances
from outfold.study.tune.results import CandidateTuning, SplitTuning
from outfold.study.tune.space import tunable
from outfold.study.tune.trial import Trial, Tuned, best_of
from outfold.study.tune.tuning import Method, Tuning

NASTY = "<b>a & b</b>"
CANDIDATE = Candidate(NONE, NONE, Choice("hist_gradient_boosting"))


def found(
    n_trials: int = 20,
    n_splits: int = 3,
    method: Method = "random",
    choice: str = CANDIDATE.model.key,
) -> CandidateTuning:
    """Trials whose score depends on the learning rate alone, best near 0.1."""
    candidate = Candidate(NONE, NONE, Choice(choice))
    space = tunable(candidate)
    first = space[0]
    splits = []
    for split in range(n_splits):
        rng = np.random.default_rng(split)
        trials = []
        for number in range(n_trials):
            point = [0.5] * len(space) if number == 0 else rng.random(len(space)).tolist()
            values = {a.key: a.at(u) for a, u in zip(space, point, strict=True)}
            score = 0.9 - (first.position(values[first.key]) - 0.6) ** 2
            share = 1.0 if method != "halving" or number >= n_trials - 2 else 1 / 3
            trials.append(Trial(number, tuple(sorted(values.items())), (score, score), share, 0.1))
        best = best_of(trials, higher=True)
        tuned = Tuned(best.params, best.score, "roc_auc", tuple(trials), (90, 90), 2.0, 2.0)
        splits.append(SplitTuning(split, tuned, best.score - 0.02))
    return CandidateTuning(
        candidate, Tuning(method, trials=n_trials), metric_named("roc_auc"), space, n_splits,
        tuple(splits),
    )  # fmt: skip


def text_of(figure: go.Figure) -> str:
    return json.dumps(figure.to_plotly_json(), default=str, ensure_ascii=False)


def title_of(figure: go.Figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def test_history_draws_the_best_so_far_of_each_split():
    """Lines never fall, and the title says by how much tuning beat the values as set."""
    of = found()
    figure = tuning_history.draw(of)
    lines = [t for t in figure.data if t.mode == "lines"]
    assert [t.name for t in lines] == ["split 1", "split 2", "split 3"]
    for line, split in zip(lines, of.splits, strict=True):
        assert (np.diff(line.y) >= 0).all()
        assert line.y[-1] == split.inner
    assert len({t.line.dash for t in lines}) == 3
    dots = next(t for t in figure.data if t.mode == "markers")
    assert len(dots.x) == 60
    assert "tuning beat the values as set on 3 of 3 splits" in title_of(figure)
    assert "Trial" in figure.layout.xaxis.title.text


def test_history_of_halving_says_where_a_rung_begins():
    """Scores on more rows begin a new line of thought."""
    figure = tuning_history.draw(found(method="halving"))
    assert "next rung" in figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "33% of the rows" in text_of(figure)


def test_importance_finds_the_parameter_that_the_score_depends_on():
    """The score depends on the learning rate alone."""
    of = found(n_trials=40)
    shares = importances(of, seed=1)
    assert shares[0].axis.key == of.space[0].key
    assert shares[0].mean > 0.8
    for split in range(3):
        assert sum(i.shares[split] for i in shares) == pytest.approx(1.0)
    assert [i.shares for i in importances(of, seed=1)] == [i.shares for i in shares]
    figure = tuning_importance.draw(shares, of.candidate.name)
    assert figure.data[0].x[0] == shares[0].mean
    assert "explains" in title_of(figure)


def test_importance_says_where_trials_are_too_few():
    """Four trials show nothing; one parameter alone needs no analysis."""
    few = importances(found(n_trials=4))
    assert all(math.isnan(i.mean) for i in few)
    assert "too few trials" in title_of(tuning_importance.draw(few, CANDIDATE.name))
    alone = importances(found(choice="ridge"))
    assert [i.shares for i in alone] == [(1.0, 1.0, 1.0)]
    assert "the only parameter" in title_of(tuning_importance.draw(alone, "none + none + ridge"))


def test_values_stand_at_their_place_in_the_range():
    """A diamond per split and parameter, within the range."""
    of = found()
    figure = tuning_values.draw(of)
    diamonds = next(t for t in figure.data if t.mode == "markers")
    assert len(diamonds.x) == 3 * len(of.space)
    assert 0 <= min(diamonds.x) <= max(diamonds.x) <= 1
    first = of.space[0]
    assert list(diamonds.x[:3]) == [
        first.position(dict(s.found.params)[first.key]) for s in of.splits
    ]
    assert "disagree" in title_of(figure) or "different" in title_of(figure)
    assert "similar" in title_of(tuning_values.draw(found(n_trials=1)))


def test_names_from_data_are_escaped():
    """A hostile name stays text."""
    of = found()
    names = {of.candidate.name: NASTY}
    for figure in (
        tuning_history.draw(of, names),
        tuning_values.draw(of, names),
        tuning_importance.draw(importances(of), of.candidate.name, names),
    ):
        assert NASTY not in text_of(figure)
        assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in figure.layout.title.text


def test_optimism_is_the_inner_score_above_the_honest_one():
    """Positive where the inner score flatters, whichever way the metric points."""
    of = found()
    assert of.optimism == pytest.approx(0.02)
    assert "the score without nesting is 0.02 too good" in of.sentence()
    assert of.gain > 0
    assert of.spread == pytest.approx(0.0, abs=1e-12)
    assert "not flatter" in CandidateTuning(
        of.candidate, of.tuning, metric_named("log_loss"), of.space, 3, of.splits
    ).sentence()  # fmt: skip
