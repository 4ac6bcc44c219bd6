"""The candidates of several runs, each on a table of its own, ranked over the tables.

The tables are the blocks of Friedman's test and have to be independent of each other. The folds of
one table share training rows, and two runs of one table share all of them, so neither is a block
(Demšar 2006).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.adjust import adjust
from outfold.judge.chosen_metric import chosen_metric
from outfold.judge.rank_tests import Friedman, friedman, permuted_p, wilcoxon
from outfold.metrics.metric import Floats, Metric
from outfold.study.results import RunResult
from outfold.study.run import result as result_of
from outfold.study.workspace import Workspace

ENOUGH = 10
"""Tables from which on the tests' large-sample forms are taken at their word (Demšar 2006)."""


@dataclass(frozen=True, slots=True)
class TableRun:
    """A run and the table that it was on.

    Attributes:
        result: What it measured.
        table: The table's name.
        rows: Key of the rows that the table is, or is a sample of.
        columns: Names of its columns.
    """

    result: RunResult
    table: str
    rows: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TablePair:
    """Two candidates over the tables.

    Attributes:
        a: Name of the first.
        b: Name of the second.
        rank_difference: Average rank of a minus that of b: below 0 where a is better.
        nemenyi_p: By Nemenyi (1963), which allows for the number of candidates.
        wins: Tables on which a is better.
        losses: Tables on which b is.
        wilcoxon_p: By the signed-rank test of the scores' differences; it looks at these two alone.
        wilcoxon_adjusted: After Holm over all pairs (Benavoli, Corani & Mangili 2016 prefer this).
    """

    a: str
    b: str
    rank_difference: float
    nemenyi_p: float
    wins: int
    losses: int
    wilcoxon_p: float
    wilcoxon_adjusted: float


@dataclass(frozen=True, slots=True, eq=False)
class AcrossTables:
    """Candidates ranked over independent tables.

    Attributes:
        metric: Key of the metric.
        label: Its name for people.
        direction: Whether more is better.
        alpha: Level of the tests.
        tables: Names of the tables, all different.
        candidates: Names, the best average rank first.
        models: Key of each candidate's model.
        scores: Mean score out of fold, shape (n_tables, n_candidates).
        ranks: Rank within each table, 1 is best, ties averaged; same shape.
        test: Friedman's test, candidates in the same order.
        permutation_p: Friedman's p by shuffling ranks within tables, which needs no large sample.
        groups: Candidates that Nemenyi's test does not tell apart: maximal sets, each of neighbours
            in ``candidates``, at least two of them.
        pairs: Every pair.
        left_out: Candidates that some table lacks.
        notes: What makes the result doubtful, in sentences.
    """

    metric: str
    label: str
    direction: Literal["higher", "lower"]
    alpha: float
    tables: tuple[str, ...]
    candidates: tuple[str, ...]
    models: tuple[str, ...]
    scores: Floats
    ranks: Floats
    test: Friedman
    permutation_p: float
    groups: tuple[tuple[str, ...], ...]
    pairs: tuple[TablePair, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def p_value(self) -> float:
        """Of all ranking alike: Iman & Davenport's, with few tables that of the permutation."""
        if len(self.tables) < ENOUGH:
            return self.permutation_p
        return self.test.f_p_value

    def sentence(self, names: Mapping[str, str] | None = None) -> str:
        """What the ranks show, in one sentence.

        Args:
            names: Names of candidates for people.
        """
        best = self.candidates[0]
        called = (names or {}).get(best, best)
        rank = f"average rank {self.test.average_ranks[0]:.2f} over {len(self.tables)} tables"
        if not self.p_value < self.alpha:
            return (
                f"Over {len(self.tables)} tables no candidate is told apart from another by its "
                f"ranks (p {self.p_value:.2g})."
            )
        tied = next((g for g in self.groups if best in g), (best,))
        if len(tied) == 1:
            return f"{called} ranks best, {rank}, and is told apart from every other candidate."
        if len(tied) == len(self.candidates):
            return (
                f"Ranks differ (p {self.p_value:.2g}), but no pair is told apart; {called} ranks "
                f"best, {rank}."
            )
        others = f"{len(tied) - 1} other" + ("s are" if len(tied) > 2 else " is")
        return f"{called} ranks best, {rank}; {others} not told apart from it."

    def frame(self) -> pd.DataFrame:
        """One row per table: table, then the mean score of each candidate."""
        return pd.DataFrame(self.scores, columns=list(self.candidates)).assign(
            table=list(self.tables)
        )[["table", *self.candidates]]

    def rank_frame(self) -> pd.DataFrame:
        """One row per candidate: candidate, average_rank, best_on (tables), tables."""
        best = (self.ranks == self.ranks.min(axis=1, keepdims=True)).sum(axis=0)
        return pd.DataFrame(
            {
                "candidate": self.candidates, "average_rank": self.test.average_ranks,
                "best_on": best, "tables": len(self.tables),
            }
        )  # fmt: skip

    def pair_frame(self) -> pd.DataFrame:
        """One row per pair, with the fields of ``TablePair``."""
        names = list(TablePair.__dataclass_fields__)
        return pd.DataFrame([[getattr(p, n) for n in names] for p in self.pairs], columns=names)

    def to_json(self) -> dict[str, Any]:
        """The result as the command line prints it."""
        test = self.test
        return {
            "metric": self.metric,
            "direction": self.direction,
            "tables": list(self.tables),
            "ranks": self.rank_frame().to_dict("records"),
            "scores": self.frame().to_dict("records"),
            "friedman": {
                "chi2": test.chi2, "df": test.df, "p_value": test.p_value, "f": test.f,
                "f_df": list(test.f_df), "f_p_value": test.f_p_value,
                "permutation_p": self.permutation_p,
            },
            "critical_difference": test.critical_difference,
            "groups": [list(g) for g in self.groups],
            "pairs": self.pair_frame().to_dict("records"),
            "left_out": list(self.left_out),
            "notes": list(self.notes),
            "sentence": self.sentence(),
        }  # fmt: skip


def table_run(workspace: Workspace, run: str) -> TableRun:
    """A run with what is known of its table.

    Raises:
        UnknownNameError: This workspace does not know the run, or its table was removed.
    """
    measured = result_of(workspace, run)
    dataset = workspace.datasets.get(measured.study.dataset)
    rows = dataset.whole.key if dataset.whole else dataset.key
    return TableRun(measured, dataset.name, rows, tuple(c.name for c in dataset.schema.columns))


def common_candidates(runs: Sequence[TableRun], metric: Metric) -> tuple[str, ...]:
    """Names of the candidates that every run has finished with the metric; without the baseline."""
    found: list[set[str]] = []
    for run in runs:
        found.append(
            {
                c.name
                for c in run.result.finished()
                if not c.candidate.is_baseline
                and np.isfinite(c.scores.get(metric.key, (np.nan,))).any()
            }
        )
    first = runs[0].result.candidates
    return tuple(c.name for c in first if all(c.name in names for names in found))


def across_tables(
    runs: Sequence[TableRun], metric: str | None = None, alpha: float = 0.05
) -> AcrossTables:
    """Rank the candidates that several runs have in common, one run a table.

    Scores are means over each table's splits, rounded to 12 decimals so that the noise of sums
    splits no ties; tied candidates share the average of their ranks.

    Args:
        runs: Each of another table.
        metric: Key of the metric; that of the first run's study by default.
        alpha: Level of the tests and of the critical difference.

    Raises:
        UnknownNameError: There is no such metric.
        NotApplicableError: Two runs are of one table, there is only one, the metric is not defined
            for all of them, or they have fewer than two candidates in common.
    """
    if len(runs) < 2:
        raise NotApplicableError(
            "Ranks over tables need at least two tables.",
            "Run the same candidates on another table too.",
        )
    _check_independent(runs)
    chosen = chosen_metric(runs[0].result.study, metric)
    for run in runs:
        chosen_metric(run.result.study, chosen.key)
    shared = common_candidates(runs, chosen)
    if len(shared) < 2:
        have = f"only {shared[0]}" if shared else "none"
        raise NotApplicableError(
            f"The runs have fewer than two finished candidates in common: {have}.",
            "Run the same selectors, resamplers and models, with the same parameters, on each "
            "table.",
        )
    scores = np.array(
        [[np.nanmean(run.result[name].scores[chosen.key]) for name in shared] for run in runs]
    )
    scores = np.round(scores, 12)
    order = np.argsort(friedman(scores, shared, chosen.direction == "higher").average_ranks,
                       kind="stable")  # fmt: skip
    names, scores = [shared[i] for i in order], scores[:, order]
    test = friedman(scores, names, chosen.direction == "higher", alpha)
    by_name = {c.name: c for c in runs[0].result.candidates}
    every = list(dict.fromkeys(c.name for r in runs for c in r.result.candidates
                               if not c.candidate.is_baseline))  # fmt: skip
    return AcrossTables(
        chosen.key, chosen.label, chosen.direction, alpha, _tables(runs), tuple(names),
        tuple(by_name[n].candidate.model.key for n in names), scores, test.ranks, test,
        permuted_p(test.ranks), _groups(test), _pairs(test, scores, chosen),
        tuple(n for n in every if n not in shared), _notes(runs, test),
    )  # fmt: skip


def _check_independent(runs: Sequence[TableRun]) -> None:
    """Raise where two runs stand on the same rows."""
    seen: dict[str, TableRun] = {}
    for run in runs:
        if run.rows in seen:
            raise NotApplicableError(
                f"Two of the runs are of one table, {run.table}.",
                "Take one run a table: runs and folds of one table share rows, so they are no "
                "independent data (Demšar 2006). Two runs of one table are compared side by side.",
            )
        seen[run.rows] = run


def _tables(runs: Sequence[TableRun]) -> tuple[str, ...]:
    """The tables' names, those that come twice numbered."""
    often = Counter(run.table for run in runs)
    seen: Counter[str] = Counter()
    named = []
    for run in runs:
        seen[run.table] += 1
        named.append(run.table if often[run.table] == 1 else f"{run.table} #{seen[run.table]}")
    return tuple(named)


def _groups(test: Friedman) -> tuple[tuple[str, ...], ...]:
    """Maximal runs of neighbours whose average ranks lie within the critical difference."""
    ranks = np.array(test.average_ranks)
    found: list[tuple[int, int]] = []
    for start in range(len(ranks)):
        end = int(np.flatnonzero(ranks <= ranks[start] + test.critical_difference + 1e-12)[-1])
        if end > start and not (found and end <= found[-1][1]):
            found.append((start, end))
    return tuple(tuple(test.names[a : b + 1]) for a, b in found)


def _pairs(test: Friedman, scores: Floats, metric: Metric) -> tuple[TablePair, ...]:
    sign = 1.0 if metric.direction == "higher" else -1.0
    place = {name: i for i, name in enumerate(test.names)}
    tests, p = [], []
    for pair in test.pairs:
        a, b = (sign * scores[:, place[n]] for n in (pair.a, pair.b))
        found = wilcoxon(a, b)
        tests.append((pair, int((a > b).sum()), int((a < b).sum())))
        p.append(found.p_continuity if np.isnan(found.p_exact) else found.p_exact)
    return tuple(
        TablePair(
            pair.a, pair.b, pair.rank_difference, pair.p_value, wins, losses, raw, float(holm)
        )
        for (pair, wins, losses), raw, holm in zip(tests, p, adjust(p, "holm"), strict=True)
    )


def _notes(runs: Sequence[TableRun], test: Friedman) -> tuple[str, ...]:
    n, k = len(runs), len(test.names)
    notes = []
    if n < ENOUGH:
        notes.append(
            f"{n} tables are few: Demšar (2006) advises about {ENOUGH} or more. Only candidates "
            f"whose average ranks differ by {test.critical_difference:.2f} of at most {k - 1} can "
            "be told apart, and the p-value is by permutation."
        )
    if test.critical_difference > k - 1:
        notes.append(
            "With so few tables Nemenyi's test cannot tell any two of these candidates apart, "
            "whatever their scores."
        )
    tied = int(sum(len(np.unique(row)) < k for row in test.ranks))
    if tied:
        notes.append(
            f"Scores are tied on {tied} of {n} tables; tied candidates share their average rank, "
            "and the statistic is corrected for it."
        )
    columns = Counter(run.columns for run in runs if run.columns)
    if any(times > 1 for times in columns.values()):
        notes.append(
            "Some tables have the same columns. If one is a part or a copy of another, they are "
            "not independent, and the test finds too much."
        )
    ways = {(r.result.study.validation, r.result.study.preparation) for r in runs}
    if len(ways) > 1:
        notes.append("The tables were not all validated and prepared in the same way.")
    return tuple(notes)
