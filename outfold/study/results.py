"""What a run measured: out-of-fold predictions, scores per split, and costs, per candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from outfold.metrics.metric import Floats, Ints, Scored
from outfold.study.study import Candidate, Study
from outfold.task import Task

CandidateStatus = Literal["waiting", "running", "finished", "stopped", "failed", "cancelled"]
RunState = Literal["queued", "running", "finished", "cancelled", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a bootstrap's figures are corrected by, and what their uncertainty follows from.

    Attributes:
        times: How often each draw took each row, shape (n_draws, n_rows).
        units: Which rows are drawn together, as codes, shape (n_rows,).
        apparent: What the model of all rows says of these same rows, in their order. Not out of
            fold: never a score by itself.
    """

    times: Ints
    units: Ints
    apparent: Predictions


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """One candidate's out-of-fold predictions, all splits one after the other.

    Attributes:
        candidate: Whose predictions these are.
        task: What was predicted.
        classes: The class names, in the order of the codes; empty for numbers.
        positive: Code of the positive class (binary only).
        rows: Position of each predicted row in the study's table, shape (n,). A row comes once per
            repeat, and not at all where a scheme never holds it out.
        split: The split that each prediction comes from, 0 … n_splits-1, shape (n,).
        truth: Class codes or values, shape (n,).
        probability: Shape (n, K), or None.
        score: Shape (n,), or None; only for models that rank without probabilities.
        value: Shape (n,), or None.
        weight: Row weights, shape (n,), or None.
        null: What a model without features predicts, learnt from each split's training rows:
            shape (n, K) for classes, (n,) for numbers.
        train_sizes: Training rows of each split, before resampling, shape (n_splits,).
        drawn: What was drawn, for the bootstrap with all its fits done; else None.
        fitted_shares: Share of each class in what the model was fitted on, by split: after
            resampling and times weights, each of shape (K,). None for numbers, and for predictions
            stored before this was written down.
    """

    candidate: Candidate
    task: Task
    classes: tuple[str, ...]
    positive: int
    rows: Ints
    split: Ints
    truth: Floats | Ints
    probability: Floats | None
    score: Floats | None
    value: Floats | None
    weight: Floats | None
    null: Floats
    train_sizes: tuple[int, ...]
    drawn: Drawn | None = None
    fitted_shares: Mapping[int, Floats] | None = None

    def scored(self, threshold: float = 0.5) -> Scored:
        """All predictions pooled."""
        return self._scored(np.ones(len(self.rows), dtype=bool), threshold)

    def by_split(self, threshold: float = 0.5) -> list[Scored]:
        """The predictions of each split."""
        return [self._scored(self.split == s, threshold) for s in np.unique(self.split).tolist()]

    def _scored(self, mask: np.ndarray, threshold: float) -> Scored:
        def cut(values: Floats | None) -> Floats | None:
            return None if values is None else values[mask]

        return Scored(
            task=self.task,
            truth=self.truth[mask],
            probability=cut(self.probability),
            score=cut(self.score),
            value=cut(self.value),
            positive=self.positive,
            threshold=threshold,
            weight=cut(self.weight),
            null=self.null[mask],
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """What one candidate cost, as measured where it ran; NaN where nothing was measured yet.

    Attributes:
        fit_seconds: Wall seconds to prepare, select, resample, tune and fit on one fold, mean
            over the splits. Shared steps count in full for each candidate that needs them.
        fit_cpu_seconds: The same in processor seconds.
        model_seconds: Of ``fit_seconds``, the model's own share.
        predict_seconds_per_1000: Wall seconds to predict 1,000 rows in one batch, median.
        predict_seconds_one_row: Wall seconds to predict one row, median of repeated calls.
        peak_memory_bytes: Growth of the worker's resident memory during the model's fit, largest
            over the splits.
        size_bytes: Size of the fitted pipeline as a file, mean over the splits.
    """

    fit_seconds: float = float("nan")
    fit_cpu_seconds: float = float("nan")
    model_seconds: float = float("nan")
    predict_seconds_per_1000: float = float("nan")
    predict_seconds_one_row: float = float("nan")
    peak_memory_bytes: float = float("nan")
    size_bytes: float = float("nan")


@dataclass(frozen=True, slots=True)
class CandidateResult:
    """One row of a leaderboard, as far as the run has come.

    Attributes:
        candidate: The combination.
        status: How far it is; ``stopped`` if racing ended it early.
        reason: Why it failed or was stopped; empty otherwise.
        splits_done: Splits of the whole table whose predictions are stored and count.
        scores: For each metric, its value on each finished split, in split order.
        costs: What it cost.
        selected: For each finished split, the columns that the selector kept.
        reused: Whether every step of it came from the store.
        notes: Sentences about anything that was adjusted.
        rows: Rows that its scores stand on: fewer than the table has while only a sample of them
            is measured, 0 before anything is.
        seen: Which splits the scores are of, in their order; empty while they stand on a sample.
    """

    candidate: Candidate
    status: CandidateStatus = "waiting"
    reason: str = ""
    splits_done: int = 0
    scores: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    costs: Costs = Costs()
    selected: tuple[tuple[str, ...], ...] = ()
    reused: bool = False
    notes: tuple[str, ...] = ()
    rows: int = 0
    seen: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The candidate's name."""
        return self.candidate.name


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run as far as it has come.

    Attributes:
        run: The run's identifier, as in its URL.
        study: What was run.
        state: How far it is.
        reason: Why it ended early; empty otherwise.
        candidates: One entry per candidate, in the study's order.
        n_splits: Splits that each candidate is fitted on.
        test_train_ratio: Validation rows over training rows, mean over the splits.
        rows: Rows of the table; 0 where it is not said.
    """

    run: str
    study: Study
    state: RunState
    candidates: tuple[CandidateResult, ...]
    n_splits: int
    test_train_ratio: float
    reason: str = ""
    rows: int = 0

    def __getitem__(self, name: str) -> CandidateResult:
        for row in self.candidates:
            if row.name == name:
                return row
        raise KeyError(name)

    def finished(self) -> tuple[CandidateResult, ...]:
        """The candidates measured on every split."""
        return tuple(c for c in self.candidates if c.status == "finished")
