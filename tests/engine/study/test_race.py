"""The rules of a race: what they decide, on what grounds, and that order does not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from outfold.errors import ParameterError
from outfold.study.race import (
    Race,
    Stop,
    by_curtailment,
    by_ranks,
    chance_ahead,
    looks,
    race,
    reason,
    rule,
)
from outfold.study.racing import order_of
from outfold.study.speed import Racing
from outfold.study.study import Choice, Study, Validation

CURTAILED = Racing(on=True)
FRIEDMAN = Racing(on=True, test="friedman")


def scores_of(seed: int = 0, n_splits: int = 10) -> dict[str, list[float]]:
    """Five candidates, one of them hopeless, one a baseline, on splits of different difficulty."""
    rng = np.random.default_rng(seed)
    ease = rng.normal(0, 0.05, n_splits)
    means = {"baseline": 0.5, "good": 0.8, "better": 0.82, "fair": 0.74, "hopeless": 0.55}
    return {
        name: (mean + ease + rng.normal(0, 0.01, n_splits)).tolist() for name, mean in means.items()
    }


@pytest.mark.parametrize("racing", [CURTAILED, FRIEDMAN], ids=["curtailed", "friedman"])
def test_a_hopeless_candidate_is_stopped_and_the_baseline_is_not(racing):
    """The one that is far behind on every split is stopped; the baseline is spared though worse."""
    found = race(scores_of(), racing, higher=True, spared=frozenset({"baseline"}))
    assert "hopeless" in found.stops
    assert "baseline" not in found.stops
    assert "better" not in found.stops
    stop = found.stops["hopeless"]
    assert racing.first <= stop.after < 10
    assert stop.rival in ("good", "better")
    assert stop.p < stop.level
    assert stop.mean < stop.rival_mean


@pytest.mark.parametrize("racing", [CURTAILED, FRIEDMAN], ids=["curtailed", "friedman"])
def test_less_may_be_better(racing):
    """With a loss instead of a score the same candidates are stopped."""
    scores = scores_of()
    losses = {name: [1 - v for v in values] for name, values in scores.items()}
    spared = frozenset({"baseline"})
    up, down = race(scores, racing, True, spared), race(losses, racing, False, spared)
    assert {n: s.after for n, s in up.stops.items()} == {n: s.after for n, s in down.stops.items()}


@pytest.mark.parametrize("racing", [CURTAILED, FRIEDMAN], ids=["curtailed", "friedman"])
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_arrival_does_not_matter(racing, seed):
    """Revealed one by one in any order, decisions only ever grow towards those of all at once."""
    scores = scores_of(seed)
    whole = race(scores, racing, True, frozenset({"baseline"}))
    rng = np.random.default_rng(seed)
    known: dict[str, list] = {name: ["waiting"] * 10 for name in scores}
    before = Race()
    for cell in rng.permutation(50).tolist():
        name = list(scores)[cell // 10]
        known[name][cell % 10] = scores[name][cell % 10]
        now = race(known, racing, True, frozenset({"baseline"}))
        assert now.decided >= before.decided
        assert before.stops.items() <= now.stops.items() <= whole.stops.items()
        before = now
    assert before == whole


def test_results_after_a_stop_change_nothing():
    """A stopped candidate's later splits, computed or not, are no part of the race."""
    scores = scores_of()
    found = race(scores, CURTAILED, True, frozenset({"baseline"}))
    after = found.stops["hopeless"].after
    for later in ([0.99] * (10 - after), ["waiting"] * (10 - after), ["failed"] * (10 - after)):
        changed = scores | {"hopeless": [*scores["hopeless"][:after], *later]}
        assert race(changed, CURTAILED, True, frozenset({"baseline"})) == found


def test_a_block_waits_for_everyone_still_in_the_race_but_not_for_the_failed():
    """One missing split holds the decision back; a failed candidate is not waited for."""
    scores: dict[str, list] = dict(scores_of())
    waiting = scores | {"fair": [scores["fair"][0], "waiting", *scores["fair"][2:]]}
    assert race(waiting, CURTAILED, True) == Race(decided=1)
    failed = scores | {"fair": [scores["fair"][0], "failed", *["waiting"] * 8]}
    found = race(failed, CURTAILED, True, frozenset({"baseline"}))
    assert found.decided == 9
    assert "hopeless" in found.stops
    assert "fair" not in found.stops


def test_the_chance_ahead_is_that_of_a_sample_from_all_splits():
    """Four of ten splits: t = mean / (s sqrt(1/4 - 1/10)), one-sided with 3 degrees of freedom."""
    lead = np.array([0.02, 0.05, 0.01, 0.04])
    t = lead.mean() / (lead.std(ddof=1) * math.sqrt(1 / 4 - 1 / 10))
    assert chance_ahead(lead, 10) == pytest.approx(stats.t.sf(t, 3), rel=1e-12)
    undefined = np.array([0.02, np.nan, 0.05, 0.01, 0.04])
    assert chance_ahead(undefined, 11) == pytest.approx(chance_ahead(lead, 10), rel=1e-12)
    assert math.isnan(chance_ahead(np.array([0.1]), 5))


def test_equal_leads_stop_nobody():
    """Three times the same lead says nothing about how much the next may differ."""
    seen = {"a": np.array([0.8, 0.8, 0.8]), "b": np.array([0.7, 0.7, 0.7])}
    assert math.isnan(chance_ahead(seen["a"] - seen["b"], 5))
    assert by_curtailment(seen, 5, 0.5, 1.0) == []


def test_a_candidate_without_scores_is_never_stopped():
    """Where the metric is undefined there is nothing to be beaten by."""
    seen = {name: np.array(v[:5]) for name, v in scores_of().items()}
    seen["silent"] = np.full(5, np.nan)
    for found in (by_curtailment(seen, 10, 0.01, 1.0), by_ranks(seen, 0.05, 1.0)):
        assert found
        assert "silent" not in [stop.candidate for stop in found]
        assert "silent" not in [stop.rival for stop in found]


def test_ranks_are_judged_by_friedman_and_conover():
    """The statistic is scipy's; the comparison is Conover's t of the sums of ranks."""
    rng = np.random.default_rng(2)
    scores = np.round(rng.normal(0, 1, (12, 4)) + np.array([0.0, 0.4, 1.4, 2.4]), 1)
    seen = {name: scores[:, i] for i, name in enumerate("abcd")}
    _, p = stats.friedmanchisquare(*scores.T)
    assert p < 0.05
    ranks = stats.rankdata(-scores, axis=1)
    n, k = scores.shape
    sums = ranks.sum(axis=0)
    residual = (n * (ranks**2).sum() - (sums**2).sum()) * 2 / ((n - 1) * (k - 1))
    best = sums.argmin()
    expected = {
        "abcd"[j]: 2 * stats.t.sf((sums[j] - sums[best]) / math.sqrt(residual), (n - 1) * (k - 1))
        for j in range(k)
        if j != best
    }
    found = {stop.candidate: stop.p for stop in by_ranks(seen, 0.05, 1.0)}
    dropped = {name: value for name, value in expected.items() if value < 0.05}
    assert dropped
    assert len(dropped) < 3
    assert found == pytest.approx(dropped, rel=1e-9)
    assert by_ranks(seen, p / 2, 1.0) == []  # Friedman's test itself does not reject


def test_two_candidates_are_judged_by_wilcoxon():
    """Six splits in favour of one: p = 2/64; five leave 2/32, which is not below 0.05."""
    lead = np.array([0.3, 0.1, 0.2, 0.25, 0.15, 0.35])
    seen = {"a": 0.5 + lead, "b": np.full(6, 0.5)}
    (stop,) = by_ranks(seen, 0.05, 1.0)
    assert (stop.candidate, stop.rival) == ("b", "a")
    assert stop.p == pytest.approx(2 / 64)
    assert by_ranks({name: v[:5] for name, v in seen.items()}, 0.05, 1.0) == []
    assert by_ranks({"a": np.ones(6), "b": np.ones(6)}, 0.05, 1.0) == []


def test_there_is_nothing_to_decide_after_the_last_split():
    """With three splits and a first decision after three, nobody is stopped, and it is said so."""
    scores = {name: values[:3] for name, values in scores_of().items()}
    assert looks(CURTAILED, 3) == 0
    assert race(scores, CURTAILED, True) == Race()
    assert "nothing to spare" in rule(CURTAILED, 5, 3)


def test_the_level_is_shared_over_rivals_and_decisions():
    """Eleven rivals, two decisions: each is taken at a level of 0.05 / 22, and the rule says so."""
    text = rule(CURTAILED, 12, 5)
    assert f"{0.05 / 22:.2g}" in text
    assert "11 rivals and 2 decisions" in text
    assert "folds share training rows" in rule(FRIEDMAN, 12, 5)


def test_the_reason_names_the_rival_and_the_figures():
    """A stopped candidate's line says after how many splits, against whom and how surely."""
    stop = Stop("weak", 3, "strong", 0.71234, 0.84321, 0.0004, 0.002)
    text = reason(stop, CURTAILED, 5, "ROC AUC")
    assert text.startswith("Stopped after 3 of 5 splits: ROC AUC 0.7123 against 0.8432 of strong")
    assert "0.0004" in text
    assert "0.002" in text
    assert "Conover" in reason(stop, FRIEDMAN, 5, "ROC AUC")


@pytest.mark.parametrize(
    "values", [{"level": 0.0}, {"level": 2.0}, {"first": 1}, {"test": "coin"}, {"on": 1}]
)
def test_settings_that_make_no_sense_are_refused(values):
    """A level beyond its range, a decision after one split, an unknown test."""
    with pytest.raises(ParameterError, match="It takes"):
        Racing(**values)


def test_a_study_keeps_its_race_through_json():
    """Settings survive a link; without them a study is as it was."""
    study = Study("t", "y", "binary", models=(Choice("logistic"),))
    assert not study.racing.on
    assert not study.quick.on
    raced = study.replace(racing=Racing(True, "friedman", 0.1, 4))
    assert Study.from_json(raced.to_json()) == raced
    assert raced.key != study.key


def test_the_order_of_splits_is_random_where_a_split_is_special():
    """Folds drawn at random stay in order; time-ordered ones and repeats are drawn, seeded."""
    study = Study("t", "y", "binary", racing=CURTAILED)
    assert order_of(study, 5) == (0, 1, 2, 3, 4)
    repeated = study.replace(validation=Validation("stratified", repeats=4))
    order = order_of(repeated, 20)
    assert order[0] == 0
    assert sorted(order) == list(range(20))
    assert order != tuple(range(20))
    assert order == order_of(repeated, 20)
    assert order != order_of(repeated.replace(seed=1), 20)
    timed = study.replace(validation=Validation("time"))
    assert {order_of(timed.replace(seed=s), 5)[0] for s in range(20)} > {0}
    assert order_of(timed.replace(racing=Racing()), 5) == (0, 1, 2, 3, 4)
