"""Quick look: the same study on a sample of the rows first, as further steps of the same run.

A sample is a smaller table with a key of its own, so its steps are kept by content like all others
and never mistaken for those of the whole table, whose keys and numbers a quick look leaves as they
are. Until the first split of a candidate on the whole table is in, its line in the leaderboard
stands on the largest sample that has one.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from outfold.errors import StudyError
from outfold.hashing import key_of
from outfold.metrics.metric import Ints
from outfold.study.plan import Plan, Step, make_plan
from outfold.study.results import CandidateResult
from outfold.study.scores import score_steps
from outfold.study.speed import Quick
from outfold.study.steps import Loaded, with_splits
from outfold.study.study import Study
from outfold.study.table import StudyTable
from outfold.study.tune.tuning import NO_TUNING
from outfold.study.workspace import Workspace

VERSION = 1
"""Raised when the drawing of a sample changes."""
GROWTH = 4
"""How much larger each sample is than the one before."""
GROUPS_PER_FOLD = 4
"""Groups that a sample has for each fold, at least, where the table has so many."""
FOLDS = 5
"""Folds that a sample is drawn for where the scheme has none."""
RESAMPLES = 10
"""Bootstrap draws on a sample, at most."""
LEAST_WINDOW = 10
"""Rows of a sliding training window on a sample, at least."""
ROWS_PER_FOLD = 2
"""Rows of each class that a sample has for each fold, at least, where the table has so many."""


def sizes(quick: Quick, n_rows: int) -> tuple[int, ...]:
    """Rows of each sample, ascending; none that has more than half of the table."""
    if not quick.on:
        return ()
    asked = (quick.rows * GROWTH**i for i in range(quick.samples))
    return tuple(rows for rows in asked if rows <= n_rows / 2)


def fits_on_samples(study: Study, n_rows: int) -> int:
    """Fits that a quick look adds to a run, at most, without looking at the table."""
    if study.train_shares:
        return 0
    once = sample_study(study, 1.0).validation.n_splits
    return len(sizes(study.quick, n_rows)) * len(study.candidates()) * once


def sample_rows(table: StudyTable, rows: int, folds: int, seed: int) -> Ints:
    """Positions of a sample of a table's rows, ascending.

    Classes keep their shares, but a rare one keeps at least two rows for each fold, where it has
    them. Numbers are sampled evenly over their range of ranks. With a time column the sample is
    spread evenly over time, so that later rows are still judged by earlier ones. With a group
    column whole groups are drawn, unless that would leave too few groups for the folds: then more
    groups, and a part of the rows of each.

    Args:
        table: The study's table.
        rows: About how many rows.
        folds: Folds that the sample must serve.
        seed: Of the draw.
    """
    rng = np.random.default_rng([seed % 2**32, rows])
    everything = np.arange(table.n_rows)
    if rows >= table.n_rows:
        return everything
    pool = everything if table.groups is None else _of_groups(table.groups, rows, folds, rng)
    if table.groups is not None and len(pool) <= 1.25 * rows:
        return pool
    if not table.classes:
        by = table.target[pool] if table.order is None else table.order[pool]
        return _evenly(pool, by, rows, rng)
    codes = table.target[pool].astype(int)
    pieces = []
    for code in np.unique(codes):
        members = pool[codes == code]
        least = min(len(members), ROWS_PER_FOLD * folds)
        wanted = max(least, round(rows * len(members) / len(pool)))
        by = rng.random(len(members)) if table.order is None else table.order[members]
        pieces.append(_evenly(members, by, wanted, rng))
    return np.sort(np.concatenate(pieces))


def _evenly(pool: Ints, by: np.ndarray, wanted: int, rng: np.random.Generator) -> Ints:
    """A systematic sample: rows evenly spaced in an order, equal ones shuffled, random start."""
    if wanted >= len(pool):
        return np.sort(pool)
    ordered = pool[np.lexsort((rng.random(len(pool)), by))]
    step = len(pool) / wanted
    return np.sort(ordered[((np.arange(wanted) + rng.random()) * step).astype(int)])


def _of_groups(groups: Ints, rows: int, folds: int, rng: np.random.Generator) -> Ints:
    """The rows of groups drawn until there are enough rows, and enough groups for the folds."""
    names, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    drawn = rng.permutation(len(names))
    before = np.concatenate([[0], np.cumsum(counts[drawn])[:-1]])
    enough = max(int((before < rows).sum()), min(len(names), GROUPS_PER_FOLD * folds))
    kept = np.zeros(len(names), dtype=bool)
    kept[drawn[:enough]] = True
    return np.flatnonzero(kept[place])


def sampled_table(table: StudyTable, study: Study, rows: int) -> StudyTable:
    """A sample of a table as a table of its own."""
    now = study.validation
    folds = now.folds if now.declared.uses("folds") else FOLDS
    kept = sample_rows(table, rows, folds, study.seed)

    by_row = {
        f.name: getattr(table, f.name)[kept]
        for f in dataclasses.fields(table)
        if isinstance(getattr(table, f.name), np.ndarray)
    }
    frame, target = table.frame.iloc[kept].reset_index(drop=True), by_row["target"]
    counts = np.bincount(target.astype(int)) if table.classes else np.zeros(0)
    facts = dataclasses.replace(
        table.facts,
        n_rows=len(kept),
        n_missing=int(frame.isna().to_numpy().sum()),
        smallest_class=int(counts[counts > 0].min()) if table.classes else None,
    )
    key = key_of("sample", VERSION, table.key, rows, folds, study.seed)
    return dataclasses.replace(table, key=key, frame=frame, facts=facts, **by_row)


def sample_study(study: Study, share: float) -> Study:
    """The study as it is done on a sample: without race or tuning, with splits drawn once.

    What is counted in rows, a gap or a window, is smaller in proportion.
    """
    now = study.validation
    validation = dataclasses.replace(
        now,
        repeats=1,
        resamples=min(now.resamples, RESAMPLES),
        gap=math.ceil(now.gap * share),
        window=None if now.window is None else max(LEAST_WINDOW, math.ceil(now.window * share)),
    )
    return study.replace(
        validation=validation,
        train_shares=(),
        racing=dataclasses.replace(study.racing, on=False),
        tuning=NO_TUNING,
    )


def sampled(loaded: Loaded, study: Study, rows: int) -> Loaded:
    """A sample of a study's table with its splits.

    Raises:
        StudyError: The validation cannot be done on so few rows.
    """
    table = sampled_table(loaded.table, study, rows)
    on_sample = sample_study(study, table.n_rows / loaded.table.n_rows)
    return dataclasses.replace(with_splits(table, on_sample), sample=True)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The samples that a run begins with.

    Attributes:
        tables: Each sample with its splits, smallest first.
        plans: A plan for each.
        refused: Why a sample was left out, one sentence each.
    """

    tables: tuple[Loaded, ...] = ()
    plans: tuple[Plan, ...] = ()
    refused: tuple[str, ...] = ()
    _rows: Mapping[str, int] = field(default_factory=dict)

    def rows_of(self, step: str) -> int:
        """The rows of the sample that a step belongs to; 0 for a step of the whole table."""
        return self._rows.get(step, 0)

    def loaded(self) -> dict[int, Loaded]:
        """The samples by their rows."""
        return {sample.table.n_rows: sample for sample in self.tables}

    def turn(self, places: Mapping[int, int]) -> Callable[[Step], tuple[int, int]]:
        """From a step to its stage and the place of its split: small samples first.

        Args:
            places: The place of each split of the whole table.
        """
        stages = {rows: stage for stage, rows in enumerate(self.loaded())}
        last = len(stages)

        def of(step: Step) -> tuple[int, int]:
            if rows := self.rows_of(step.key):
                return stages[rows], step.split
            return last, places.get(step.split, step.split)

        return of


def samples_of(study: Study, loaded: Loaded) -> Samples:
    """What a study's quick look does; nothing where it is off, the table small, or for a curve."""
    found: dict[int, tuple[Loaded, Plan]] = {}
    refused = []
    asked = () if study.train_shares else sizes(study.quick, loaded.table.n_rows)
    for rows in asked:
        try:
            small = sampled(loaded, study, rows)
        except StudyError as error:
            refused.append(f"No first look at {rows:,} rows: {error.message}")
            continue
        n = small.table.n_rows
        on_sample = sample_study(study, n / loaded.table.n_rows)
        plan = make_plan(on_sample, small.table, small.splits, f", on {n:,} rows")
        if n < loaded.table.n_rows:
            found[n] = (small, plan)
    return Samples(
        tuple(small for small, _ in found.values()),
        tuple(plan for _, plan in found.values()),
        tuple(refused),
        {step.key: n for n, (_, plan) in found.items() for step in plan.steps},
    )


def on_samples(
    workspace: Workspace, study: Study, plan: Plan, rows: Sequence[CandidateResult]
) -> list[CandidateResult]:
    """The rows of a leaderboard, those without a split of the whole table from a sample.

    Each stands on the largest sample on which it has a split.

    Args:
        workspace: Where scores are kept.
        study: What is run.
        plan: Its plan with its samples.
        rows: The candidates as measured on the whole table.
    """
    samples = [sample.judged() for sample in plan.samples]
    fits = [key for sample in samples for keys in sample.fits.values() for key in keys]
    scores = score_steps(workspace, study.task, fits, plan.positive)
    found = []
    for row in rows:
        shown = row
        if not row.splits_done and row.status in ("waiting", "running", "cancelled"):
            for sample in samples:
                if done := [key for key in sample.fits.get(row.name, ()) if key in scores]:
                    shown = _from_sample(row, [scores[key] for key in done], sample.rows)
        found.append(shown)
    return found


def _from_sample(
    row: CandidateResult, splits: Sequence[Mapping[str, float]], n_rows: int
) -> CandidateResult:
    """A row that shows a sample's scores; costs are the whole table's and stay unknown."""
    return dataclasses.replace(
        row,
        status="running" if row.status == "waiting" else row.status,
        scores={name: tuple(s.get(name, math.nan) for s in splits) for name in splits[0]},
        rows=n_rows,
    )
