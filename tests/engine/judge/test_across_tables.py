"""Candidates over several tables: ranks, ties, groups, few tables, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import stats

from outfold.draw import critical_difference as picture
from outfold.errors import NotApplicableError, UnknownNameError
from outfold.judge.across_tables import TableRun, across_tables
from outfold.judge.rank_tests import friedman, permuted_p
from outfold.study.results import CandidateResult, RunResult
from outfold.study.study import BASELINE, NONE, Candidate, Choice, Study
from tests.engine.judge.small_runs import binary_run, regression_run
from tests.reference.cases import case

NAMES = {"m1": "logistic", "m2": "knn", "m3": "lightgbm", "m4": "decision_tree", "m5": "ridge"}


def made_of(scores: np.ndarray, models: list[str], metric: str = "roc_auc") -> list[TableRun]:
    """Runs whose candidates scored so, a table a row, two splits around each mean."""
    runs = []
    for place, row in enumerate(scores):
        study = Study(f"t{place}", "y", "binary", models=tuple(Choice(m) for m in models))
        rows = [CandidateResult(BASELINE, "finished", splits_done=2, scores={metric: (0.5, 0.5)})]
        rows += [
            CandidateResult(
                Candidate(NONE, NONE, Choice(m)), "finished", splits_done=2,
                scores={metric: (value - 0.01, value + 0.01)},
            )
            for m, value in zip(models, row, strict=True)
        ]  # fmt: skip
        result = RunResult(f"r{place}", study, "finished", tuple(rows), 2, 1.0)
        runs.append(TableRun(result, f"table {place}", f"t{place}", (f"column {place}", "y")))
    return runs


def reference_runs() -> list[TableRun]:
    reference = case("metrics.json", "met-friedman-nemenyi")
    table = reference.frame()[reference.inputs["columns"]].to_numpy(float)
    return made_of(table, list(NAMES.values()))


def test_runs_over_tables_agree_with_r() -> None:
    """The ranks, the statistics and the critical difference are those of the reference table."""
    reference = case("metrics.json", "met-friedman-nemenyi")
    found = across_tables(reference_runs(), "roc_auc")
    ranks = dict(zip(found.candidates, found.test.average_ranks, strict=True))
    for column, model in NAMES.items():
        name = Candidate(NONE, NONE, Choice(model)).name
        assert ranks[name] == pytest.approx(reference.expected["average_ranks"][column])
    reference.check(
        {
            "friedman_chi2": found.test.chi2, "p": found.test.p_value,
            "iman_davenport_p": found.test.f_p_value,
            "critical_difference": found.test.critical_difference,
        }
    )  # fmt: skip
    assert found.p_value == found.test.f_p_value
    assert list(found.test.average_ranks) == sorted(found.test.average_ranks)
    for pair in found.pairs:
        together = any({pair.a, pair.b} <= set(g) for g in found.groups)
        assert together == (pair.nemenyi_p > 0.05)
        assert pair.wins + pair.losses <= len(found.tables)
    assert BASELINE.name not in found.candidates
    drawn = picture.draw(found)
    assert "ranks best" in drawn.layout.title.text.replace("<br>", " ")


def test_friedman_agrees_with_scipy_under_ties() -> None:
    """Scores rounded so that many are tied."""
    rng = np.random.default_rng(3)
    table = np.round(rng.normal([0, 0.2, 0.4, 0.9], 1, size=(14, 4)))
    ours, theirs = friedman(table, list("abcd")), stats.friedmanchisquare(*table.T)
    assert ours.chi2 == pytest.approx(theirs.statistic)
    assert ours.p_value == pytest.approx(theirs.pvalue)


def test_shuffled_ranks_give_the_exact_p_of_a_small_table() -> None:
    """Four blocks of three in one order: of 6^4 orders six are as far from equal ranks."""
    ranks = np.tile([1.0, 2.0, 3.0], (4, 1))
    assert permuted_p(ranks) == pytest.approx(6 / 6**4, abs=0.002)
    assert permuted_p(np.tile([2.0, 2.0, 2.0], (4, 1))) == 1.0


def test_few_tables_and_ties_are_told() -> None:
    """Three tables, one of them tied: the permutation's p-value, and what to think of it."""
    runs = made_of(np.array([[0.9, 0.8, 0.7], [0.8, 0.7, 0.6], [0.7, 0.7, 0.5]]),
                   ["logistic", "knn", "lightgbm"])  # fmt: skip
    found = across_tables(runs)
    assert found.p_value == found.permutation_p != found.test.f_p_value
    assert any("3 tables are few" in note for note in found.notes)
    assert any("tied on 1 of 3" in note for note in found.notes)
    assert found.ranks[2].tolist() == [1.5, 1.5, 3.0]


def test_an_error_ranks_the_other_way_round() -> None:
    """The smallest loss has rank 1."""
    runs = made_of(np.array([[0.3, 0.2], [0.4, 0.1]]), ["logistic", "knn"], "log_loss")
    found = across_tables(runs, "log_loss")
    assert found.models == ("knn", "logistic")
    assert any("cannot tell any two" in note for note in found.notes)


def test_two_runs_of_one_table_are_no_blocks() -> None:
    """Neither are samples of the same rows; the sentence names the table."""
    runs = reference_runs()[:3]
    twice = [*runs, dataclasses.replace(runs[1], table="table 1 again")]
    with pytest.raises(NotApplicableError, match="of one table, table 1"):
        across_tables(twice)
    with pytest.raises(NotApplicableError, match="at least two tables"):
        across_tables(runs[:1])


def test_runs_without_common_candidates_or_metric_are_refused() -> None:
    """Only what every table has can be ranked."""
    one, *_ = made_of(np.array([[0.9, 0.8]]), ["logistic", "knn"])
    other, *_ = made_of(np.array([[0.9, 0.8]]), ["logistic", "lightgbm"])
    other = dataclasses.replace(other, rows="other")
    with pytest.raises(NotApplicableError, match="only none \\+ none \\+ logistic"):
        across_tables([one, other])
    numbers = TableRun(regression_run().result, "numbers", "n")
    with pytest.raises(NotApplicableError, match="not defined for this task"):
        across_tables([TableRun(binary_run().result, "classes", "c"), numbers], "roc_auc")
    with pytest.raises(UnknownNameError):
        across_tables([one, other], "nothing")


def test_what_a_table_lacks_is_left_out_and_told() -> None:
    """A candidate that failed somewhere does not take the others with it."""
    runs = reference_runs()[:4]
    rows = list(runs[0].result.candidates)
    gone = rows[-1].name
    rows[-1] = dataclasses.replace(rows[-1], status="failed", reason="It ran out of memory.")
    result = dataclasses.replace(runs[0].result, candidates=tuple(rows))
    found = across_tables([dataclasses.replace(runs[0], result=result), *runs[1:]])
    assert found.left_out == (gone,)
    assert gone not in found.candidates
    assert found.scores.shape == (4, 4)
