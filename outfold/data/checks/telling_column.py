"""A single column that gives the answer away."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from outfold.data.check import Check
from outfold.data.finding import Finding
from outfold.data.fix import Fix
from outfold.data.levels import holds_classes
from outfold.data.schema import Schema
from outfold.data.words import count, quoted

Floats = npt.NDArray[np.float64]

SUSPICIOUS = 0.98
CERTAIN = 0.999
ROWS = 6000
FOLDS = 5
BINS = 64
LEAST_ROWS = 40


def run(frame: pd.DataFrame, schema: Schema, target: str | None) -> list[Finding]:
    """One finding per column that predicts the target almost perfectly on its own, out of fold.

    Each column is cut into at most 64 bins by the training rows of five folds (its levels, where it
    is categorical; missing cells are a bin), and a held-out row is predicted by its bin's mean of
    the target. Told from 0.98 on: ROC AUC for two classes, the share of the majority class's errors
    that is removed for more, R² for a number (by the bins or by a straight line). Tables of more
    than 6,000 rows are sampled, seed 0. Columns of free text and identifiers are left out.
    """
    if target is None or schema[target].type not in ("numeric", "categorical", "boolean"):
        return []
    known = frame[target].notna().to_numpy()
    if schema[target].type == "numeric":
        known = known & np.isfinite(frame[target].to_numpy(dtype=np.float64, na_value=np.nan))
    rows = np.flatnonzero(known)
    if len(rows) < LEAST_ROWS:
        return []
    draw = np.random.default_rng(0)
    rows = np.sort(draw.choice(rows, ROWS, replace=False)) if len(rows) > ROWS else rows
    drawn = frame if len(rows) == len(frame) else frame.iloc[rows]
    answers = drawn[target]
    if holds_classes(schema, target):
        codes, levels = pd.factorize(answers)
        if len(levels) < 2:
            return []
        truth = (codes[:, None] == np.arange(len(levels))).astype(np.float64)
        truth = truth[:, 1:] if len(levels) == 2 else truth
    else:
        truth = answers.to_numpy(dtype=np.float64)[:, None]
        truth = truth / (np.abs(truth).max() or 1.0)
        if truth.std() == 0:
            return []
        codes = None
    folds = draw.permutation(len(rows)) % FOLDS
    found = []
    for c in schema.columns:
        if c.name == target or (c.unique < 2 and not c.missing) or c.type in ("text", "identifier"):
            continue
        values = _as_numbers(drawn[c.name], c.type)
        is_level = c.type in ("categorical", "boolean")
        score = _score(values, is_level, truth, codes, folds)
        if not score >= SUSPICIOUS:
            continue
        found.append(
            Finding(
                CHECK.code,
                "serious" if score >= CERTAIN else "warning",
                c.name,
                (c.name, target),
                f"{quoted(c.name)} alone predicts {quoted(target)} almost perfectly: "
                f"{_measure(codes, truth)} {min(score, 1.0):.3f} on held-out rows "
                f"({count(len(rows), 'row')}).",
                "Such a column is often the answer in other words, or known only afterwards; ask "
                "whether it will be there when a prediction is needed.",
                {"score": score, "rows": float(len(rows))},
                Fix("drop_column", (c.name,)),
            )
        )
    return found


def _measure(codes: npt.NDArray[np.intp] | None, truth: Floats) -> str:
    if codes is None:
        return "R²"
    return "ROC AUC" if truth.shape[1] == 1 else "share of the errors removed"


def _as_numbers(column: pd.Series, kind: str) -> Floats:
    """The cells as numbers, codes for levels; NaN where missing."""
    if kind == "categorical":
        codes = pd.factorize(column)[0].astype(np.float64)
        codes[codes < 0] = np.nan
        return codes
    if kind == "datetime":
        known = column.notna().to_numpy()
        return np.where(known, column.to_numpy().astype(np.int64).astype(np.float64), np.nan)
    cells = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(cells), cells, np.nan)


def _score(
    values: Floats,
    is_level: bool,
    truth: Floats,
    codes: npt.NDArray[np.intp] | None,
    folds: npt.NDArray[np.intp],
) -> float:
    """How well the bins' means predict held-out rows; NaN where that is undefined.

    Where not even the rows that made the means are predicted well enough, that score is returned:
    it is the higher one, and saves the folds for nearly every column.
    """
    everywhere = np.ones(len(values), dtype=bool)
    line = 0.0 if is_level or codes is not None else _line(values, truth[:, 0])
    flattering = max(line, _quality(_means(values, is_level, truth, everywhere), truth, codes))
    if not flattering >= SUSPICIOUS:
        return flattering
    guess = np.empty_like(truth)
    for fold in range(FOLDS):
        held = folds == fold
        guess[held] = _means(values, is_level, truth, ~held)[held]
    return max(line, _quality(guess, truth, codes))


def _means(
    values: Floats, is_level: bool, truth: Floats, train: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """For every row the mean target of the training rows in its bin."""
    width = truth.shape[1]
    bins = _bins(values, train, is_level)
    seen, answers = bins[train], truth[train]
    size = int(bins.max()) + 1
    count = np.bincount(seen, minlength=size)
    cells = (seen[:, None] * width + np.arange(width)).ravel()
    total = np.bincount(cells, weights=answers.ravel(), minlength=size * width)
    # A little of the overall mean, so that an unseen bin predicts just that.
    means = (total.reshape(size, width) + 0.1 * answers.mean(axis=0)) / (count[:, None] + 0.1)
    return np.asarray(means[bins])


def _quality(guess: Floats, truth: Floats, codes: npt.NDArray[np.intp] | None) -> float:
    if codes is None:
        return float(1 - np.mean((truth - guess) ** 2) / truth.var())
    if truth.shape[1] == 1:
        return _auc(truth[:, 0], guess[:, 0])
    errors = float(np.mean(guess.argmax(axis=1) != codes))
    majority = 1 - truth.mean(axis=0).max()
    return 1 - errors / float(majority)


def _bins(values: Floats, train: npt.NDArray[np.bool_], is_level: bool) -> npt.NDArray[np.intp]:
    """A bin for each row, cut at quantiles of the training rows; 0 is for missing cells."""
    missing = np.isnan(values)
    if is_level:
        return np.where(missing, 0, np.nan_to_num(values) + 1).astype(np.intp)
    known = np.sort(values[train & ~missing])
    wanted = min(BINS, max(2, len(known) // 4))
    # Equal edges do no harm: the bins between them stay empty.
    edges = known[np.arange(1, wanted) * len(known) // wanted] if len(known) else known
    return np.where(missing, 0, np.searchsorted(edges, values, side="right") + 1).astype(np.intp)


def _line(values: Floats, truth: Floats) -> float:
    """R² of the straight line through the rows; two parameters fit no noise worth speaking of."""
    values = values / (np.abs(values).max() or 1.0)  # or squares of huge numbers overflow
    x, y = values - values.mean(), truth - truth.mean()
    square = float(x @ x)
    return float(x @ y) ** 2 / (square * float(y @ y)) if square > 0 else 0.0


def _auc(truth: Floats, score: Floats) -> float:
    """Area under the ROC curve by ranks, ties counting half (Mann & Whitney 1947)."""
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = truth.sum()
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    area = (ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    return float(area)


CHECK = Check(
    code="OF306",
    key="telling_column",
    label="Columns that give the answer away",
    summary="Single columns that predict the target almost perfectly on held-out rows.",
    run=run,
    order=1,
    many="{n} columns each predict the target almost perfectly: {names}.",
)
