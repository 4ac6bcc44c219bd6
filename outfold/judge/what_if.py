"""One row changed: what the model of a split that had not seen it would say, and what would tip it.

Counterfactuals of few changes: values are taken from training rows only, so no level and no number
is invented. Source: Wachter, Mittelstadt & Russell 2017, Counterfactual explanations without
opening the black box; few changes first as in Mothilal, Sharma & Tan 2020, DiCE.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from outfold.errors import NotApplicableError
from outfold.judge.shap_dependence import codes_of
from outfold.metrics.metric import Floats
from outfold.study.explain.effects import put

MOST_CHANGES = 3
VALUES = 24
"""Values of a column that are tried: quantiles of a number, the commonest levels."""
BEAM = 40
"""Best changes of fewer columns that are tried together with one more."""
FEW = 6
"""Values of a column tried when it is changed along with others, those that did best alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One column set to another value; both as people read them."""

    column: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A few changes that bring the prediction where it is wanted.

    Attributes:
        changes: What is changed.
        prediction: What the model then says.
        distance: Sum over the changes: of a number the share of the training rows between the two
            values, of anything else 1.
    """

    changes: tuple[Change, ...]
    prediction: float
    distance: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Attributes:
        before: The prediction as it is.
        found: Counterfactuals, fewest changes and shortest distances first.
        tried: Changed rows that were predicted.
        closest: Where nothing was found, the best that was.
    """

    before: float
    found: tuple[Counterfactual, ...]
    tried: int
    closest: Counterfactual | None


def counterfactuals(
    answer: Callable[[pd.DataFrame], Floats],
    row: pd.DataFrame,
    train: pd.DataFrame,
    wanted: Callable[[Floats], Floats],
    *,
    locked: Collection[str] = (),
    columns: Sequence[str] | None = None,
    most: int = 5,
    most_changes: int = MOST_CHANGES,
) -> Search:
    """Search for few changes of a row that bring its prediction where it is wanted.

    All single changes are tried; then the best of them together with one more, and again. What is
    found with fewer changes goes first; more changes are only tried while there are fewer than
    ``most`` answers.

    Args:
        answer: Predictions of rows as they were read, shape (n_rows,).
        row: The row, one line.
        train: Training rows, whose values are the only ones tried.
        wanted: From predictions to how far each is from where it is wanted, 0 if it is there.
        locked: Columns that stay as they are.
        columns: Columns to try; by default all.
        most: Answers at the most.
        most_changes: Columns changed at once, at the most.

    Raises:
        NotApplicableError: Every column is locked.
    """
    free = [c for c in (columns or list(row.columns)) if c not in set(locked)]
    if not free:
        raise NotApplicableError("Every column is locked.", "Leave at least one free to change.")
    before = float(answer(row)[0])
    options = {c: _options(train[c], row[c].iloc[0]) for c in free}
    options = {c: found for c, found in options.items() if found}
    tried = 0
    pool: list[Counterfactual] = []
    nearest: list[tuple[float, Counterfactual]] = []
    beam: list[dict[str, tuple[object, float]]] = [{}]
    few: Mapping[str, list[tuple[object, float]]] = options
    for n_changes in range(1, most_changes + 1):
        trials = _trials(beam, few)
        if not trials:
            break
        said = answer(_changed(row, trials))
        tried += len(trials)
        gap = wanted(said)
        ranked = sorted(
            range(len(trials)),
            key=lambda i: (gap[i], sum(d for _, d in trials[i].values()), i),
        )
        made = {i: _made(row, trials[i], float(said[i])) for i in ranked[: 4 * most]}
        made |= {i: _made(row, trials[i], float(said[i])) for i in ranked if gap[i] <= 0}
        nearest += [(float(gap[i]), made[i]) for i in ranked[:1]]
        hits = sorted((made[i] for i in ranked if gap[i] <= 0), key=lambda c: c.distance)
        pool += _different(hits, pool, most)
        if len(pool) >= most or n_changes == most_changes:
            break
        beam = [trials[i] for i in ranked if gap[i] > 0][:BEAM]
        if n_changes == 1:
            few = _best_values(trials, gap)
    closest = min(nearest, key=lambda pair: pair[0])[1] if nearest and not pool else None
    return Search(before, tuple(pool[:most]), tried, closest)


def _options(values: pd.Series, now: Any) -> list[tuple[object, float]]:
    """Values to try with their distances from the present one."""
    known = values.dropna()
    if not len(known):
        return []
    is_moment = pd.api.types.is_datetime64_any_dtype(values.dtype)
    is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(
        values.dtype
    )
    if not (is_number or is_moment):
        levels = known.value_counts().index[:VALUES].tolist()
        return [(level, 1.0) for level in levels if pd.isna(now) or level != now]
    order = codes_of(known)
    ordered = known.iloc[np.argsort(order, kind="stable")]
    place = np.unique(np.linspace(0, len(ordered) - 1, VALUES).round().astype(int))
    ranks = np.sort(order)
    here = codes_of(pd.Series([now], dtype=values.dtype))[0] if not pd.isna(now) else np.nan

    def rank(value: float) -> float:
        return float((np.searchsorted(ranks, value) + np.searchsorted(ranks, value, "right")) / 2)

    found: dict[object, float] = {}
    for i in place:
        value, code = ordered.iloc[i], float(ranks[i])
        if np.isnan(here):
            found[value] = 1.0
        elif code != here:
            found[value] = abs(rank(code) - rank(here)) / len(ranks)
    return list(found.items())


def _trials(
    beam: Sequence[dict[str, tuple[object, float]]],
    options: Mapping[str, list[tuple[object, float]]],
) -> list[dict[str, tuple[object, float]]]:
    found: dict[tuple[object, ...], dict[str, tuple[object, float]]] = {}
    for start, (column, values) in itertools.product(beam, options.items()):
        if column in start:
            continue
        for value in values:
            trial = {**start, column: value}
            found[tuple(sorted((c, str(v[0])) for c, v in trial.items()))] = trial
    return list(found.values())


def _changed(row: pd.DataFrame, trials: Sequence[dict[str, tuple[object, float]]]) -> pd.DataFrame:
    """The row once for each trial, with its changes."""
    many = row.iloc[np.zeros(len(trials), dtype=int)].reset_index(drop=True)
    for column in dict.fromkeys(c for trial in trials for c in trial):
        now = row[column].iloc[0]
        many = put(many, column, [t[column][0] if column in t else now for t in trials])
    return many


def _best_values(
    trials: Sequence[dict[str, tuple[object, float]]], gap: Floats
) -> dict[str, list[tuple[object, float]]]:
    """Of each column the values that did best alone."""
    found: dict[str, list[tuple[object, float]]] = {}
    for i in np.argsort(gap, kind="stable"):
        ((column, value),) = trials[int(i)].items()
        if len(found.setdefault(column, [])) < FEW:
            found[column].append(value)
    return found


def _made(
    row: pd.DataFrame, trial: Mapping[str, tuple[object, float]], said: float
) -> Counterfactual:
    changes = tuple(Change(c, row[c].iloc[0], v) for c, (v, _) in trial.items())
    return Counterfactual(changes, said, sum(d for _, d in trial.values()))


def _different(
    hits: Sequence[Counterfactual], known: Sequence[Counterfactual], most: int
) -> list[Counterfactual]:
    """The nearest of each set of columns; none that contains a set that is enough by itself."""
    found: list[Counterfactual] = []
    sets = [frozenset(c.column for c in k.changes) for k in known]
    for hit in hits:
        columns = frozenset(c.column for c in hit.changes)
        if any(s <= columns for s in sets):
            continue
        sets.append(columns)
        found.append(hit)
        if len(known) + len(found) >= most:
            break
    return found
