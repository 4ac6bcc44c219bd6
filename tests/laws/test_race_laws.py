"""How often a race stops the best candidate, and how much it saves, measured by simulation.

Real folds of simulated tables: least-squares models on different columns, cross-validated, so that
splits share training rows exactly as they do in a study.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from outfold.study.race import chance_ahead, race
from outfold.study.speed import Racing

N_TABLES, N_ROWS, N_COLUMNS = 200, 120, 8
FOLDS = 10
COLUMNS = (8, 7, 6, 5, 4, 3, 2, 1)
"""Candidate i sees the first so many columns."""


@cache
def cross_validated(equal: bool) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared errors (table, candidate, fold), and each candidate's true error (table, ...).

    Args:
        equal: Whether the columns beyond the fourth tell nothing, so that the best candidates
            hardly differ; else every column tells something.
    """
    rng = np.random.default_rng(11)
    effect = np.array([1.0, 0.8, 0.6, 0.5, *([0.0] * 4 if equal else [0.4, 0.3, 0.3, 0.2])])
    errors = np.empty((N_TABLES, len(COLUMNS), FOLDS))
    truth = np.empty((N_TABLES, len(COLUMNS)))
    for table in range(N_TABLES):
        x = rng.normal(size=(N_ROWS, N_COLUMNS))
        y = x @ effect + rng.normal(size=N_ROWS)
        fold = rng.permutation(N_ROWS) % FOLDS
        for f in range(FOLDS):
            beta = fitted(x[fold != f], y[fold != f])
            errors[table, :, f] = ((y[fold == f] - beta @ x[fold == f].T) ** 2).mean(axis=1)
        truth[table] = 1 + ((fitted(x, y) - effect) ** 2).sum(axis=1)
    return errors, truth


def fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares on the first columns, one row of coefficients per candidate."""
    square, product = x.T @ x, x.T @ y
    beta = np.zeros((len(COLUMNS), N_COLUMNS))
    for place, k in enumerate(COLUMNS):
        beta[place, :k] = np.linalg.solve(square[:k, :k], product[:k])
    return beta


@cache
def races(racing: Racing, equal: bool) -> tuple[float, float, float, float]:
    """Shares: winner of the finished study stopped, truly best stopped, and fits saved; true loss.

    The loss is how much the winner of the race is truly worse than the winner of the finished
    study, as a share of the noise's variance, mean over the tables.
    """
    errors, truth = cross_validated(equal)
    lost_winner = lost_best = saved = 0
    loss = 0.0
    for table, true in zip(errors, truth, strict=True):
        outcomes = {str(i): row.tolist() for i, row in enumerate(table)}
        found = race(outcomes, racing, higher=False)
        finished = [i for i in range(len(table)) if str(i) not in found.stops]
        winner, best = int(table.mean(axis=1).argmin()), int(true.argmin())
        lost_winner += str(winner) in found.stops
        lost_best += str(best) in found.stops
        saved += sum(FOLDS - stop.after for stop in found.stops.values())
        kept = finished[int(table[finished].mean(axis=1).argmin())]
        loss += float(true[kept] - true[winner])
    n = len(errors)
    return lost_winner / n, lost_best / n, saved / errors.size, loss / n


@pytest.mark.parametrize("test", ["curtailed", "friedman"])
@pytest.mark.parametrize("equal", [True, False], ids=["ties", "gaps"])
def test_a_race_stops_the_winner_of_the_finished_study_seldom_though_folds_overlap(equal, test):
    """In at most 5 of 100 tables, and then by one that is as good: nothing is lost on average."""
    lost, _, saved, loss = races(Racing(on=True, test=test), equal)
    assert lost <= 0.05
    assert saved > 0.1
    assert abs(loss) < 0.005


@pytest.mark.parametrize("equal", [True, False], ids=["ties", "gaps"])
def test_ranks_stop_more_than_the_chance_to_win(equal):
    """F-race saves more fits than the rule that shares its risk over rivals and decisions."""
    curtailed = races(Racing(on=True), equal)
    ranked = races(Racing(on=True, test="friedman"), equal)
    assert ranked[2] > curtailed[2]


def test_neither_rule_says_who_is_best_on_new_tables():
    """Folds of one table agree on what is peculiar to it: the truly best is stopped more often."""
    for test in ("curtailed", "friedman"):
        winner, best, _, _ = races(Racing(on=True, test=test), True)
        assert best > winner
        assert best > 0.05


def test_a_smaller_risk_saves_less():
    """The level is what one pays with."""
    saved = [races(Racing(on=True, level=level), False)[2] for level in (0.01, 0.05)]
    assert saved[0] < saved[1]


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_the_chance_ahead_keeps_its_level_whatever_splits_have_in_common(correlation):
    """A lead that is gone in the end was given a chance below the level at most that often.

    Where the lead ends at exactly nothing, just that often: for equally correlated normal leads
    the rule is exact, since what the splits share moves the seen and the unseen alike.
    """
    rng = np.random.default_rng(5)
    n_splits, n_seen, n = 10, 4, 4_000
    shared = rng.normal(size=(n, 1)) * np.sqrt(correlation)
    lead = shared + rng.normal(size=(n, n_splits)) * np.sqrt(1 - correlation)
    gone = lead.mean(axis=1) <= 0
    chance = np.array([chance_ahead(row[:n_seen], n_splits) for row in lead])
    level_lead = lead - lead.mean(axis=1, keepdims=True)
    at_nothing = np.array([chance_ahead(row[:n_seen], n_splits) for row in level_lead])
    for level in (0.01, 0.05, 0.25):
        noise = 3 * np.sqrt(level * (1 - level) / n)
        assert float((at_nothing < level).mean()) == pytest.approx(level, abs=noise)
        assert float(((chance < level) & gone).mean()) <= level
