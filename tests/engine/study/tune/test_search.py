"""The search: which values are tried, on how many rows, and which are taken."""

from __future__ import annotations

import itertools
import math
import time

import pytest

from outfold.errors import ParameterError, StudyError
from outfold.study.study import Study
from outfold.study.tune.results import best_so_far
from outfold.study.tune.search import planned_trials, rungs, search
from outfold.study.tune.space import Axis
from outfold.study.tune.trial import Trial, Tuned, best_of
from outfold.study.tune.tuning import METHODS, Tuning

SPACE = (
    Axis("a", "A", "float", -5.0, 5.0),
    Axis("b", "B", "float", 0.001, 1000.0, log=True),
    Axis("way", "Way", "choice", choices=("x", "y")),
)
START = {"a": 4.0, "b": 900.0, "way": "x"}
ON = [m for m in METHODS if m != "none"]


def bowl(values, share):
    """Two inner folds that agree on a minimum of 0 at a = 1, b = 1, way = y."""
    loss = (values["a"] - 1) ** 2 + math.log10(values["b"]) ** 2 + (values["way"] == "x")
    return (loss, loss + 0.5 * (1 - share)), ""


def run(method="random", trials=20, judge=bowl, seed=3, **more):
    shares = more.pop("shares", rungs(trials, 10_000) if method == "halving" else (1.0,))
    tuning = Tuning(method, trials=trials, **more)
    return search(tuning, SPACE, START, judge, higher=False, seed=seed, shares=shares)


@pytest.mark.parametrize("method", ON)
def test_the_first_trial_has_the_values_as_they_are_set(method):
    """So tuning never takes values that did worse than these on the same inner folds."""
    trials = run(method)
    assert dict(trials[0].params) == START
    if method != "halving":
        assert best_of(trials, higher=False).score <= trials[0].score


@pytest.mark.parametrize("method", ON)
def test_a_budget_in_trials_is_reproducible(method):
    """Equal seeds try equal values, another seed others."""
    first, again, other = run(method), run(method), run(method, seed=4)
    assert [t.params for t in first] == [t.params for t in again]
    assert [t.params for t in first] != [t.params for t in other]


@pytest.mark.parametrize("method", ["random", "halton", "tpe"])
def test_a_larger_budget_goes_on_where_the_smaller_one_ended(method):
    """The first ten of twenty trials are those of a budget of ten."""
    assert [t.params for t in run(method, 20)[:10]] == [t.params for t in run(method, 10)]
    assert len(run(method, 20)) == 20


def test_the_parzen_estimator_learns_from_its_trials():
    """Its later trials lie nearer to the minimum than those of chance, on average over seeds."""
    late = {
        method: sum(sum(t.score for t in run(method, 50, seed=seed)[30:]) / 20 for seed in range(3))
        for method in ("random", "tpe")
    }
    assert late["tpe"] < 0.6 * late["random"]


def test_a_halton_sequence_leaves_smaller_gaps_than_chance():
    """Of 40 points in one dimension the widest gap is smaller, whatever the seed."""

    def gap(method, seed):
        line = (Axis("u", "U", "float", 0.0, 1.0),)
        judge = lambda values, share: ((values["u"],), "")  # noqa: E731
        made = search(Tuning(method, trials=41), line, {"u": 0.5}, judge, higher=False, seed=seed)
        points = sorted([0.0, *(dict(t.params)["u"] for t in made[1:]), 1.0])
        return max(b - a for a, b in itertools.pairwise(points))

    assert all(gap("halton", seed) < gap("random", seed) for seed in range(5))


def test_successive_halving_gives_the_best_third_three_times_the_rows():
    """27 sets of values on 1/9 of the rows, 9 on 1/3, 3 on all."""
    trials = run("halving", 27, shares=(1 / 9, 1 / 3, 1.0))
    by_share = {share: [t for t in trials if t.share == share] for share in (1 / 9, 1 / 3, 1.0)}
    assert [len(found) for found in by_share.values()] == [27, 9, 3]
    best_nine = sorted(by_share[1 / 9], key=lambda t: t.score)[:9]
    assert [t.params for t in by_share[1 / 3]] == [t.params for t in best_nine]
    taken = best_of(trials, higher=False)
    assert taken.share == 1.0
    assert taken.score == min(t.score for t in by_share[1.0])


@pytest.mark.parametrize(
    ("trials", "rows", "rarest", "count"),
    [(27, 10_000, None, 4), (27, 600, None, 3), (27, 100, None, 1), (2, 10_000, None, 1),
     (27, 10_000, 10, 2), (9, 10_000, 5_000, 3)],
)  # fmt: skip
def test_rungs_follow_from_trials_and_rows(trials, rows, rarest, count):
    """No rung has too few rows, or too few of the rarest class."""
    shares = rungs(trials, rows, rarest)
    assert len(shares) == count
    assert shares[-1] == 1.0
    assert all(b == pytest.approx(3 * a) for a, b in itertools.pairwise(shares))
    planned = planned_trials(Tuning("halving", trials=trials), count)
    assert planned == len(run("halving", trials, shares=shares))


def test_seconds_end_a_search_after_its_first_trial():
    """No trial begins once the time is up, and there is always one."""

    def slow(values, share):
        time.sleep(0.02)
        return bowl(values, share)

    assert len(run("random", None, slow, seconds=0.001)) == 1
    assert 2 <= len(run("random", None, slow, seconds=0.1)) <= 6
    assert len(run("halving", 9, slow, seconds=0.001)) == 1


def test_a_trial_without_a_score_is_never_taken():
    """Failed trials stay in the history and do not lead the search astray."""

    def brittle(values, share):
        if values["way"] == "x":
            return (math.nan, math.nan), "x does not work"
        return bowl(values, share)

    for method in ON:
        trials = run(method, 20, brittle)
        assert dict(best_of(trials, higher=False).params)["way"] == "y"
        assert trials[0].reason == "x does not work"
    nothing = run("tpe", 12, lambda values, share: ((math.nan,), "no"))
    assert len(nothing) == 12
    assert best_of(nothing, higher=False) is None


def test_a_trial_on_all_folds_goes_before_one_on_some():
    """A score on fewer inner folds does not compare."""
    partly = Trial(0, (), (0.99, math.nan))
    wholly = Trial(1, (), (0.7, 0.8))
    assert best_of([partly, wholly], higher=True) is wholly
    assert best_of([partly], higher=True) is partly
    assert best_of([wholly, Trial(2, (), (0.8, 0.7))], higher=True) is wholly


def test_the_best_so_far_is_what_would_be_taken_then():
    """The line of the chart and the choice follow one rule, rung by rung."""
    for method in ON:
        trials = run(method)
        line = best_so_far(trials, higher=False)
        for n, value in enumerate(line, 1):
            assert value == best_of(trials[:n], higher=False).score


def test_what_was_found_survives_json():
    """A tuning step is kept as JSON and comes back the same, undefined scores included."""
    trials = (Trial(0, (("a", 1), ("b", None)), (0.5, math.nan), 1 / 3, 0.1, "why"),
              Trial(1, (("a", 2), ("b", "x")), (0.5, 0.75)))  # fmt: skip
    found = Tuned((("a", 2), ("b", "x")), 0.625, "roc_auc", trials, (10, 11), 1.0, 0.9, ("note",))
    again = Tuned.from_body(found.to_body())
    assert again.to_body() == found.to_body()
    assert again.trials[1] == trials[1]
    assert again.params == found.params


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"method": "grid"}, "no tuning method 'grid'"),
        ({"method": "tpe", "trials": 0}, "0 trials"),
        ({"method": "tpe", "trials": None}, "has no end"),
        ({"method": "halving", "trials": None, "seconds": 5.0}, "begins with a number"),
        ({"method": "tpe", "seconds": -1.0}, "seconds of tuning"),
        ({"folds": 1}, "1 inner folds"),
    ],
)
def test_an_impossible_budget_is_refused_in_words(options, complaint):
    """A study file is input from a person."""
    with pytest.raises(StudyError, match=complaint):
        Tuning(**options)


def test_a_study_with_tuning_survives_json():
    """Tuning is part of the study and of its key, and none is the default."""
    plain = Study("d", "y", "binary")
    tuned = plain.replace(tuning=Tuning("tpe", trials=None, seconds=9.0, metric="log_loss"))
    assert Study.from_json(tuned.to_json()) == tuned
    assert tuned.key != plain.key
    assert not plain.tuning.is_on
    assert Study.from_json('{"dataset": "d", "target": "y", "task": "binary"}') == plain


def test_the_command_line_describes_a_tuning():
    """Seconds alone lift the limit of trials; a budget without a method is refused."""
    import argparse

    from outfold.commands.tuning import add_tuning, tuning_of

    parser = argparse.ArgumentParser()
    add_tuning(parser)

    def tuning(*words, now=Tuning()):  # noqa: B008
        return tuning_of(parser.parse_args(words), now)

    assert tuning() == Tuning()
    assert tuning("--tune", "halton", "--trials", "7") == Tuning("halton", 7)
    assert tuning("--tune", "tpe", "--tune-seconds", "3") == Tuning("tpe", None, 3.0)
    assert tuning("--tune", "halving", "--tune-seconds", "3") == Tuning("halving", 20, 3.0)
    assert tuning("--trials", "5", now=Tuning("tpe")) == Tuning("tpe", 5)
    assert tuning("--tune", "none", now=Tuning("tpe")) == Tuning("none")
    with pytest.raises(ParameterError, match="no method"):
        tuning("--trials", "5")
